"""Dates as offices write them are read where they have one meaning, and else not."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.tables.cells.dates import read_dates, says_a_day, written

DAYS = st.dates(datetime(1900, 1, 1).date(), datetime(2099, 12, 31).date())
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31))
AS_WRITTEN = (
    "{0.year}-{0.month}-{0.day}",
    "{0.year}-{0.month:02}-{0.day:02}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day:02}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}{0.month:02}{0.day:02}",
)
CLOCKS = (" {0.hour}:{0.minute:02}", "T{0.hour:02}:{0.minute:02}", "  {0.hour}:{0.minute:02}")


def read(*texts: str | None, formats: tuple[str, ...] = ()) -> list[datetime | None]:
    """The moments of a column of these texts."""
    return read_dates(pl.Series(texts, dtype=pl.String), formats).moments.to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-31", datetime(2024, 3, 31)),
        ("2024-3-1", datetime(2024, 3, 1)),
        ("2024/3/31", datetime(2024, 3, 31)),
        ("2024.3.5", datetime(2024, 3, 5)),
        ("20240331", datetime(2024, 3, 31)),
        ("2024年3月31日", datetime(2024, 3, 31)),
        ("2024年3月31日9时05分", datetime(2024, 3, 31, 9, 5)),
        ("2024年3月31日 9:30", datetime(2024, 3, 31, 9, 30)),
        ("2024-3-1 9:30", datetime(2024, 3, 1, 9, 30)),
        ("20240331 09:30", datetime(2024, 3, 31, 9, 30)),
        ("2024-03-31T09:30", datetime(2024, 3, 31, 9, 30)),
        ("2024-03-31 09:30:15", datetime(2024, 3, 31, 9, 30, 15)),
        ("2024-03-31T09:30:15.25", datetime(2024, 3, 31, 9, 30, 15, 250_000)),
        ("2024-03-31T09:30:15Z", datetime(2024, 3, 31, 9, 30, 15)),
        ("2024-03-31T09:30+08:00", datetime(2024, 3, 31, 9, 30)),
        ("2024-03-31T00:00:00.000-0500", datetime(2024, 3, 31)),
        ("2024-03-31 09:30 +08", datetime(2024, 3, 31, 9, 30)),
    ],
)
def test_a_date_of_one_meaning_is_read(text: str, expected: datetime) -> None:
    """Alone in its column and next to dates in another form; the wall clock is kept."""
    assert read(text) == [expected]
    assert read("2023-01-02", None, text) == [datetime(2023, 1, 2), None, expected]


@pytest.mark.parametrize(
    "text",
    [
        *("2024112", "202411", "24-3-31", "3/4/2024", "31.12.2024", "45382", "2024", "2024-03"),
        *("2024-02-30", "2024-13-01", "20240230", "2024-03-31T24:30", "2024-03-31 9:60"),
        *("+2024-1-12", "-2024-1-1", "12024-1-1", "2024-03-31Z", "2024-03-31+08:00"),
        *("2024-03-31T09:30+15:00", "2024-3-319:30", "٢٠٢٤-01-01", "2024/3-1", "yesterday", ""),
    ],
)
def test_a_date_of_no_or_several_meanings_is_not_read(text: str) -> None:
    """Days that do not exist, too few digits, the year not first, other scripts."""
    assert read(text) == [None]
    assert read("2023-01-02", text) == [datetime(2023, 1, 2), None]


@given(st.lists(st.tuples(DAYS, st.sampled_from(AS_WRITTEN)), min_size=1, max_size=6))
def test_every_day_is_read_in_every_form(days: list[tuple[datetime, str]]) -> None:
    """Whatever forms stand next to each other in one column."""
    texts = [form.format(day) for day, form in days]
    expected = [datetime(day.year, day.month, day.day) for day, _form in days]
    assert read(*texts) == expected


@given(MOMENTS, st.sampled_from(AS_WRITTEN), st.sampled_from(CLOCKS))
def test_every_time_is_read_in_every_form(when: datetime, day: str, clock: str) -> None:
    """Hours and minutes, padded or not."""
    assert read((day + clock).format(when)) == [when.replace(second=0, microsecond=0)]


@given(
    MOMENTS,
    st.sampled_from([None, *(timezone(timedelta(hours=hours)) for hours in (-5, 0, 8))]),
)
def test_every_iso_date_is_read_as_its_wall_clock(when: datetime, zone: timezone | None) -> None:
    """What Python writes as ISO 8601 comes back, and its offset apart."""
    dates = read_dates(pl.Series([when.replace(tzinfo=zone).isoformat()]))
    assert dates.moments.to_list() == [when]
    assert dates.offsets.to_list() == [
        zone and f"{zone.utcoffset(None) // timedelta(hours=1):+03}:00"
    ]


@given(st.text(max_size=30))
def test_no_text_ends_in_an_error(text: str) -> None:
    """Anything is read or is null, in any form and in a format of the office file."""
    for formats in ((), ("%d.%m.%Y", "excel"), ("%d %B %Y",)):
        moment = read(text, formats=formats)[0]
        assert moment is None or isinstance(moment, datetime)


def test_the_forms_of_a_column_are_counted() -> None:
    """With an example of each, as it stands in the file."""
    texts = ["2024-01-02", "2024/1/3", None, "2024-01-04", "x"]
    assert read_dates(pl.Series(texts)).forms == (("2024-01-02", 2), ("2024/1/3", 1))


def test_formats_take_the_place_of_all_forms() -> None:
    """With `date_format` only those formats are read, digit by digit."""
    assert read("31/03/2024", "2024-03-31", formats=("%d/%m/%Y",)) == [datetime(2024, 3, 31), None]
    assert read("2024112", "20240112", formats=("%Y%m%d",)) == [None, datetime(2024, 1, 12)]
    assert read("45382", "45382.75", "x", formats=("excel",)) == [
        datetime(2024, 3, 31),
        datetime(2024, 3, 31, 18),
        None,
    ]


def test_what_two_formats_read_differently_is_not_read() -> None:
    """A day that both formats agree on, or only one can read, is."""
    texts = ("3/4/2024", "13/4/2024", "3/3/2024")
    assert read(*texts, formats=("%d/%m/%Y", "%m/%d/%Y")) == [
        None,
        datetime(2024, 4, 13),
        datetime(2024, 3, 3),
    ]


@pytest.mark.parametrize("code", ["%d.%m.%Y", "%Y%m%d", "%Y年%m月%d日", "%d %b %Y %H:%M", "excel"])
def test_a_format_reads_what_it_writes(code: str) -> None:
    """The example that advice gives is read in that format."""
    assert says_a_day(code)
    assert read(written(code), formats=(code,))[0] is not None


@pytest.mark.parametrize("code", ["%m/%Y", "%H:%M", "%Q", "%d.%m.%y."])
def test_a_format_that_says_no_day_is_found(code: str) -> None:
    """Month and year alone, a clock alone, and codes that do not exist; two digits can do."""
    assert says_a_day(code) == (code == "%d.%m.%y.")
