"""Differences between groups: told where they are true, withheld where too little is known."""

from __future__ import annotations

import numpy as np
import pytest

from cases.language.texts import Text
from evaluation.backtests.group_rates import Grouping, compare
from evaluation.statistics.facts import Fact
from evaluation.statistics.metrics import FEWEST, wilson


def world(defects: tuple[float, float], n: int, seed: int = 0) -> tuple[tuple[Grouping, ...], int]:
    """Two groups of `n` cases, each half on the list, with these rates of defects."""
    rng = np.random.default_rng(seed)
    level = np.repeat([0, 1], n)
    y = (rng.random(2 * n) < np.array(defects)[level]).astype(float)
    listed = (rng.random(2 * n) < 0.5).astype(float)
    groups = Fact("group", Text(en="group"), (Text(en="a"), Text(en="b")), level)
    return compare([groups], y, np.full(2 * n, 0.3), np.ones(2 * n), listed)


def test_a_true_difference_is_told() -> None:
    """A group with twice the expected defects is named, the other side of the list is not."""
    (grouping,), comparisons = world((0.3, 0.6), 400)
    told = {one.measure: one for one in grouping.differences if one.beyond_chance}
    assert set(told) == {"calibration"}
    assert (told["calibration"].more.say("en"), told["calibration"].less.say("en")) == ("b", "a")
    assert comparisons == 4


def test_equal_groups_are_seldom_told_apart() -> None:
    """Of 200 worlds without any difference at most 5 % show one, although four are looked at."""
    told = [
        any(one.beyond_chance for one in world((0.3, 0.3), 60, seed)[0][0].differences)
        for seed in range(200)
    ]
    assert sum(told) <= 16  # 5 % of 200 is 10, two standard deviations are 6


def test_small_groups_are_withheld() -> None:
    """A group with fewer than ten defects or good cases has no figures and is compared to none."""
    level = np.repeat([0, 1], [100, 100])
    y = np.concatenate([np.repeat([1.0, 0.0], [FEWEST - 1, 101 - FEWEST]), np.repeat([1.0, 0], 50)])
    groups = Fact("group", Text(en="group"), (Text(en="a"), Text(en="b")), level)
    (grouping,), comparisons = compare([groups], y, np.full(200, 0.3), np.ones(200), y)
    small, large = grouping.groups
    assert small.selection_rate.absent == small.defect_share.absent == "too_few"
    assert large.selection_rate.value == 0.5
    assert (comparisons, grouping.differences) == (0, ())


def test_weights_and_intervals() -> None:
    """A weight of 2 counts twice in the rate, and the interval is wider than of as many cases."""
    level, y = np.zeros(60, dtype=int), np.repeat([1.0, 0.0], 30)
    weight = np.repeat([2.0, 1.0], 30)
    groups = Fact("group", Text(en="group"), (Text(en="a"),), level)
    (grouping,), _ = compare([groups], y, np.full(60, 0.5), weight, np.ones(60))
    found = grouping.groups[0].calibration
    rate = wilson(y, weight)
    assert rate.value == pytest.approx(2 / 3)
    assert (found.value, found.low) == (
        pytest.approx((rate.value or 0) / 0.5),
        pytest.approx((rate.low or 0) / 0.5),
    )
