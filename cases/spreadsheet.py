"""CSV files that people open in a spreadsheet: no cell may act as a formula."""

from __future__ import annotations

from pathlib import Path

import polars as pl

FORMULA = r"^[=+\-@\t\r]"


def write_for_people(frame: pl.DataFrame, target: Path) -> None:
    """Write `frame` as CSV; text that a spreadsheet would run is prefixed with an apostrophe.

    Raises `OSError` if the file cannot be written.
    """
    frame.with_columns(_harmless(pl.col(pl.String))).write_csv(target)


def harmless(text: pl.Series) -> pl.Series:
    """Text as `write_for_people` writes it.

    >>> harmless(pl.Series(["a", "=1+1"])).to_list()
    ['a', "'=1+1"]
    """
    return text.to_frame().select(_harmless(pl.col(text.name))).to_series()


def _harmless(text: pl.Expr) -> pl.Expr:
    return pl.when(~text.str.contains(FORMULA)).then(text).otherwise("'" + text)
