"""Rolling origins."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import pytest

from cases.tables.cells.moments import Every
from training.splits import rolling_origin


@pytest.mark.parametrize(
    ("every", "starts"),
    [
        ("month", ["2023-11", "2023-12", "2024-01"]),
        ("quarter", ["2023-10", "2024-01"]),
        ("year", ["2023-01", "2024-01"]),
    ],
)
def test_periods_by_calendar(every: Every, starts: list[str]) -> None:
    """Periods are whole months, quarters or years that cover both days."""
    periods = list(rolling_origin(date(2023, 11, 20), date(2024, 1, 3), every))
    first_days = [period.after.replace(microsecond=0) for period in periods]
    assert [f"{day.year + day.month // 12}-{day.month % 12 + 1:02}" for day in first_days] == starts


def test_periods_touch_and_never_overlap() -> None:
    """Each period begins where the one before ends."""
    periods = list(rolling_origin(date(2000, 1, 1), date(2003, 12, 31), "month"))
    assert len(periods) == 48
    assert all(a.until == b.after for a, b in pairwise(periods))


def test_midnight_belongs_to_its_own_day() -> None:
    """A case closed on the first of a month, dated without an hour, lies in that month."""
    (period,) = rolling_origin(date(2024, 2, 1), date(2024, 2, 29), "month")
    assert period.after < datetime(2024, 2, 1) <= period.until
    assert period.after < datetime(2024, 2, 29, 23, 59) <= period.until
    assert not datetime(2024, 3, 1) <= period.until
