"""CSV files that people open in a spreadsheet: no cell may act as a formula."""

from __future__ import annotations

from pathlib import Path

import polars as pl

FORMULA = r"^[=+\-@\t\r]"


def write_for_people(frame: pl.DataFrame, target: Path) -> None:
    """Write `frame` as CSV; text that a spreadsheet would run is prefixed with an apostrophe.

    Raises `OSError` if the file cannot be written.
    """
    text = pl.col(pl.String)
    harmless = pl.when(~text.str.contains(FORMULA)).then(text).otherwise("'" + text)
    frame.with_columns(harmless).write_csv(target)
