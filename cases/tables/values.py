"""From what stands in a file to typed values; what cannot be read becomes null.

The checks of values (`specification/value_checks.py`) find those nulls again and say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType

import polars as pl

# The wall clock. A closing, record or review that is only dated is at its day's last instant.
TIME = pl.Datetime("us")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2100, 1, 1)

TRUE = ("true", "t", "yes", "y", "1", "1.0", "\u662f")  # the last is Chinese for yes
FALSE = ("false", "f", "no", "n", "0", "0.0", "\u5426")  # and this for no
DATE_LENGTH = len("2026-06-30")
ISO_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y%m%d")
OFFSET = r"^(.{10}T.*?)(?:Z|[+-]\d{2}:?(?:\d{2})?)$"  # of a date with a time
SEPARATORS = "[;；]"  # between the things one cell lists


def listed(column: pl.Expr, counts_as: Mapping[str, str] = MappingProxyType({})) -> pl.Expr:
    """What each cell lists, every entry once; null for a blank cell.

    An entry of `counts_as` is replaced by what it counts as.

    >>> pl.select(listed(pl.lit("tax; juvenile；tax;"))).item().to_list()
    ['tax', 'juvenile']
    """
    parts = column.str.replace_all(SEPARATORS, ";").str.split(";")
    named = pl.element().str.strip_chars().replace(dict(counts_as))
    return parts.list.eval(named.filter(named != "")).list.unique(maintain_order=True)


def as_read(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """A column of type `kind` as text without blanks around it; nothing but blanks is null.

    A list of texts becomes what a cell would say; other nested and binary values, which no
    table needs, become null.
    """
    if kind == pl.List(pl.String):
        return column.list.join(";").replace("", None)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        return pl.lit(None, pl.String)
    return column.cast(pl.String).str.strip_chars().replace("", None)


def typed(column: str, kind: pl.DataType, wanted: pl.DataType, date_format: str | None) -> pl.Expr:
    """The column of a file, of type `kind`, as `wanted`; unreadable values become null."""
    text = as_read(pl.col(column), kind)
    if wanted == pl.String:
        return text
    if wanted == pl.Boolean:
        return flag(text)
    if wanted == pl.Float64:
        return number(text)
    if kind == pl.Date or isinstance(kind, pl.Datetime):
        return wall_clock(pl.col(column), kind)
    return moment(text, date_format)


def flag(text: pl.Expr) -> pl.Expr:
    """Yes or no.

    >>> pl.select(flag(pl.lit("Yes"))).item()
    True
    """
    lower = text.str.to_lowercase()
    return pl.when(lower.is_in(TRUE)).then(True).when(lower.is_in(FALSE)).then(False)


def number(text: pl.Expr) -> pl.Expr:
    """A finite number with a decimal point.

    >>> pl.select(number(pl.lit("1e3"))).item()
    1000.0
    """
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def moment(text: pl.Expr, date_format: str | None = None) -> pl.Expr:
    """A point in time on the wall clock it was written by: an offset is dropped, not applied.

    >>> str(pl.select(moment(pl.lit("2024-03-01 09:30+08:00"))).item())
    '2024-03-01 09:30:00'
    """
    if date_format is not None:
        return text.str.strptime(TIME, date_format, strict=False)
    local = text.str.replace(r"^(.{10}) ", "${1}T").str.replace(OFFSET, "$1")
    return pl.coalesce(local.str.strptime(TIME, form, strict=False) for form in ISO_FORMATS)


def wall_clock(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """A column of dates or of points in time as naive ones, on the wall clock of their zone."""
    zoned = isinstance(kind, pl.Datetime) and kind.time_zone is not None
    return (column.dt.replace_time_zone(None) if zoned else column).cast(TIME)


def end_of_day(day: date) -> datetime:
    """The last instant of a day, which is when all of it is known."""
    return datetime.combine(day, time.max)


def whole_day(moment: datetime) -> datetime:
    """Midnight, which is a date without a time, as the last instant of that day.

    What happened some time that day is known for certain only when the day is over.

    >>> whole_day(datetime(2024, 3, 1))
    datetime.datetime(2024, 3, 1, 23, 59, 59, 999999)
    """
    return end_of_day(moment) if moment.time() == time.min else moment


def whole_days(column: pl.Expr) -> pl.Expr:
    """As `whole_day`, of a column."""
    end = column.dt.offset_by("1d").dt.offset_by("-1us")
    return pl.when(column.dt.time() == time.min).then(end).otherwise(column)


def moment_until(text: str) -> datetime:
    """The moment an ISO text names; a date alone means to the end of its day.

    `ValueError` if the text is not a date, or has a zone.

    >>> moment_until("2026-06-30")
    datetime.datetime(2026, 6, 30, 23, 59, 59, 999999)
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("moments are the office's wall clock, without a zone")
    return end_of_day(moment) if len(text) <= DATE_LENGTH else moment


def is_before(moment: datetime, limit: datetime) -> bool:
    """Whether `moment` lies before `limit`; a date without a time lies in the whole of its day."""
    return whole_day(moment) < limit


def before(column: str, limit: str) -> pl.Expr:
    """As `is_before`, of two columns."""
    return whole_days(pl.col(column)) < pl.col(limit)
