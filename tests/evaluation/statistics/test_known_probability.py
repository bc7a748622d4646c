"""Rates and shares from reviews of known chance: by hand, and by simulation."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.statistics.known_probability import sample_total, share_among
from evaluation.statistics.metrics import wilson


def drawn(y: np.ndarray, chance: np.ndarray) -> pl.DataFrame:
    """Reviews with these outcomes and inclusion probabilities."""
    return pl.DataFrame({"y": y.astype(float), "inclusion_probability": chance.astype(float)})


def test_certain_reviews_are_exact_and_lottery_ones_stand_for_others() -> None:
    """Two mandatory defects and one in four lottery reviews of chance a half: 4 of 10."""
    found = sample_total(drawn(np.array([1, 1, 1, 0, 0, 0]), np.array([1, 1, 0.5, 0.5, 0.5, 0.5])))
    assert (found.cases, found.certain, found.defects) == (10, 2, 2.0)
    assert found.rate == pytest.approx(0.4)
    every = sample_total(drawn(np.array([1, 0, 0]), np.ones(3)))
    assert every.figure().low == every.figure().high == pytest.approx(1 / 3)


def test_equal_chances_give_wilson() -> None:
    """With one small chance for all, the interval is Wilson's but for what is seen."""
    y = np.repeat([1, 0], [6, 94])
    figure, plain = sample_total(drawn(y, np.full(100, 0.01))).figure(), wilson(y)
    assert figure.low == pytest.approx(plain.low, rel=0.02)
    assert figure.high == pytest.approx(plain.high, rel=0.02)


def test_no_defect_found_is_not_certainty() -> None:
    """A lottery that found nothing leaves room for a rate above zero."""
    figure = sample_total(drawn(np.zeros(50), np.full(50, 0.1))).figure()
    assert figure.value == 0
    assert figure.high is not None
    assert 0.05 < figure.high < 0.1


def test_interval_holds_the_true_rate() -> None:
    """Of 400 draws of unequal chance at least 93 % of the intervals hold the true rate."""
    rng = np.random.default_rng(1)
    chance = rng.choice([0.05, 0.2, 1.0], 3000, p=[0.6, 0.35, 0.05])
    y = rng.random(3000) < np.where(chance == 1, 0.4, np.where(chance == 0.2, 0.15, 0.06))
    held = 0
    for _ in range(400):
        taken = rng.random(3000) < chance
        figure = sample_total(drawn(y[taken], chance[taken])).figure()
        held += (figure.low or 0) <= y.mean() <= (figure.high or 0)
    assert held >= 0.93 * 400


def test_a_share_among_defective_cases_weighs_each_by_its_chance() -> None:
    """Two certain cases with it and two of chance a half, one with it: 4 of 6."""
    found = share_among(drawn(np.array([1, 1, 1, 0]), np.array([1, 1, 0.5, 0.5])))
    assert found.value == pytest.approx(4 / 6)
    assert found.n == 4


def test_a_share_among_certain_cases_is_not_exact() -> None:
    """Where the lottery found none of the group, the interval is that of a random sample."""
    y = np.repeat([1, 0], [6, 14])
    assert share_among(drawn(y, np.ones(20))) == wilson(y)


def test_interval_holds_the_true_share_of_a_group() -> None:
    """Of 400 draws at least 93 % of the intervals hold the share in a group of unknown size."""
    rng = np.random.default_rng(2)
    chance = rng.choice([0.12, 0.2, 1.0], 8000, p=[0.5, 0.4, 0.1])
    defect = rng.random(8000) < np.where(chance == 1, 0.4, 0.07)
    y = rng.random(8000) < np.where(chance == 1, 0.6, 0.3)
    held = 0
    for _ in range(400):
        taken = defect & (rng.random(8000) < chance)
        figure = share_among(drawn(y[taken], chance[taken]))
        held += (figure.low or 0) <= y[defect].mean() <= (figure.high or 0)
    assert held >= 0.93 * 400
