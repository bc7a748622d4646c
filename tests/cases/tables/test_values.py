"""Text becomes typed values, or null."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.tables.values import (
    TIME,
    as_read,
    before,
    flag,
    is_before,
    moment,
    moment_until,
    number,
    typed,
)


def one(expression: pl.Expr) -> object:
    """The single value of an expression."""
    return pl.select(expression).item()


@pytest.mark.parametrize("text", ["true", "TRUE", "yes", "Y", "t", "1", "1.0", "是"])
def test_yes(text: str) -> None:
    """Every way to say yes."""
    assert one(flag(pl.lit(text))) is True


@pytest.mark.parametrize("text", ["false", "No", "n", "F", "0", "0.0", "否"])
def test_no(text: str) -> None:
    """Every way to say no."""
    assert one(flag(pl.lit(text))) is False


@pytest.mark.parametrize("text", ["2", "maybe", "oui", "-", None])
def test_neither(text: str | None) -> None:
    """Anything else is unknown."""
    assert one(flag(pl.lit(text, pl.String))) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-31", datetime(2024, 3, 31)),
        ("20240331", datetime(2024, 3, 31)),
        ("2024-03-31T09:30", datetime(2024, 3, 31, 9, 30)),
        ("2024-03-31 09:30:15", datetime(2024, 3, 31, 9, 30, 15)),
        ("2024-03-31T09:30:15.25", datetime(2024, 3, 31, 9, 30, 15, 250_000)),
        ("2024-03-31T09:30:15Z", datetime(2024, 3, 31, 9, 30, 15)),
        ("2024-03-31T09:30+08:00", datetime(2024, 3, 31, 9, 30)),
        ("2024-03-31T00:00:00.000-0500", datetime(2024, 3, 31)),
        ("2024-02-30", None),
        ("2024-03-31T24:30", None),
        ("31.03.2024", None),
        ("yesterday", None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    """ISO 8601 with or without time and offset; the wall clock is kept."""
    assert one(moment(pl.lit(text))) == expected


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)),
    st.sampled_from([None, *(timezone(timedelta(hours=hours)) for hours in (-5, 0, 8))]),
)
def test_every_iso_date_is_read_as_its_wall_clock(when: datetime, zone: timezone | None) -> None:
    """What Python writes as ISO 8601 comes back, whatever its offset."""
    assert one(moment(pl.lit(when.replace(tzinfo=zone).isoformat()))) == when


def test_a_date_format_takes_the_place_of_iso() -> None:
    """With `date_format` only that format is read."""
    texts = pl.Series(["31/03/2024", "2024-03-31"])
    read = pl.select(moment(pl.lit(texts), "%d/%m/%Y")).to_series()
    assert read.to_list() == [datetime(2024, 3, 31), None]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_read(value: float) -> None:
    """What Python writes as a number comes back."""
    assert one(number(pl.lit(repr(value)))) == value


@pytest.mark.parametrize("text", ["inf", "-inf", "nan", "1e999", "1,5", "1_0", "0x1", "１"])
def test_what_is_not_a_finite_number_is_unknown(text: str) -> None:
    """Infinities, separators and other scripts are not read as numbers."""
    assert one(number(pl.lit(text))) is None


ZONED = datetime(2024, 3, 31, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("series", "wanted", "expected"),
    [
        (pl.Series("x", [" a ", "", None]), pl.String(), ["a", None, None]),
        (pl.Series("x", [7]), pl.String(), ["7"]),
        (pl.Series("x", [1, 2]), pl.Float64(), [1.0, 2.0]),
        (pl.Series("x", [True, None]), pl.Boolean(), [True, None]),
        (pl.Series("x", [1, 0, 2]), pl.Boolean(), [True, False, None]),
        (pl.Series("x", [datetime(2024, 3, 31).date()]), TIME, [datetime(2024, 3, 31)]),
        (
            pl.Series("x", [datetime(2024, 3, 31, 9)], pl.Datetime("ms")),
            TIME,
            [datetime(2024, 3, 31, 9)],
        ),
        (pl.Series("x", [[1]]), pl.String(), [None]),
        (pl.Series("x", [b"a"]), pl.Float64(), [None]),
    ],
)
def test_columns_with_a_type_of_their_own(
    series: pl.Series, wanted: pl.DataType, expected: list[object]
) -> None:
    """Parquet's own types are taken as what they are."""
    frame = series.to_frame()
    assert frame.select(typed("x", series.dtype, wanted, None)).to_series().to_list() == expected
    assert frame.select(as_read(pl.col("x"), series.dtype)).to_series().dtype == pl.String


def test_a_zoned_column_keeps_its_wall_clock() -> None:
    """A point in time with a zone is read as the clock there showed it."""
    series = pl.Series("x", [ZONED]).dt.convert_time_zone("Asia/Shanghai")
    read = series.to_frame().select(typed("x", series.dtype, TIME, None))
    assert read.item() == datetime(2024, 3, 31, 9, 30)


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
