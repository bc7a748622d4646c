"""An office's tables in memory: what every layer above computes from.

Frames are Narwhals lazy frames, so the same code runs on Polars (the default),
pandas and DuckDB. Reading and checking files is `cases/tables/reading.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import narwhals as nw
import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.office.model import Office
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.new_cases import NEW_CASE_TABLE

Frame = nw.LazyFrame[Any]

# What each table holds in every office; the case table has the office's own attributes too.
CASES = SPECIFICATIONS["cases"].schema
EVENTS = SPECIFICATIONS["events"].schema
REVIEWS = SPECIFICATIONS["reviews"].schema
HANDLERS = SPECIFICATIONS["handlers"].schema
RECUSALS = SPECIFICATIONS["recusals"].schema
OVERRIDES = SPECIFICATIONS["overrides"].schema

EXTENDED = ("cases", "events")  # the tables that a request can add to


def case_columns(office: Office) -> dict[str, pl.DataType]:
    """Columns of the case table of `office` and their types."""
    return SPECIFICATIONS["cases"].schema_of(office)


def new_case_columns(office: Office) -> dict[str, pl.DataType]:
    """Columns of a table of new cases: what is known at intake, the parties, a designation."""
    return NEW_CASE_TABLE.schema_of(office)


@dataclass(frozen=True)
class Tables:
    """The checked tables of one office.

    `frames` has one for every table of `SPECIFICATIONS`, with the columns given there; absent
    tables are empty. `data_hash` identifies the files they were read from (SHA-256, hex; empty
    for tables made in memory).

    `parts` are tables without a case in common that these were put together from, none
    if they were read as they are; `memo` keeps what a layer above derived from them once.
    """

    office: Office
    frames: Mapping[str, Frame]
    data_hash: str = field(default="")
    parts: tuple[Tables, ...] = field(default=(), repr=False, compare=False)
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _computed: dict[str, pl.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, office: Office, cases: Any, *, data_hash: str = "", **further: Any) -> Tables:
        """Tables over native frames of the right columns and types; `further` ones by their names.

        Absent tables, and those that are None, become empty Polars frames; on another engine
        give all of them, because engines do not join each other's frames.
        """
        given = {"cases": cases} | further
        if unknown := given.keys() - SPECIFICATIONS.keys():
            raise TypeError(f"there are no tables called {sorted(unknown)}")
        return cls(
            office,
            {name: _lazy(given.get(name), spec.schema) for name, spec in SPECIFICATIONS.items()},
            data_hash,
        )

    def with_rows(self, **frames: Any) -> Tables:
        """These tables, of the named ones with the rows of these Polars frames; no `data_hash`."""
        return Tables.of(self.office, **{name: self.rows(name) for name in self.frames} | frames)

    def plus(self, cases: Any, *, events: Any) -> Tables:
        """These tables with further cases and their events, native frames of the same engine.

        None of the cases may be here already. What was derived from these tables is not
        derived again, which is what makes a request about few cases quick.
        """
        added = Tables.of(self.office, cases, events=events)
        both = {name: nw.concat([self.frames[name], added.frames[name]]) for name in EXTENDED}
        return Tables(self.office, {**self.frames, **both}, self.data_hash, parts=(self, added))

    def rows(self, name: str) -> pl.DataFrame:
        """A table as a Polars frame, computed once, for the layers that work row by row."""
        if name not in self._computed:
            self._computed[name] = rows(self.frames[name])
        return self._computed[name]

    @property
    def cases(self) -> Frame:
        """The case table."""
        return self.frames["cases"]

    @property
    def events(self) -> Frame:
        """The event table."""
        return self.frames["events"]

    @property
    def reviews(self) -> Frame:
        """The independent reviews in the review table: only these are labels.

        All its rows where the office file does not tell kinds apart.
        """
        reviews = self.frames["reviews"]
        if not self.office.check_kinds:
            return reviews
        words = self.office.kinds_called("review")
        return reviews.filter(nw.col("kind").is_in(words) | nw.col("kind").is_null())

    @property
    def checks(self) -> Frame:
        """The rows of the review table that are the office's own checks: facts about a case."""
        return self.frames["reviews"].filter(nw.col("kind").is_in(self.office.check_words))

    @property
    def case_rows(self) -> pl.DataFrame:
        """The case table as a Polars frame."""
        return self.rows("cases")

    @property
    def event_rows(self) -> pl.DataFrame:
        """The event table as a Polars frame."""
        return self.rows("events")

    @property
    def review_rows(self) -> pl.DataFrame:
        """The independent reviews as a Polars frame."""
        if "independent" not in self._computed:
            self._computed["independent"] = rows(self.reviews)
        return self._computed["independent"]

    @property
    def handler_rows(self) -> pl.DataFrame:
        """The handler table as a Polars frame."""
        return self.rows("handlers")

    @property
    def recusal_rows(self) -> pl.DataFrame:
        """The recusal table as a Polars frame."""
        return self.rows("recusals")

    @property
    def override_rows(self) -> pl.DataFrame:
        """The override table as a Polars frame."""
        return self.rows("overrides")

    @property
    def latest_record(self) -> datetime:
        """The last moment that anything in the tables is of; `BadInput` if there is no case."""
        columns = (
            self.case_rows["opened_at"],
            self.case_rows["closed_at"],
            self.event_rows["recorded_at"],
            self.rows("reviews")["reviewed_at"],
        )
        last = [column.max() for column in columns]
        moments = [moment for moment in last if isinstance(moment, datetime)]
        if not moments:
            problem, remedy = _("the table has no rows."), _("Give at least one case.")
            raise BadInput([Fault("cases", problem, remedy)])
        return max(moments)


def _lazy(native: Any, schema: dict[str, pl.DataType]) -> Frame:
    frame: Any = nw.from_native(pl.DataFrame(schema=schema) if native is None else native)
    lazy: Frame = frame.lazy()
    return lazy


def rows(frame: Frame) -> pl.DataFrame:
    """The frame computed, as a Polars frame."""
    computed: pl.DataFrame = frame.collect("polars").to_native()
    return computed


def moments_of(cases: pl.DataFrame) -> Frame:
    """`case_id, moment` of a computed frame, as the frame that features are built for."""
    frame: Frame = nw.from_native(cases.select("case_id", "moment").lazy())
    return frame
