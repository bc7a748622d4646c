"""Columns of the simulation: random ones, all from one generator, and weighted sums of causes.

`docs/demo_office.md` prints the tables of terms, and a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

col = pl.col
ONE = pl.lit(1.0)


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


@dataclass(frozen=True)
class Term:
    """One cause: `weight` per unit of `value`, and what that value is."""

    weight: float
    meaning: str
    value: pl.Expr = ONE


def total(terms: dict[str, Term]) -> pl.Expr:
    """The weighted sum of the terms."""
    return pl.sum_horizontal(term.weight * term.value for term in terms.values())
