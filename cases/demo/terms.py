"""Weighted sums that say what they are made of.

`docs/demo_office.md` prints the tables of terms, and a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

ONE = pl.lit(1.0)


@dataclass(frozen=True)
class Term:
    """One cause: `weight` per unit of `value`, and what that value is."""

    weight: float
    meaning: str
    value: pl.Expr = ONE


def total(terms: dict[str, Term]) -> pl.Expr:
    """The weighted sum of the terms."""
    return pl.sum_horizontal(term.weight * term.value for term in terms.values())
