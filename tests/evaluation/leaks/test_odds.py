"""Tests of `evaluation/leaks/odds.py`."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import fisher_exact, nchypergeom_fisher

from evaluation.leaks.odds import TwoByTwo


def table(*counts: tuple[int, int, int, int]) -> TwoByTwo:
    """Strata of cases with both, of the outcome, with the value, all."""
    return TwoByTwo(*np.array(counts, dtype=float).T)


def p_value(tested: TwoByTwo, limit: float) -> float:
    """The smallest level at which the odds ratio is surely above the limit."""
    levels = np.linspace(0, 1, 100_001)
    low, high = 0, levels.size - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if tested.surely_above(limit, levels[middle]) else (middle + 1, high)
        )
    return float(levels[low])


def test_cases_are_counted_by_stratum() -> None:
    """Two strata of three cases, counted by hand; and the same for cases without the outcome."""
    value = np.array([True, True, False, True, False, False])
    outcome = np.array([True, False, False, True, True, False])
    counted = TwoByTwo.of(value, outcome, pl.Series(["a", "a", "a", "b", "b", "b"]))
    assert counted.both.tolist() == [1, 1]
    assert counted.outcome.tolist() == [1, 2]
    assert counted.value.tolist() == [2, 1]
    assert counted.all.tolist() == [3, 3]
    assert counted.against.both.tolist() == [1, 0]
    assert counted.against.outcome.tolist() == [2, 1]


def test_one_stratum_is_fishers_exact_test() -> None:
    """At a limit of 1 as in Fisher's test; at 3 by the noncentral distribution."""
    tested = table((8, 20, 10, 60))
    fisher = fisher_exact([[8, 2], [12, 38]], alternative="greater").pvalue
    assert p_value(tested, 1.0) == pytest.approx(fisher, abs=2e-5)
    noncentral = nchypergeom_fisher.sf(7, 60, 20, 10, 3.0)
    assert p_value(tested, 3.0) == pytest.approx(noncentral, abs=2e-5)


def test_what_only_strata_explain_is_not_above() -> None:
    """A value of one kind, all of whose cases have the outcome, says no more than the kind."""
    pooled, stratified = table((90, 100, 100, 400)), table((90, 90, 100, 100), (0, 10, 0, 300))
    assert pooled.surely_above(20, 1e-6)
    assert not stratified.surely_above(1, 0.5)


def test_the_level_holds() -> None:
    """Of 2,000 tables at the limit at most 5 % are said to be above it (tolerance 1 %)."""
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(2_000):
        value = rng.random(80) < 0.3
        odds = np.where(value, 3.0, 1.0) * 0.2
        outcome = rng.random(80) < odds / (1 + odds)
        strata = pl.Series(np.arange(80) % 4)
        wrong += TwoByTwo.of(value, outcome, strata).surely_above(3.0, 0.05)
    assert wrong / 2_000 <= 0.06
