"""How many defects a draw may miss altogether."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, poisson

from policies.spot_check.hidden_group import LARGEST_GROUP, MISSED, most_hidden, reach


def test_equal_probabilities_by_hand() -> None:
    """Among cases drawn with 10 %, k defects are missed with 0.9 ** k."""
    assert most_hidden(np.full(1000, 0.1), missed=0.9**7) == pytest.approx(7)
    assert most_hidden(np.full(1000, 0.1)) == pytest.approx(math.log(0.1) / math.log(0.9))


def test_the_least_likely_cases_hide_first() -> None:
    """Two cases at 1 % and the rest at 50 %: 0.99 * 0.99 * 0.5 ** 3."""
    probability = np.array([0.5] * 48 + [0.01] * 2)
    assert most_hidden(probability, missed=0.99**2 * 0.5**3) == pytest.approx(5)


def test_certain_cases_hide_nothing_and_a_group_is_limited() -> None:
    """Nothing hides among cases drawn for certain; a sixth of the cases is the most."""
    assert most_hidden(np.ones(50)) == 0
    assert most_hidden(np.full(1000, 1e-6)) == int(LARGEST_GROUP * 1000)


@pytest.mark.parametrize(("spread", "most"), [(0.1, 0.081), (0.3, 0.06), (0.56, 0.05), (2.0, 0.04)])
def test_wholly_below_at_most_so_often_whatever_is_hidden(spread: float, most: float) -> None:
    """Hidden defects of weight 1 on top of a normal error, every number of them, exactly."""
    hidden, seen = -math.log(MISSED), np.arange(80)
    far = np.array([reach(spread**2 + count, hidden) for count in seen])
    for mean in np.arange(0.05, 25, 0.05):
        below = norm.cdf((mean - seen - far) / spread)
        assert poisson.pmf(seen, mean) @ below <= most
