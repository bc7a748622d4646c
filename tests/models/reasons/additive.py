"""A sum that can be worked out by hand, with an interaction if wanted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy.special import expit

from cases.numeric import Floats
from models.matrix import Columns


class Additive:
    """Log-odds `sum of weight * value` plus `together` times the product of the first two.

    The product's share is split evenly between the two, as Shapley values would.
    """

    def __init__(self, weights: Mapping[str, float], together: float = 0.0) -> None:
        self.columns = Columns(tuple(weights), {})
        self._weights, self._together = np.array([*weights.values()], dtype=float), together

    def raw(self, x: pl.DataFrame) -> Floats:
        """Log-odds per row."""
        return self.contributions(x).sum(axis=1)

    def contributions(self, x: pl.DataFrame) -> Floats:
        """What each column adds, and 0 as the constant."""
        values = np.nan_to_num(self.columns.matrix(x))
        adds = values * self._weights
        if self._together:
            adds[:, :2] += self._together / 2 * values[:, [0]] * values[:, [1]]
        return np.column_stack([adds, np.zeros(x.height)])

    def probability(self, x: pl.DataFrame) -> Floats:
        """The probability per row."""
        return np.asarray(expit(self.raw(x)))
