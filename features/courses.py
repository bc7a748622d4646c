"""The course of a case as it was known at a moment: what happened to it, in order.

For what judges a case step by step: clocks and the declared process. Everything is cut by
`features/as_of.py`; nothing here compares times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import polars as pl

from cases.tables.tables import Tables, rows
from features.as_of import Known, cut, open_moments

ORDER = ("row", "at", "recorded_at", "sequence")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case: when, when the office could know it, what, and who did it."""

    at: datetime
    recorded_at: datetime
    activity: str
    actor: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """A case and its events as known at a moment; `closed_at` is None while it is open.

    Events stand in the order of `at`, then `recorded_at`, then as in the table. `kind` and `unit`
    are None where the table leaves them blank.
    """

    case_id: str
    kind: str | None
    unit: str | None
    opened_at: datetime
    closed_at: datetime | None
    events: tuple[Happened, ...]


def open_courses(tables: Tables, as_of: datetime) -> list[Course]:
    """The courses of the cases open at `as_of`, by `case_id`, with what was recorded by then."""
    return courses(cut(tables, open_moments(tables, as_of)))


def courses(known: Known) -> list[Course]:
    """The course of the case at each moment row, in the order of `row`.

    No moment is before the opening of its case.
    """
    columns = ("case_id", "kind", "unit", "opened_at", "closed_at")
    cases = rows(known.cases.select("row", *columns)).sort("row")
    events = rows(known.events.select(*ORDER, "activity", "actor")).sort(ORDER)
    happened = _happened(events)
    spans = _spans(events["row"])
    of_each: list[Sequence[Any]] = [cases[name].to_list() for name in columns]
    of_case = (happened[slice(*spans.get(row, (0, 0)))] for row in cases["row"].to_list())
    return [*map(Course, *of_each, of_case)]


def _happened(events: pl.DataFrame) -> tuple[Happened, ...]:
    of_each: list[Sequence[Any]] = [
        events[name].to_list() for name in ("at", "recorded_at", "activity", "actor")
    ]
    return tuple(map(Happened, *of_each))


def _spans(row: pl.Series) -> dict[int, tuple[int, int]]:
    """Where the events of each row begin and end."""
    found = row.rle().struct.unnest()
    return dict(zip(found["value"], pairwise([0, *found["len"].cum_sum()]), strict=True))
