"""The drafted office as a value: which file is which table, what its columns are, what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import polars as pl

from cases.draft.columns.profile import Profile, profiles
from cases.draft.columns.roles import Guess
from cases.language.catalogues import Language
from cases.language.messages import Sayable
from cases.office.base import UNANSWERED
from cases.sources.base import Layout
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.parts import Column

AttributeType = Literal["number", "flag", "code", "date"]


@dataclass(frozen=True)
class Raw:
    """A table as it lies there.

    `name` is a short one of its own, `frame` what was read. `path` is its file within the data
    folder and `layout` how that was read; for a table of a `database`, its URL, there is `sql`
    instead.
    """

    name: str
    frame: pl.DataFrame
    path: str | None = None
    layout: Layout = field(default=Layout())
    database: str | None = None
    sql: str | None = None
    _constant: dict[tuple[str, bool], list[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def columns(self) -> dict[str, Profile]:
        """What can be seen of each column."""
        return profiles(self.frame)

    def constant_within(self, case_id: str, *, blank_apart: bool = True) -> list[str]:
        """The columns that have one value for each case; computed once.

        Blank rows do not count if `blank_apart`.
        """
        key = case_id, blank_apart
        if key not in self._constant:
            self._constant[key] = self._same_within(case_id, blank_apart)
        return self._constant[key]

    def _same_within(self, case_id: str, blank_apart: bool) -> list[str]:
        # By place: a name such as `*` would stand for several columns.
        places = {
            str(place): name
            for place, name in enumerate(self.frame.columns)
            if name != case_id and self.columns[name].type != "blank"
        }
        columns = (self.frame[name].alias(place) for place, name in places.items())
        frame = pl.DataFrame([self.frame[case_id].alias("case"), *columns])
        values = pl.all().drop_nulls() if blank_apart else pl.all()
        by_case = frame.group_by("case").agg(values.n_unique())
        most = by_case.drop("case").max().row(0, named=True)
        return [places[at] for at, count in most.items() if count is not None and count <= 1]


@dataclass(frozen=True)
class LeftOut:
    """A column that is not used, and why."""

    theirs: str
    why: Sayable


@dataclass(frozen=True)
class DraftedTable:
    """One of our tables: where it is, why it is taken for that, its columns.

    Where it is not a file as it lies there, `select` has what a query makes each column from
    (SQL), `group_by` the column whose rows become one, and `where` which rows are meant.
    """

    name: str
    raw: Raw
    why: Sayable
    guesses: Mapping[str, Guess]
    select: Mapping[str, str] = field(default_factory=dict)
    group_by: str | None = None
    where: str | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def not_found(self) -> list[Column]:
        """The columns that it must have and none of the file seems to be."""
        columns = SPECIFICATIONS[self.name].columns
        return [one for one in columns if one.needed != "no" and one.name not in self.guesses]


@dataclass(frozen=True)
class DraftedAttribute:
    """A column of the case table that is the office's own; `known` is for people to say."""

    name: str
    theirs: str
    type: AttributeType
    profile: Profile
    known: str = UNANSWERED


@dataclass(frozen=True)
class DraftedGrade:
    """A grade that occurs in `rows` rows; None: whether it is a `defect` is for people to say.

    One that is `guessed` is for people to confirm.
    """

    code: str
    rows: int
    defect: bool | None
    guessed: bool = False


@dataclass(frozen=True)
class Unused:
    """A table that is none of ours, and why; `column` is the one that holds the case."""

    raw: Raw
    why: Sayable
    column: str | None = None


@dataclass(frozen=True)
class Draft:
    """A drafted office."""

    language: Language
    tables: tuple[DraftedTable, ...]
    attributes: tuple[DraftedAttribute, ...]
    activities: tuple[str, ...] = ()
    grades: tuple[DraftedGrade, ...] = ()
    review_kinds: Mapping[str, str] = field(default_factory=dict)
    blanks: tuple[str, ...] = ()
    time_zone: str | None = None
    unused: tuple[Unused, ...] = ()

    def table(self, name: str) -> DraftedTable | None:
        """The table of that name, if there is one."""
        return next((table for table in self.tables if table.name == name), None)
