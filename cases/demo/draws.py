"""Random columns, all from one generator."""

from __future__ import annotations

import numpy as np
import polars as pl

col = pl.col


class Draws:
    """Random columns of one length, as Polars expressions."""

    def __init__(self, rng: np.random.Generator, count: int) -> None:
        self.rng, self.count = rng, count

    def normal(self) -> pl.Expr:
        """Standard normal numbers."""
        return pl.lit(pl.Series(self.rng.standard_normal(self.count)))

    def share(self) -> pl.Expr:
        """Numbers evenly spread between 0 and 1."""
        return pl.lit(pl.Series(self.rng.random(self.count)))

    def late_share(self) -> pl.Expr:
        """Numbers between 0 and 1, mostly near 1 (beta 5, 1.5)."""
        return pl.lit(pl.Series(self.rng.beta(5, 1.5, self.count)))

    def happens(self, probability: pl.Expr | float) -> pl.Expr:
        """True with this probability."""
        return self.share() < probability

    def waiting(self, median: pl.Expr | float, spread: float = 0.5) -> pl.Expr:
        """Log-normal days of this median; `spread` is the deviation of their logarithm."""
        return median * (self.normal() * spread).exp()

    def times(self, expected: pl.Series) -> pl.Series:
        """Poisson counts."""
        return pl.Series(self.rng.poisson(expected.cast(pl.Float64).to_numpy()))


def chance(log_odds: pl.Expr) -> pl.Expr:
    """The probability with these log-odds."""
    return 1 / (1 + (-log_odds).exp())


def number(condition: pl.Expr) -> pl.Expr:
    """1 where the condition holds, else 0."""
    return condition.cast(pl.Float64)
