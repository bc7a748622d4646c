"""Bounds of the rate where reviews have not come back."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from cases.numeric import Flags, Floats
from evaluation.statistics.sample import SurveySample, corrected_risks
from evaluation.surveys.unreturned import ODDS, Response, filled, unreturned


def sample_of(p: Floats, pi: Floats, y: Floats, drawn: Flags, returned: Flags) -> SurveySample:
    """A sample of one plan."""
    seen = np.where(returned, y, 0.0)
    pi_returned = pi * returned.sum() / drawn.sum()
    survey = np.zeros(len(p), np.int64)
    return SurveySample(
        p, pi, pi_returned, seen, corrected_risks(p, seen, returned), drawn, returned, survey
    )


def small() -> SurveySample:
    """Ten cases, all drawn; the last two have not come back."""
    everyone, y = np.ones(10, bool), np.array([1.0] + [0.0] * 9)
    return sample_of(np.full(10, 0.2), np.ones(10), y, everyone, np.arange(10) < 8)


def test_filled_by_hand() -> None:
    """Odds four times as high: a risk of one fifth becomes one half."""
    sample = small()
    known = filled(sample, 4.0).y
    risk = sample.corrected[9]
    assert known[9] == pytest.approx(4 * risk / (1 + 3 * risk))
    assert known[:8].tolist() == sample.y[:8].tolist()
    assert filled(sample, inf).y[8:].tolist() == [1, 1]
    assert filled(sample, 0.0).y[8:].tolist() == [0, 0]


def test_the_worst_is_all_or_none() -> None:
    """Everything else certain, two cases out of ten are between."""
    found = unreturned(small(), np.ones(10, bool))
    assert (found.worst.low, found.worst.high) == pytest.approx((0.1, 0.3))
    assert found.worst.value is None
    assert found.bounds.low is not None
    assert found.bounds.high is not None
    assert 0.1 < found.bounds.low < found.bounds.high < 0.3


def test_response_by_class_of_risk() -> None:
    """Thirds of the drawn cases, the lowest risks first."""
    p, everyone = np.arange(1, 10) / 10, np.ones(9, bool)
    sample = sample_of(p, np.ones(9), np.zeros(9), everyone, np.arange(9) != 8)
    assert unreturned(sample, everyone).response == (
        Response(3, 3),
        Response(3, 3),
        Response(3, 2),
    )


def test_everything_returned_has_no_bounds() -> None:
    """Then all three are the usual interval."""
    everyone = np.ones(100, bool)
    y, drawn = (np.arange(100) < 20).astype(np.float64), np.arange(100) % 2 == 0
    sample = sample_of(np.full(100, 0.2), np.full(100, 0.5), y, drawn, drawn)
    found = unreturned(sample, everyone)
    assert (found.bounds.low, found.bounds.high) == (found.at_random.low, found.at_random.high)
    assert (found.worst.low, found.worst.high) == (found.at_random.low, found.at_random.high)


def test_bounds_hold_where_defects_come_back_less() -> None:
    """70 % of the defects and 90 % of the others come back: odds of 3.9, below the bound's."""
    rng, everyone = np.random.default_rng(7), np.ones(1000, bool)
    assert ODDS > 0.3 / 0.7 / (0.1 / 0.9)
    p, covered = rng.beta(2, 18, 1000), np.zeros(3)
    y = (rng.random(1000) < p).astype(float)
    for _trial in range(150):
        drawn = rng.permutation(1000) < 300
        returned = drawn & (rng.random(1000) < np.where(y == 1, 0.7, 0.9))
        found = unreturned(sample_of(p, np.full(1000, 0.3), y, drawn, returned), everyone)
        ends = ((f.low or 0, f.high or 1) for f in (found.at_random, found.bounds, found.worst))
        covered += [low <= y.mean() <= high for low, high in ends]
    assert covered[1] / 150 > 0.95 - 3 * (0.05 * 0.95 / 150) ** 0.5
    assert covered[2] == 150
    assert covered[0] < covered[1]
