"""How often reviewers err, and the rate without their errors."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.surveys.reviewer_error import ReviewerError, pairs, reviewer_error


def test_pairs_by_hand() -> None:
    """Both, one and none by group."""
    first, second = np.array([1.0, 1, 0, 0, 0]), np.array([1.0, 0, 1, 0, 0])
    counted = pairs(first, second, np.array([0, 0, 1, 1, 1]))
    assert counted.tolist() == [[1, 1, 0], [0, 1, 2]]


def test_perfect_agreement_leaves_the_rate() -> None:
    """Readings that always agree show no error: the rate found is the rate."""
    found = reviewer_error(0.16, 400, np.array([[10, 0, 190], [60, 0, 140]]))
    assert found.sensitivity.value == 1
    assert found.specificity.value == 1
    assert found.rate.value == pytest.approx(0.16)


def test_expected_counts_give_back_what_made_them() -> None:
    """Sensitivity 0.8, specificity 0.97, rates of 5 and 40 %: found 0.0685 where 5 % are."""
    readings = np.array([expected(rate, 0.8, 0.97, 20_000) for rate in (0.05, 0.4)])
    found = reviewer_error(0.05 * 0.8 + 0.95 * 0.03, 5000, readings)
    assert found.sensitivity.value == pytest.approx(0.8, abs=0.011)
    assert found.specificity.value == pytest.approx(0.97, abs=0.005)
    assert found.rate.value == pytest.approx(0.05, abs=0.005)


def test_few_readings_give_bounds_only() -> None:
    """With three agreed defects nothing is corrected; the interval is wider than the sample's."""
    found = reviewer_error(0.1, 400, np.array([[0, 2, 20], [3, 3, 12]]))
    assert found.rate.value is None
    assert found.rate.absent == "too_few"
    assert found.rate.low is not None
    assert found.rate.high is not None
    assert found.rate.low < 0.07
    assert found.rate.high > 0.13


def expected(rate: float, se: float, sp: float, cases: int) -> list[int]:
    """Both, one and none among so many cases read twice."""
    both = rate * se**2 + (1 - rate) * (1 - sp) ** 2
    none = rate * (1 - se) ** 2 + (1 - rate) * sp**2
    return [round(cases * share) for share in (both, 1 - both - none, none)]


def test_covers_the_true_rate_with_erring_reviewers() -> None:
    """25 random samples of 300, all read twice: the corrected interval covers, the other not."""
    rng, covered = np.random.default_rng(6), np.zeros(2)
    for _trial in range(25):
        high = np.arange(300) % 2
        truth = rng.random(300) < np.where(high == 1, 0.15, 0.02)
        first, second = (reading(rng, truth) for _time in range(2))
        found = reviewer_error(first.mean(), 300, pairs(first, second, high))
        half = 1.96 * (first.mean() * (1 - first.mean()) / 300) ** 0.5
        covered += (holds(found, 0.085), abs(first.mean() - 0.085) <= half)
    assert covered[0] / 25 >= 0.95 - 3 * (0.05 * 0.95 / 25) ** 0.5
    assert covered[1] < covered[0]


def reading(rng: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    """One reading of every case: sensitivity 0.8, specificity 0.95."""
    return np.where(truth, rng.random(truth.size) < 0.8, rng.random(truth.size) > 0.95) * 1.0


def holds(found: ReviewerError, rate: float) -> bool:
    """Whether the interval of the rate holds `rate`."""
    return (found.rate.low or 0) <= rate <= (found.rate.high or 1)
