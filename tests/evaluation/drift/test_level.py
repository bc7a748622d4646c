"""The likelihood-ratio mixture for the level of probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom, norm

from evaluation.drift.level import OFF, SHIFT, LevelTest, level_variance

VARIANCE = level_variance(90, 1410)


def some(y: int, n: int, p: float = 0.06) -> LevelTest:
    """Equal probabilities, of which the first `y` came true."""
    return LevelTest((np.arange(n) < y).astype(float), np.full(n, p), np.ones(n), VARIANCE)


def test_evidence_by_hand() -> None:
    """The ratio of two mixtures of binomial likelihoods."""
    chance = binom.pmf(15, 500, expit(logit(0.06) + OFF))
    null, shifted = norm.pdf(OFF / VARIANCE**0.5), norm.pdf(OFF / (VARIANCE + SHIFT**2) ** 0.5)
    expected = (shifted @ chance / shifted.sum()) / (null @ chance / null.sum())
    assert some(15, 500).evidence()[-1] == pytest.approx(expected)


def test_p_value_by_hand() -> None:
    """The share of what the null gives that is at least as much evidence; tolerance 0.01."""
    totals = np.arange(0, 120)
    evidence = np.array([some(total, 500).evidence()[-1] for total in totals])
    levels = norm.ppf((np.arange(200) + 0.5) / 200) * VARIANCE**0.5
    null = binom.pmf(totals[:, None], 500, expit(logit(0.06) + levels)).mean(axis=1)
    for found in (15, 20, 45):
        expected = null[evidence >= evidence[found] * (1 - 1e-9)].sum()
        assert some(found, 500).p_value() == pytest.approx(expected, abs=0.01)


def test_evidence_seldom_misleads_at_any_look() -> None:
    """Without a shift it reaches 40 in at most 2.5 % of series, at any of 1,000 looks."""
    random, runs, n = np.random.default_rng(0), 100, 1000
    p = expit(logit(0.1) + random.normal(0, 1, n))
    reached = 0
    for off in random.normal(0, VARIANCE**0.5, runs):
        y = (random.random(n) < expit(logit(p) + off)).astype(float)
        reached += LevelTest(y, p, np.ones(n), VARIANCE).evidence().max() >= 40
    assert reached / runs <= 0.025 + 2 * (0.025 * 0.975 / runs) ** 0.5


def test_weights_count_by_their_ratios() -> None:
    """Weights of one size change nothing; unequal ones count as fewer outcomes."""
    test = some(15, 500)
    tripled = LevelTest(test.y, test.p, 3 * test.weight, VARIANCE)
    assert tripled.evidence() == pytest.approx(test.evidence())
    unequal = LevelTest(test.y, test.p, np.tile([1.0, 9.0], 250), VARIANCE)
    assert unequal.evidence()[-1] < test.evidence()[-1]
    assert unequal.p_value() > test.p_value()
