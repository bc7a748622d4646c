"""The periods that figures are given by."""

from __future__ import annotations

import polars as pl

from cases.tables.cells.moments import Every


def period_name(every: Every, moment: str = "moment") -> pl.Expr:
    """The name of the period that the column `moment` falls into: `2003-01`, `2003-Q1` or `2003`.

    >>> from datetime import datetime
    >>> days = pl.DataFrame({"moment": [datetime(2003, 5, 1)]})
    >>> days.select(period_name("quarter")).item()
    '2003-Q2'
    """
    time = pl.col(moment).dt
    if every == "quarter":
        return pl.format("{}-Q{}", time.year(), time.quarter())
    return time.strftime("%Y-%m" if every == "month" else "%Y")
