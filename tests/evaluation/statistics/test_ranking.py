"""Figures of replicates against those of the repeated cases themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.statistics.ranking import Ranking, draws, statistics

BY_BINS = {"calibration_error", "calibration_noise"}  # bins are those of the sample


@given(st.integers(0, 10_000), st.integers(2, 60), st.sampled_from([1, 2, 9]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_replicate_is_its_cases_written_out(
    seed: int, n: int, digits: int, weighted: bool
) -> None:
    """Every figure of a replicate is that of a sample that holds each case as often as drawn."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.random(n), digits)
    y = (rng.random(n) < rng.random()).astype(float)
    weight = rng.uniform(0.5, 3, n) if weighted else np.ones(n)
    ranking = Ranking(y, p, weight)
    (counts,) = draws(n, 3, seed)
    assert counts.sum(axis=0).tolist() == [n] * 3
    found = statistics(ranking, counts, 0.2)
    for replicate, times in enumerate(counts.T.astype(int)):
        written = Ranking(*(np.repeat(values, times) for values in (y, p, weight)))
        expected = statistics(written, written.once, 0.2)
        for name in expected.keys() - BY_BINS:
            value = found[name][replicate]
            assert value == pytest.approx(expected[name][0], abs=1e-9, nan_ok=True), name


def test_draws_do_not_depend_on_how_many_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The replicates of a seed are the same, whatever fits into the processor's cache."""
    at_once = np.hstack(list(draws(50, 40, 7)))
    monkeypatch.setattr("evaluation.statistics.ranking.CELLS_AT_ONCE", 150)
    assert np.array_equal(np.hstack(list(draws(50, 40, 7))), at_once)
