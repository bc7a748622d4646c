"""Shares of rows and values."""

from __future__ import annotations

import polars as pl


def share_of(flags: pl.Series) -> float:
    """The share that is true; null is not, and of nothing it is 0.

    >>> share_of(pl.Series([True, False, None, True]))
    0.5
    """
    return float(flags.sum()) / max(len(flags), 1)
