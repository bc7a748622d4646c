"""Points in time put on the office's wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from cases.tables.cells.moments import end_of_day
from cases.tables.values import TIME

FIRST_TO_SEE_A_DAY = timedelta(hours=14)  # ahead of UTC; there are places where it is later
Counts = tuple[tuple[str, int], ...]


def on_the_clock(moments: pl.Series, offsets: pl.Series, zone: str) -> pl.Series:
    """Moments written with `offsets` from UTC, such as `+08:00`, as the clocks of `zone` showed.

    A moment without an offset was on that clock already.

    >>> at_three = pl.Series([datetime(2024, 1, 5, 3)])
    >>> on_the_clock(at_three, pl.Series(["+00:00"]), "Asia/Shanghai").to_list()
    [datetime.datetime(2024, 1, 5, 11, 0)]
    """
    offset = pl.col("offset")
    size = pl.duration(
        hours=offset.str.slice(1, 2).cast(pl.Int64), minutes=offset.str.slice(4, 2).cast(pl.Int64)
    )
    west = offset.str.starts_with("-")
    in_utc = pl.when(west).then(pl.col("moment") + size).otherwise(pl.col("moment") - size)
    frame = pl.DataFrame({"moment": moments, "offset": offsets})
    return frame.select(pl.coalesce(_shown_in(zone, in_utc), "moment")).to_series()


def _shown_in(zone: str, in_utc: pl.Expr) -> pl.Expr:
    there = in_utc.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return there.dt.replace_time_zone(None).cast(TIME)


def typed_moments(column: pl.Series, zone: str | None) -> tuple[pl.Series, Counts]:
    """A column of dates or of points in time on the wall clock; and the zone they are given in.

    Of points in time with a zone of their own that is the office's `zone`, else their own.
    """
    own = column.dtype.time_zone if isinstance(column.dtype, pl.Datetime) else None
    if own is None:
        return column.cast(TIME), ()
    there = column.dt.convert_time_zone(zone or own)
    return there.dt.replace_time_zone(None).cast(TIME), ((own, column.count()),)


def counted(offsets: pl.Series) -> Counts:
    """The offsets that occur, each with how often, the most frequent first."""
    if not offsets.count():
        return ()
    found = offsets.drop_nulls().alias("offset").value_counts().sort("count", "offset")
    return tuple((str(offset), int(count)) for offset, count in found.reverse().iter_rows())


def latest_moment(zone: str | None) -> datetime:
    """The end of today on the office's clock; without its zone, of the latest day anywhere."""
    if zone is None:
        return end_of_day(datetime.now(UTC).replace(tzinfo=None) + FIRST_TO_SEE_A_DAY)
    return end_of_day(wall_clock(zone))


def wall_clock(zone: str | None) -> datetime:
    """What the clocks of the office show now; without its zone, the clock of this machine."""
    if zone is None:
        return datetime.now().astimezone().replace(tzinfo=None)
    now = pl.lit(datetime.now(UTC).replace(tzinfo=None), TIME)
    there: datetime = pl.select(_shown_in(zone, now)).item()
    return there


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name, such as Asia/Shanghai."""
    try:
        pl.select(_shown_in(name, pl.lit(datetime(2024, 1, 1), TIME)))
    except pl.exceptions.PolarsError:
        return False
    return bool(name)
