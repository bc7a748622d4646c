"""An office's tables in memory: what every layer above computes from.

Frames are Narwhals lazy frames, so the same code runs on Polars (the default),
pandas and DuckDB. Reading and checking files is `cases/reading.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals as nw
import polars as pl

from cases.office import Office

Frame = nw.LazyFrame[Any]

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
}
HANDLERS: dict[str, pl.DataType] = {
    "handler": pl.String(),
    "unit": pl.String(),
    "kinds": pl.String(),  # kinds of case they may take, separated by `;`; null means all
    "capacity": pl.Float64(),
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


@dataclass(frozen=True)
class Tables:
    """The checked tables of one office.

    `cases` has the columns of `case_columns(office)`, the others those of `EVENTS`,
    `REVIEWS`, `HANDLERS`; absent tables are empty. `data_hash` identifies the
    files they were read from (SHA-256, hex; empty for tables made in memory).
    """

    office: Office
    cases: Frame
    events: Frame
    reviews: Frame
    handlers: Frame
    data_hash: str = field(default="")

    @classmethod
    def of(
        cls,
        office: Office,
        cases: Any,
        *,
        events: Any = None,
        reviews: Any = None,
        handlers: Any = None,
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
            data_hash,
        )

    @cached_property
    def case_rows(self) -> pl.DataFrame:
        """The case table as a Polars frame, for the layers that work row by row."""
        return self.cases.collect("polars").to_native()

    @cached_property
    def event_rows(self) -> pl.DataFrame:
        """The event table as a Polars frame."""
        return self.events.collect("polars").to_native()

    @cached_property
    def review_rows(self) -> pl.DataFrame:
        """The review table as a Polars frame."""
        return self.reviews.collect("polars").to_native()

    @cached_property
    def handler_rows(self) -> pl.DataFrame:
        """The handler table as a Polars frame."""
        return self.handlers.collect("polars").to_native()


def _lazy(native: Any) -> Frame:
    frame: Any = nw.from_native(native)
    return frame.lazy()
