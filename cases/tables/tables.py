"""An office's tables in memory: what every layer above computes from.

Frames are Narwhals lazy frames, so the same code runs on Polars (the default),
pandas and DuckDB. Reading and checking files is `cases/tables/reading.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import narwhals as nw
import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.office.model import Office

Frame = nw.LazyFrame[Any]

# The wall clock. A closing, record or review that is only dated is at its day's last instant.
TIME = pl.Datetime("us")

# What each table holds besides the office's own attributes. `sequence` numbers the
# rows as they were read; it breaks ties between rows of the same instant.
CASES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "opened_at": TIME,
    "closed_at": TIME,  # null while the case is open
    "kind": pl.String(),
    "unit": pl.String(),
    "handler": pl.String(),
}
EVENTS: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "at": TIME,
    "recorded_at": TIME,  # when the office could know it; `at` where the source is silent
    "activity": pl.String(),
    "actor": pl.String(),
    "sequence": pl.Int64(),
}
REVIEWS: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "reviewed_at": TIME,
    "reviewer": pl.String(),
    "kind": pl.String(),
    "grade": pl.String(),
    "inclusion_probability": pl.Float64(),  # null where unknown
    "dimensions": pl.String(),  # in which the case was found wanting, separated by `;`; or null
}
HANDLERS: dict[str, pl.DataType] = {
    "handler": pl.String(),
    "unit": pl.String(),
    "kinds": pl.String(),  # kinds of case they may take, separated by `;`; null means all
    "capacity": pl.Float64(),  # how much they can bear beside each other; null means as usual
    "most_open": pl.Float64(),  # cases they can have open at once; null means no limit
    "skills": pl.String(),  # separated by `;`
    "absent_from": TIME,  # first and last day of an absence
    "absent_until": TIME,
}
RECUSALS: dict[str, pl.DataType] = {
    "handler": pl.String(),
    "case_id": pl.String(),  # of the case, or else
    "party": pl.String(),  # of whom no case may be taken
}
OVERRIDES: dict[str, pl.DataType] = {
    "case_id": pl.String(),
    "at": TIME,  # when somebody decided otherwise than was suggested
    "about": pl.String(),  # one of `OVERRIDDEN`
    "suggested": pl.String(),
    "decided": pl.String(),
    "reason": pl.String(),
}
# What a suggestion can be about, and what can be suggested and decided; a handler is any code.
OVERRIDDEN: dict[str, tuple[str, ...]] = {
    "track": ("simple", "complex", "person"),
    "handler": (),
    "spot_check": ("listed", "left_out"),
}
ATTRIBUTE_TYPES: dict[str, pl.DataType] = {
    "number": pl.Float64(),
    "flag": pl.Boolean(),
    "code": pl.String(),
    "date": TIME,
}


def case_columns(office: Office) -> dict[str, pl.DataType]:
    """Columns of the case table of `office` and their types."""
    own = {name: ATTRIBUTE_TYPES[a.type] for name, a in office.attributes.items()}
    return CASES | own


def new_case_columns(office: Office) -> dict[str, pl.DataType]:
    """Columns of a table of new cases: what is known at intake, the parties, a designation."""
    facts = case_columns(office)
    known = {name: facts[name] for name in ("case_id", "opened_at", *office.intake_facts)}
    own = ("parties", "designated_handler", "designation_reason")
    return known | dict.fromkeys(own, pl.String())


@dataclass(frozen=True)
class Tables:
    """The checked tables of one office.

    `cases` has the columns of `case_columns(office)`, the others those of `EVENTS`,
    `REVIEWS`, `HANDLERS`, `RECUSALS`, `OVERRIDES`; absent tables are empty. `data_hash`
    identifies the files they were read from (SHA-256, hex; empty for tables made in memory).

    `parts` are tables without a case in common that these were put together from, none
    if they were read as they are; `memo` keeps what a layer above derived from them once.
    """

    office: Office
    cases: Frame
    events: Frame
    reviews: Frame
    handlers: Frame
    recusals: Frame
    overrides: Frame
    data_hash: str = field(default="")
    parts: tuple[Tables, ...] = field(default=(), repr=False, compare=False)
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        office: Office,
        cases: Any,
        *,
        events: Any = None,
        reviews: Any = None,
        handlers: Any = None,
        recusals: Any = None,
        overrides: Any = None,
        data_hash: str = "",
    ) -> Tables:
        """Tables over native frames of the right columns and types.

        Absent tables become empty Polars frames; on another engine give all of them,
        because engines do not join each other's frames.
        """
        return cls(
            office,
            _lazy(cases),
            _lazy(pl.DataFrame(schema=EVENTS) if events is None else events),
            _lazy(pl.DataFrame(schema=REVIEWS) if reviews is None else reviews),
            _lazy(pl.DataFrame(schema=HANDLERS) if handlers is None else handlers),
            _lazy(pl.DataFrame(schema=RECUSALS) if recusals is None else recusals),
            _lazy(pl.DataFrame(schema=OVERRIDES) if overrides is None else overrides),
            data_hash,
        )

    def plus(self, cases: Any, *, events: Any) -> Tables:
        """These tables with further cases and their events, native frames of the same engine.

        None of the cases may be here already. What was derived from these tables is not
        derived anew, which is what makes a request about few cases quick.
        """
        added = Tables.of(self.office, cases, events=events)
        return Tables(
            self.office,
            nw.concat([self.cases, added.cases]),
            nw.concat([self.events, added.events]),
            self.reviews,
            self.handlers,
            self.recusals,
            self.overrides,
            self.data_hash,
            parts=(self, added),
        )

    @cached_property
    def case_rows(self) -> pl.DataFrame:
        """The case table as a Polars frame, for the layers that work row by row."""
        return rows(self.cases)

    @cached_property
    def event_rows(self) -> pl.DataFrame:
        """The event table as a Polars frame."""
        return rows(self.events)

    @cached_property
    def review_rows(self) -> pl.DataFrame:
        """The review table as a Polars frame."""
        return rows(self.reviews)

    @cached_property
    def handler_rows(self) -> pl.DataFrame:
        """The handler table as a Polars frame."""
        return rows(self.handlers)

    @cached_property
    def recusal_rows(self) -> pl.DataFrame:
        """The recusal table as a Polars frame."""
        return rows(self.recusals)

    @cached_property
    def override_rows(self) -> pl.DataFrame:
        """The override table as a Polars frame."""
        return rows(self.overrides)

    @property
    def latest_record(self) -> datetime:
        """The last moment that anything in the tables is of; `BadInput` if there is no case."""
        columns = (
            self.case_rows["opened_at"],
            self.case_rows["closed_at"],
            self.event_rows["recorded_at"],
            self.review_rows["reviewed_at"],
        )
        last = [column.max() for column in columns]
        moments = [moment for moment in last if isinstance(moment, datetime)]
        if not moments:
            problem, remedy = _("the table has no rows."), _("Give at least one case.")
            raise BadInput([Fault("cases", problem, remedy)])
        return max(moments)


def _lazy(native: Any) -> Frame:
    frame: Any = nw.from_native(native)
    lazy: Frame = frame.lazy()
    return lazy


def rows(frame: Frame) -> pl.DataFrame:
    """The frame computed, as a Polars frame."""
    computed: pl.DataFrame = frame.collect("polars").to_native()
    return computed


def moments_of(cases: pl.DataFrame) -> Frame:
    """`case_id, moment` of a computed frame, as the frame that features are asked for."""
    frame: Frame = nw.from_native(cases.select("case_id", "moment").lazy())
    return frame
