"""Evaluation in order of time: rolling origins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cases.tables.cells.moments import Every

MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Period:
    """The moments in (after, until]; a model for it may know what was known by `after`.

    Both are the last microsecond of a day, so that what is dated by the day alone falls
    into the period it belongs to.
    """

    after: datetime
    until: datetime


def rolling_origin(first: date, last: date, every: Every) -> Iterator[Period]:
    """Consecutive periods from the month, quarter or year of `first` to that of `last`.

    >>> periods = rolling_origin(date(2024, 2, 9), date(2024, 8, 1), "quarter")
    >>> [period.until.month for period in periods]
    [3, 6, 9]
    """
    step = MONTHS[every]
    month = (first.year * 12 + first.month - 1) // step * step
    while month <= last.year * 12 + last.month - 1:
        yield Period(_before(month), _before(month + step))
        month += step


def _before(month: int) -> datetime:
    """The last microsecond before a month, counted from year 0."""
    return datetime(month // 12, month % 12 + 1, 1) - timedelta(microseconds=1)
