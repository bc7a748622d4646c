"""An office's tables in memory: what every layer above computes from.

Frames are Narwhals lazy frames, so the same code runs on Polars (the default),
pandas and DuckDB. Reading and checking files is `cases/tables/reading.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from itertools import accumulate, groupby, pairwise
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.office.model import Office
from cases.office.reviews import CONSOLIDATED
from cases.tables.cells.arrays import OnDemand, Rows
from cases.tables.report import ReadingReport
from cases.tables.specification import SPECIFICATIONS
from cases.tables.specification.new_cases import NEW_CASE_TABLE

Frame = nw.LazyFrame[Any]

# What each table holds in every office; the case table has the office's own attributes too.
CASES = SPECIFICATIONS["cases"].schema
EVENTS = SPECIFICATIONS["events"].schema
REVIEWS = SPECIFICATIONS["reviews"].schema
HANDLERS = SPECIFICATIONS["handlers"].schema
REVIEWERS = SPECIFICATIONS["reviewers"].schema
RECUSALS = SPECIFICATIONS["recusals"].schema
OVERRIDES = SPECIFICATIONS["overrides"].schema

FEW = 5_000  # rows
EXTENDED = ("cases", "events", "reviews")  # the tables that a case has rows in
LAYER = 8  # times as many rows as the layer above it has a layer at least


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
    for tables made in memory), `report` says how they were read.

    `shown` has `case_id` and, as text, the columns that only lists of cases show.

    `parts` are the tables that these were put together from, none if they were read as they
    are; `memo` keeps what a layer above derived from them once.
    """

    office: Office
    frames: Mapping[str, Frame]
    data_hash: str = field(default="")
    shown: pl.DataFrame | None = field(default=None, repr=False, compare=False)
    report: ReadingReport | None = field(default=None, repr=False, compare=False)
    parts: Parts | None = field(default=None, repr=False, compare=False)
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _computed: dict[str, pl.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _arrays: dict[str, Rows] = field(default_factory=dict, init=False, repr=False, compare=False)
    _places: dict[str, dict[str, tuple[int, int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _order: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        office: Office,
        cases: Any,
        *,
        data_hash: str = "",
        shown: pl.DataFrame | None = None,
        report: ReadingReport | None = None,
        **further: Any,
    ) -> Tables:
        """Tables over native frames of the right columns and types; `further` ones by their names.

        Few rows may be given as `Rows`. Absent tables, and those that are None, become empty Polars
        frames; on another engine give all of them, because engines do not join each other's frames.
        """
        given = {"cases": cases} | further
        if unknown := given.keys() - SPECIFICATIONS.keys():
            raise TypeError(f"there are no tables called {sorted(unknown)}")
        native = {
            name: _empty(name) if given.get(name) is None else given[name]
            for name in SPECIFICATIONS
        }
        made = cls(
            office, OnDemand(native, lambda name: _lazy(native[name])), data_hash, shown, report
        )
        made._computed.update((n, f) for n, f in native.items() if isinstance(f, pl.DataFrame))
        made._arrays.update((n, f) for n, f in native.items() if isinstance(f, Rows))
        return made

    def with_rows(self, **frames: Any) -> Tables:
        """These tables, of the named ones with the rows of these Polars frames; no `data_hash`."""
        rows = {name: self.rows(name) for name in self.frames} | frames
        return Tables.of(self.office, shown=self.shown, **rows)

    def plus(
        self, cases: Any, *, events: Any, reviews: Any = None, replaced: Sequence[str] = ()
    ) -> Tables:
        """These tables with further cases and their events: `Rows`, or frames of the same engine.

        The cases that are here already are `replaced` (Polars only): they lose their rows and
        their events, and keep their reviews unless some are given. What was derived from these
        tables is not derived again, which is what makes a request about few cases quick.
        """
        old: dict[str, Any] = {name: self.of_cases(name, replaced) for name in EXTENDED if replaced}
        kept = old.get("reviews") if reviews is None else reviews
        dropped = Tables.of(self.office, old.pop("cases"), **old) if replaced else None
        added = Tables.of(self.office, cases, events=events, reviews=kept)

        def both(name: str) -> Frame:
            if name not in EXTENDED:
                return self.frames[name]
            return nw.concat([self._without(name, replaced), added.frames[name]])

        frames, parts = OnDemand(self.frames, both), Parts(self, added, dropped)
        return Tables(self.office, frames, self.data_hash, self.shown, self.report, parts)

    def updated(self, now: Mapping[str, pl.DataFrame]) -> Tables:
        """These tables with some cases as they are `now`: all their rows in the `EXTENDED` tables.

        They are laid over these (Polars only). What a layer would lie on is made into one with it
        unless it has `LAYER` times as many rows: so layers are few, and however many updates
        there are, each row is copied a few times only.
        """
        ids = now["cases"]["case_id"]
        below = self if self.parts is None else self.parts.added
        if sum(rows.height for rows in now.values()) * LAYER <= below.height:
            return self.plus(**now, replaced=self.known(ids))
        other = ~pl.col("case_id").is_in(ids.implode())
        both = {name: pl.concat([below.rows(name).filter(other), now[name]]) for name in EXTENDED}
        if self.parts is not None:
            return self.parts.base.updated(both)
        return replace(self.with_rows(**both), data_hash=self.data_hash, report=self.report)

    def with_table(self, name: str, frame: pl.DataFrame) -> Tables:
        """These tables with another one of those that are not `EXTENDED` (Polars only)."""
        made = replace(self, frames={**self.frames, name: _lazy(frame)}, memo={})
        kept: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
            (self._computed, made._computed),
            (self._places, made._places),
            (self._order, made._order),
        )
        for old, new in kept:
            new.update((other, found) for other, found in old.items() if other != name)
        made._computed[name] = frame
        return made

    @property
    def height(self) -> int:
        """How many rows the cases have in all tables."""
        return sum(self.rows(name).height for name in EXTENDED)

    @cached_property
    def next_sequence(self) -> int:
        """The number of an event that comes in next."""
        if self.parts is not None:
            return max(self.parts.base.next_sequence, self.parts.added.next_sequence)
        return int(self.event_rows.select(pl.col("sequence").max().fill_null(-1)).item()) + 1

    def known(self, case_ids: Iterable[str]) -> list[str]:
        """Those of these cases that are in the case table, each once."""
        here = dict.fromkeys(case_ids)
        if self.parts is None:
            there = self.places("cases")
            return [case_id for case_id in here if case_id in there]
        added = self.parts.added.places("cases")
        below = set(self.parts.base.known(case_id for case_id in here if case_id not in added))
        return [case_id for case_id in here if case_id in added or case_id in below]

    def _without(self, name: str, case_ids: Sequence[str]) -> Frame:
        frame = self.frames[name]
        return frame.filter(~nw.col("case_id").is_in(case_ids)) if case_ids else frame

    def of_cases(self, name: str, case_ids: Iterable[str]) -> pl.DataFrame:
        """The rows of a table that are of these cases, found without going through the others."""
        wanted = dict.fromkeys(case_ids)
        if self.parts is None or name not in EXTENDED:
            return self._rows_at(name, wanted)
        added = self.parts.added.places("cases")
        old = [case_id for case_id in wanted if case_id not in added]
        new = [case_id for case_id in wanted if case_id in added]
        parts = ((self.parts.base, old), (self.parts.added, new))
        return pl.concat(
            [part.of_cases(name, ids) for part, ids in parts if ids] or [self.rows(name)[:0]]
        )

    def _rows_at(self, name: str, case_ids: Iterable[str]) -> pl.DataFrame:
        places = self._places_of(name, case_ids)
        return self.rows(name)[places] if len(places) else self.rows(name)[:0]

    def _places_of(self, name: str, case_ids: Iterable[str]) -> NDArray[Any]:
        places, order = self.places(name), self._order[name]
        spans = [places[case_id] for case_id in case_ids if case_id in places]
        return np.concatenate([order[:0], *(order[start:end] for start, end in spans)])

    def arrays_of(self, name: str, case_ids: Iterable[str]) -> Rows:
        """As `of_cases`, as arrays, the cases in any order."""
        wanted = dict.fromkeys(case_ids)
        if self.parts is not None and name in EXTENDED:
            added = self.parts.added.places("cases")
            here = sum(case_id in added for case_id in wanted)
            if here in (0, len(wanted)):
                return (self.parts.added if here else self.parts.base).arrays_of(name, wanted)
        given = self._arrays.get(name)
        if given is None:
            return Rows.of(self.of_cases(name, wanted))
        every = len(wanted) == len(self.places("cases"))
        return given if every else given.at(self._places_of(name, wanted))

    def places(self, name: str) -> Mapping[str, tuple[int, int]]:
        """Where the rows of each case begin and end in the order of cases; computed once."""
        if name not in self._places:
            given = self._arrays.get(name)
            ids = self.rows(name)["case_id"] if given is None else given.columns["case_id"].values
            self._order[name], self._places[name] = _by_case(ids)
        return self._places[name]

    def arrays(self, name: str) -> Rows:
        """A table of few rows as arrays."""
        if name not in self._arrays:
            self._arrays[name] = Rows.of(self.rows(name))
        return self._arrays[name]

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
    def readings(self) -> Frame:
        """Of the reviews those that a reviewer made alone: no consolidated grades."""
        reading = nw.col("reading")
        return self.reviews.filter(reading.is_null() | (reading != CONSOLIDATED))

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
    def reviewer_rows(self) -> pl.DataFrame:
        """The reviewer table as a Polars frame."""
        return self.rows("reviewers")

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


@dataclass(frozen=True)
class Parts:
    """What tables were put together from: `base` without the cases `dropped`, and `added`."""

    base: Tables
    added: Tables
    dropped: Tables | None

    @property
    def signed(self) -> tuple[tuple[Tables, int], ...]:
        """Each part with what it adds to a sum over cases: 1 or -1."""
        signed = (self.base, 1), (self.added, 1)
        return signed if self.dropped is None else (*signed, (self.dropped, -1))


def _by_case(case_ids: pl.Series | NDArray[Any]) -> tuple[NDArray[Any], dict[str, tuple[int, int]]]:
    """The rows in the order of cases, and where those of each begin and end in it."""
    if not isinstance(case_ids, pl.Series) or len(case_ids) <= FEW:
        ids = [*case_ids]  # for so few, Polars takes longer to begin
        order = sorted(range(len(ids)), key=ids.__getitem__)
        runs = [(case_id, len([*run])) for case_id, run in groupby(ids[row] for row in order)]
        values, ends = [case_id for case_id, _len in runs], accumulate(n for _id, n in runs)
        return np.array(order, dtype=np.int64), dict(zip(values, pairwise([0, *ends]), strict=True))
    by_case = case_ids.arg_sort()
    found = case_ids.gather(by_case).rle().struct.unnest()
    spans = pairwise([0, *found["len"].cum_sum()])
    return by_case.to_numpy(), dict(zip(found["value"], spans, strict=True))


def _lazy(native: Any) -> Frame:
    frame: Any = nw.from_native(native.frame() if isinstance(native, Rows) else native)
    lazy: Frame = frame.lazy()
    return lazy


@cache
def _empty(name: str) -> pl.DataFrame:
    """A table that is absent."""
    return pl.DataFrame(schema=SPECIFICATIONS[name].schema)


def rows(frame: Frame) -> pl.DataFrame:
    """The frame computed, as a Polars frame."""
    computed: pl.DataFrame = frame.collect("polars").to_native()
    return computed


def moments_of(cases: pl.DataFrame) -> Frame:
    """`case_id, moment` of a computed frame, as the frame that features are built for."""
    frame: Frame = nw.from_native(cases.select("case_id", "moment").lazy())
    return frame
