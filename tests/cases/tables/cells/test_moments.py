"""Days, moments and the wall clock."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.tables.cells.moments import is_before, moment_until
from cases.tables.values import before


def test_a_date_means_to_the_end_of_its_day() -> None:
    """A date alone is its last instant; a time, midnight too, stands as it is written."""
    assert moment_until("2026-06-30") == datetime(2026, 6, 30, 23, 59, 59, 999_999)
    assert moment_until("2026-06-30T00:00") == datetime(2026, 6, 30)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-06-30T17:05+08:00"])
def test_what_is_not_a_moment_of_the_wall_clock_is_refused(text: str) -> None:
    """No date, a day that does not exist, and a zone are errors."""
    with pytest.raises(ValueError, match=r"isoformat|day is out of range|wall clock"):
        moment_until(text)


@pytest.mark.parametrize(
    ("moment", "limit", "expected"),
    [
        (datetime(2024, 1, 1), datetime(2024, 1, 1, 10), False),
        (datetime(2024, 1, 1), datetime(2024, 1, 2), True),
        (datetime(2024, 1, 1, 9), datetime(2024, 1, 1, 10), True),
        (datetime(2024, 1, 1, 10), datetime(2024, 1, 1, 10), False),
    ],
)
def test_a_date_without_a_time_lies_in_the_whole_of_its_day(
    moment: datetime, limit: datetime, expected: bool
) -> None:
    """One moment and a column of moments are compared alike."""
    assert is_before(moment, limit) is expected
    frame = pl.DataFrame({"moment": [moment], "limit": [limit]})
    assert frame.select(before("moment", "limit")).item() is expected
