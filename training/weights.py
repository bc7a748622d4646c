"""Weights: reviewed cases stand for all closed ones, recent cases for those to come.

A case that was drawn with probability p stands for 1/p cases (Horvitz and Thompson
1952). No weight is clipped: that would favour what a draw searched for, and few cases of great
weight count as the little information they hold (`models/calibration/level_and_band.py`). A
case with an unknown probability counts as an average one.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

HALF_LIFE = timedelta(days=4 * 365.25)  # law and practice change within a few years


def review_weights(inclusion_probability: pl.Series) -> pl.Series:
    """One weight per review: 1/p, scaled to a mean of 1 where p is known; else 1.

    >>> review_weights(pl.Series([0.1, 0.4, None])).to_list()
    [1.6, 0.4, 1.0]
    """
    inverse = 1.0 / inclusion_probability
    mean = inverse.mean()
    scaled = inverse / mean if isinstance(mean, float) else inverse
    return scaled.fill_null(1.0).alias("weight")


def recency_weights(moment: pl.Series) -> pl.Series:
    """One weight per case: 1 for the newest, halved with every `HALF_LIFE` of age.

    >>> from datetime import datetime
    >>> recency_weights(pl.Series([datetime(2020, 1, 1), datetime(2024, 1, 1)])).to_list()
    [0.5, 1.0]
    """
    return (0.5 ** ((moment.max() - moment) / HALF_LIFE)).alias("weight")
