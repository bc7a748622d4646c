"""What the office's own check misses and what it catches."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cases.numeric import Flags, Floats
from evaluation.statistics.sample import SurveySample, corrected_risks
from evaluation.surveys.own_check import OwnCheck, Total, caught, own_check


def sample_of(p: Floats, pi: Floats, y: Floats, drawn: Flags) -> SurveySample:
    """A sample of one plan whose reviews have all come back."""
    seen = np.where(drawn, y, 0.0)
    survey = np.zeros(len(p), np.int64)
    return SurveySample(p, pi, pi, seen, corrected_risks(p, seen, drawn), drawn, drawn, survey)


def test_everything_reviewed_by_hand() -> None:
    """Of ten defects the check failed eight; two are among the ninety it passed."""
    y = np.array([1.0] * 10 + [0.0] * 90)
    failed = np.arange(100) < 8
    everyone = np.ones(100, bool)
    found = own_check(sample_of(np.full(100, 0.1), np.ones(100), y, everyone), ~failed, failed)
    assert (found.passed, found.failed) == (92, 8)
    assert found.missed.value == pytest.approx(2 / 92)
    assert found.caught.value == pytest.approx(0.8)
    assert found.caught.low == pytest.approx(0.8)
    assert found.caught.high == pytest.approx(0.8)


def test_ratio_by_hand() -> None:
    """40 and 10 defects with intervals of a factor 2: the log ratio moves by log 2 * sqrt 2."""
    figure = caught(Total(40, 0, 20, 80, 40), Total(10, 0, 5, 20, 10), 25)
    far = 2 ** math.sqrt(2)
    assert figure.value == pytest.approx(0.8)
    assert figure.low == pytest.approx(4 / far / (4 / far + 1))
    assert figure.high == pytest.approx(4 * far / (4 * far + 1))


def test_the_bias_of_the_ratio_is_taken_out() -> None:
    """Beale: (40 + 36 / 50) / (50 + 52 / 50)."""
    figure = caught(Total(40, 36, 20, 80, 40), Total(10, 16, 5, 20, 10), 25)
    assert figure.value == pytest.approx(40.72 / 51.04)


def test_a_share_of_what_is_little_known_has_only_ends() -> None:
    """A standard error of 21 is more than 0.4 of the 50 defects expected; of 60 it is less."""
    few, more = (
        caught(Total(40, 400, 20, 80, expected), Total(10, 41, 5, 20, 10), 25)
        for expected in (40, 50)
    )
    assert (few.value, few.low, few.high) == (None, more.low, more.high)
    assert more.value is not None


def test_no_defect_among_the_failed() -> None:
    """The lower end is zero and the upper one is not."""
    figure = caught(Total(0, 0, 0, 4, 0), Total(10, 0, 5, 20, 10), 5)
    assert figure.low == 0
    assert figure.high == pytest.approx(4 / 9)


def test_too_few_defects_withhold_the_share() -> None:
    """One defect found says nothing about the share that is caught."""
    y = np.array([1.0] + [0.0] * 99)
    failed, drawn = np.arange(100) < 10, np.arange(100) % 2 == 0
    found = own_check(sample_of(np.full(100, 0.1), np.full(100, 0.5), y, drawn), ~failed, failed)
    assert found.caught.absent == "too_few"


def test_a_check_that_passes_everything_is_refused() -> None:
    """Nothing can be caught by it."""
    everyone, none = np.ones(10, bool), np.zeros(10, bool)
    sample = sample_of(np.full(10, 0.1), np.ones(10), np.zeros(10), everyone)
    with pytest.raises(ValueError, match="passes some"):
        own_check(sample, everyone, none)


@pytest.mark.parametrize("catches", [0.2, 0.5, 0.8])
def test_unbiased_and_covering(catches: float) -> None:
    """120 random samples of 1,000 cases: no bias beyond luck, intervals that cover."""
    rng = np.random.default_rng(8)
    p = rng.beta(2, 8, 1000)
    y = (rng.random(1000) < p).astype(float)
    failed = rng.random(1000) < np.where(y == 1, catches, 0.05)
    truth = np.array([y[~failed].mean(), y[failed].sum() / y.sum()])
    found = [own_check(one, ~failed, failed) for one in samples(rng, p, y, 120)]
    off = np.array([[f.missed.value or 0, f.caught.value or 0] for f in found]) - truth
    assert (np.abs(off.mean(0)) < (0.1 + 3 / 120**0.5) * off.std(0)).all()
    assert (np.mean([inside(f, truth) for f in found], 0) > 0.95 - 3 * 0.02).all()


def samples(rng: np.random.Generator, p: Floats, y: Floats, draws: int) -> list[SurveySample]:
    """Random samples of 400."""
    pi = np.full(len(p), 400 / len(p))
    ranks = [rng.permutation(len(p)) for _draw in range(draws)]
    return [sample_of(p, pi, y, rank < 400) for rank in ranks]


def inside(found: OwnCheck, truth: Floats) -> tuple[bool, bool]:
    """Whether the intervals hold the true values."""
    first, second = (
        (figure.low or 0) <= true <= (figure.high or 1)
        for figure, true in zip((found.missed, found.caught), truth, strict=True)
    )
    return first, second
