"""What share of all cases each closed one stands for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.estimators.duration import (
    FROM_THE_BEGINNING,
    Spells,
    closing_shares,
    weighted_quantile,
)

EVER = 1e9


@pytest.mark.parametrize(
    ("age", "lasted", "closed", "window", "shares"),
    [
        ([9, 9, 9], [1, 3, 5], [1, 1, 1], EVER, [1 / 3, 1 / 3, 1 / 3]),
        ([9, 9, 2], [1, 3, 2], [1, 1, 0], EVER, [1 / 3, 2 / 3, 0]),  # the open one may go on
        ([9, 9, 9], [1, 5, 9], [1, 1, 0], EVER, [1 / 2, 1 / 2, 0]),  # no end of it was seen
        (
            [9, 9, 3],
            [1, 8, 2],
            [1, 1, 1],
            3,
            [0, 0.0, 1.0],
        ),  # all that was at risk early closed early
        ([0, 4], [0, 4], [1, 0], EVER, [1.0, 0.0]),  # closed on the day it came in
        ([4, 5], [4, 5], [0, 0], EVER, [0.0, 0.0]),
    ],
)
def test_shares_by_hand(
    age: list[float], lasted: list[float], closed: list[int], window: float, shares: list[float]
) -> None:
    """Small tables to check on paper."""
    found = closing_shares(
        np.array(age, float), np.array(lasted, float), np.array(closed) > 0, window
    )
    assert found == pytest.approx(np.array(shares))


def test_censored_cases_are_not_dropped() -> None:
    """Of 20,000 exponential durations, cut by the calendar, the mean is found to within 3 %.

    The plain mean of the closed cases is a third too low.
    """
    random = np.random.default_rng(1)
    age, duration = random.uniform(0, 300, 20_000), random.exponential(50, 20_000)
    closed = duration <= age
    lasted = np.minimum(duration, age)
    for window in (EVER, 100.0):
        share = closing_shares(age, lasted, closed, window)
        assert np.average(lasted, weights=share) == pytest.approx(50, rel=0.03)
    young = age < 80
    assert lasted[closed & young].mean() < 50 / 1.5


def test_only_the_window_counts() -> None:
    """Where cases take twice as long since a year, the last hundred days show the new durations."""
    random = np.random.default_rng(2)
    age = random.uniform(0, 1500, 40_000)
    duration = random.exponential(np.where(age < 700, 60, 30))
    share = closing_shares(age, np.minimum(duration, age), duration <= age, 100.0)
    assert np.average(duration, weights=share) == pytest.approx(60, rel=0.05)


DAYS = arrays(float, 30, elements=st.floats(0, 100))


@given(DAYS, DAYS, arrays(bool, 30), st.floats(1, 200))
def test_shares_are_shares(
    age: np.ndarray, duration: np.ndarray, closed: np.ndarray, window: float
) -> None:
    """None is negative, only closed cases have one, and together they are all or nothing."""
    lasted = np.where(closed, np.minimum(duration, age), age)
    share = closing_shares(age, lasted, closed, window)
    assert (share >= 0).all()
    assert not share[~closed].any()
    assert share.sum() == pytest.approx(1) or not share.any()


def test_weights_count_as_so_many_cases() -> None:
    """A case of weight 3 is as three of it, and one of weight 0 says nothing."""
    start, last = np.full(4, FROM_THE_BEGINNING), np.array([1.0, 2.0, 3.0, 9.0])
    ended = np.array([True, True, False, True])
    weighted = Spells(start, last, ended, np.array([3.0, 1.0, 2.0, 0.0])).shares()
    assert weighted == pytest.approx([3 / 6, 1 / 6, 0, 0])
    three = np.array([0, 0, 0, 1, 2, 2])
    plain = Spells(start[three], last[three], ended[three], np.ones(6)).shares()
    assert plain == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 6, 0, 0])


def test_weighted_quantile_by_hand() -> None:
    """The smallest value at which the share is reached."""
    value, weight = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert [weighted_quantile(value, weight, q) for q in (0.2, 0.5, 0.75, 1.0)] == [1, 2, 2, 3]
