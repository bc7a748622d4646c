"""What describes a table: its columns, its checks, and the rows of other tables it names.

Reading, checking, setting aside and `docs/office_file.md` all come from these descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.model import Office
from cases.tables.values import TIME

READ = " as read"  # suffix of the column that keeps what a value was read from
ROW = "row"  # as a spreadsheet counts: the header is row 1

TEXT = pl.String()
NUMBER = pl.Float64()
FLAG = pl.Boolean()

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Column:
    """A column of a table: its type in memory, and its meaning for the documentation.

    `needed` says whether a file must have it: "no", the "column" (a row may leave it blank),
    or a value in "every row". One that is not `in_file` is made when the table is read; one
    that is not `kept` is only checked. A date that is `past` cannot lie after today. `free_text`
    is kept letter by letter; all other text is codes and names, which are compared.
    """

    name: str
    type: pl.DataType
    meaning: str
    needed: Literal["no", "column", "every row"] = "no"
    in_file: bool = True
    kept: bool = True
    past: bool = False
    free_text: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it holds codes or names."""
        return self.type == TEXT and not self.free_text


@dataclass(frozen=True)
class Check:
    """Rows for which `broken` is true have a fault in `column`; null is not broken."""

    column: str
    problem: Sayable
    remedy: Sayable
    broken: pl.Expr


def _no_checks(_office: Office) -> tuple[Check, ...]:
    return ()


@dataclass(frozen=True)
class Link:
    """The values of `column` name rows of the table `to`, by that table's first column.

    A value that names none is a fault. `checks` and `own_checks`, which depend on the office
    file, also see the row that is named: its columns are called as `linked` says. A row goes
    with the row it names when that is set aside. Where the office has the table `or_to`, a value
    may name one of its rows instead; `unknown` then says what is wrong with one that names none.
    """

    column: str
    to: str
    checks: tuple[Check, ...] = ()
    or_to: str | None = None
    unknown: Sayable | None = None
    own_checks: Callable[[Office], tuple[Check, ...]] = _no_checks


def linked(table: str, column: str) -> str:
    """What a check of a link calls a column of the row that is named.

    >>> linked("cases", "closed_at")
    'cases.closed_at'
    """
    return f"{table}.{column}"


def _no_columns(_office: Office) -> tuple[Column, ...]:
    return ()


def _unchanged(frame: pl.DataFrame, _finished: Frames, _office: Office) -> pl.DataFrame:
    return frame


UNKNOWN = _("is not in the table whose rows it names.")
WENT_ASIDE = _("is a row that was set aside.")


@dataclass(frozen=True)
class TableSpec:
    """Everything particular to one table.

    `row` is what a row of it is called in a sentence. `unknown` says what is wrong with a value
    that names no row of it, `went_aside` with one whose row was set aside. `own_columns` and
    `own_checks` are those that depend on the office file. `finish` makes the table of checked
    rows, given the tables finished before it and the office, into what the rest of the program
    computes from.
    `needed` is whether an office must have it, `in_office_file` whether the office file says
    where it is. `one_row_each` says that its key stands in one row only, which its checks see to.
    """

    name: str
    meaning: str
    row: Sayable
    columns: tuple[Column, ...]
    unknown: Sayable = UNKNOWN
    went_aside: Sayable = WENT_ASIDE
    own_columns: Callable[[Office], tuple[Column, ...]] = _no_columns
    checks: tuple[Check, ...] = ()
    own_checks: Callable[[Office], tuple[Check, ...]] = _no_checks
    links: tuple[Link, ...] = ()
    finish: Callable[[pl.DataFrame, Frames, Office], pl.DataFrame] = _unchanged
    needed: bool = False
    in_office_file: bool = True
    one_row_each: bool = False

    @property
    def key(self) -> str:
        """The column by which other tables name its rows."""
        return self.columns[0].name

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns that are the same for every office, and their types."""
        return {column.name: column.type for column in self.columns}

    def schema_of(self, office: Office) -> dict[str, pl.DataType]:
        """All its columns in an office, and their types."""
        own = (column for column in self.own_columns(office) if column.kept)
        return self.schema | {column.name: column.type for column in own}

    def columns_in_file(self, office: Office) -> tuple[Column, ...]:
        """The columns that its file can have."""
        every = (*self.columns, *self.own_columns(office))
        return tuple(column for column in every if column.in_file)

    def dates_in_file(self, office: Office) -> list[str]:
        """The names of those that are dates."""
        return [
            column.name
            for column in self.columns_in_file(office)
            if isinstance(column.type, pl.Datetime)
        ]


# When somebody is away; the same in every table of people.
ABSENCE = (
    Column("absent_from", TIME, "first day of an absence"),
    Column("absent_until", TIME, "last day of an absence"),
)
ABSENCE_ENDS_BEFORE = Check(
    "absent_until",
    _("is before the absence begins."),
    _("Correct one of the two days."),
    pl.col("absent_until") < pl.col("absent_from"),
)
