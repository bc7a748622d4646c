"""CSV files that people open in a spreadsheet: no cell may act as a formula."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import polars as pl

FORMULA = r"^['=+\-@\t\r]"  # an apostrophe too, so that one in front is always ours


def write_for_people(frame: pl.DataFrame, target: Path) -> None:
    """Write `frame` as CSV; text that a spreadsheet would run is prefixed with an apostrophe.

    A moment at the last instant of its day is written as the date it stands for. The file begins
    with a byte order mark: without one Excel takes the text for another encoding than UTF-8.
    Raises `OSError` if the file cannot be written.
    """
    texts = [_harmless(pl.col(pl.String)), _dated(pl.col(pl.Datetime))]
    frame.with_columns(texts).write_csv(target, include_bom=True)


def harmless(text: pl.Series) -> pl.Series:
    """Text as `write_for_people` writes it.

    >>> harmless(pl.Series(["a", "=1+1"])).to_list()
    ['a', "'=1+1"]
    """
    return text.to_frame().select(_harmless(pl.col(text.name))).to_series()


def _harmless(text: pl.Expr) -> pl.Expr:
    return pl.when(~text.str.contains(FORMULA)).then(text).otherwise("'" + text)


def _dated(moment: pl.Expr) -> pl.Expr:
    date, whole = moment.dt.to_string("%Y-%m-%d"), moment.dt.to_string("iso:strict")
    return pl.when(moment.dt.time() == time.max).then(date).otherwise(whole)
