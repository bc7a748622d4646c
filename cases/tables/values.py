"""What the values of tables mean: moments on the wall clock, days, lists in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType

import polars as pl

# The wall clock. A closing, record or review that is only dated is at its day's last instant.
TIME = pl.Datetime("us")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2100, 1, 1)

MIDNIGHT = r" 00:00:00(\.0+)?$"
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
    table needs, become null. A moment at midnight is a date.
    """
    if kind == pl.List(pl.String):
        return column.list.join(";").replace("", None)
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        return pl.lit(None, pl.String)
    if isinstance(kind, pl.Datetime):
        return column.cast(pl.String).str.replace(MIDNIGHT, "")
    return column.cast(pl.String).str.strip_chars().replace("", None)


def texts_of(column: pl.Series) -> pl.Series:
    """As `as_read`, of a column in memory; the column itself where that changes nothing.

    >>> texts_of(pl.Series([" a ", "", 'b'])).to_list()
    ['a', None, 'b']
    """
    texts = column.to_frame("x").select(as_read(pl.col("x"), column.dtype)).to_series()
    return column if texts.equals(column, check_dtypes=True) else texts.alias(column.name)


def whole_days(column: pl.Expr) -> pl.Expr:
    """As `whole_day`, of a column."""
    end = column.dt.offset_by("1d").dt.offset_by("-1us")
    return pl.when(column.dt.time() == time.min).then(end).otherwise(column)


def before(column: str, limit: str) -> pl.Expr:
    """As `is_before`, of two columns."""
    return whole_days(pl.col(column)) < pl.col(limit)
