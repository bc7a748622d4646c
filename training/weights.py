"""Weights that make reviewed cases stand for all closed cases.

A case that was drawn with probability p stands for 1/p cases (Horvitz and Thompson
1952). Very small probabilities would let a few cases decide everything, so weights are
clipped; a case whose probability nobody knows counts as an average one.
"""

from __future__ import annotations

import polars as pl

LARGEST_WEIGHT = 10.0  # times the average


def review_weights(inclusion_probability: pl.Series) -> pl.Series:
    """One weight per review: 1/p, scaled to a mean of 1 where p is known, clipped; else 1.

    >>> review_weights(pl.Series([0.1, 0.4, None])).to_list()
    [1.6, 0.4, 1.0]
    """
    inverse = 1.0 / inclusion_probability
    mean = inverse.mean()
    scaled = inverse / mean if isinstance(mean, float) else inverse
    return scaled.clip(upper_bound=LARGEST_WEIGHT).fill_null(1.0).alias("weight")
