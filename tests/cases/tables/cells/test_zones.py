"""Times given with an offset are put on the office's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.tables.cells.column import How, read_cells
from cases.tables.cells.zones import counted, is_zone, latest_moment, on_the_clock
from cases.tables.values import TIME

SHANGHAI = How(time_zone="Asia/Shanghai")


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from([-300, -210, 0, 60, 480, 845]),
    st.sampled_from(["Asia/Shanghai", "Europe/Rome", "America/St_Johns"]),
)
def test_every_moment_is_shown_as_the_clock_there_shows_it(
    when: datetime, minutes: int, zone: str
) -> None:
    """As Python's own time zones say."""
    offset = timezone(timedelta(minutes=minutes))
    aware = when.replace(microsecond=0, tzinfo=offset)
    cells = read_cells(pl.Series([aware.isoformat()]), TIME, How(time_zone=zone))
    assert cells.values[0] == aware.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_several_offsets_are_put_on_one_clock() -> None:
    """A time without an offset was on that clock; all are counted."""
    texts = ["2024-01-05T09:00:00+08:00", "2024-01-05T03:00:00Z", "2024-01-05 10:00", "2024-01-05"]
    cells = read_cells(pl.Series(texts), TIME, SHANGHAI)
    assert [str(moment) for moment in cells.values] == [
        "2024-01-05 09:00:00",
        "2024-01-05 11:00:00",
        "2024-01-05 10:00:00",
        "2024-01-05 00:00:00",
    ]
    assert cells.done.converted == 2
    assert dict(cells.done.offsets) == {"+08:00": 1, "+00:00": 1}


@pytest.mark.parametrize(("how", "hour"), [(How(), 3), (SHANGHAI, 11)])
def test_a_column_with_a_zone_of_its_own(how: How, hour: int) -> None:
    """As its own clock says; where the office names its zone, as that one's."""
    series = pl.Series([datetime(2024, 1, 5, 3, tzinfo=UTC)])
    cells = read_cells(series, TIME, how)
    assert cells.values.to_list() == [datetime(2024, 1, 5, hour)]
    assert cells.done.offsets == (("UTC", 1),)


def test_offsets_east_and_west() -> None:
    """The sign says which way."""
    moments = pl.Series([datetime(2024, 1, 5, 12)] * 2)
    shown = on_the_clock(moments, pl.Series(["+05:30", "-03:30"]), "UTC")
    assert shown.to_list() == [datetime(2024, 1, 5, 6, 30), datetime(2024, 1, 5, 15, 30)]


def test_offsets_are_counted_the_most_frequent_first() -> None:
    """Nothing where there are none."""
    assert counted(pl.Series(["Z", "A", "A", None])) == (("A", 2), ("Z", 1))
    assert counted(pl.Series([None], dtype=pl.String)) == ()


def test_today_ends_where_the_office_is() -> None:
    """Without a zone it is today as long as it is today anywhere."""
    now = datetime.now(UTC).replace(tzinfo=None)
    assert latest_moment(None) >= latest_moment("Asia/Shanghai") > now
    assert latest_moment(None) - now < timedelta(days=2)


@pytest.mark.parametrize("name", ["", "Mars", "CET-1", "Asia/shanghai "])
def test_what_is_no_zone(name: str) -> None:
    """Names that the time zone database lacks."""
    assert not is_zone(name)
    assert is_zone("Asia/Shanghai")
