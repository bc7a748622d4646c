"""A rate whose interval holds at every look."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import beta

from evaluation.statistics.every_look import LEVEL, rate_at_every_look


def test_limits_by_hand() -> None:
    """After one outcome that was none, rates are left for which (1 - r) reaches a fortieth."""
    figure = rate_at_every_look(np.array([0.0]))
    assert (figure.value, figure.low, figure.n) == (0.0, 0.0, 1)
    assert figure.high == pytest.approx(1 - beta(1, 2) * LEVEL)


def test_nothing_is_said_of_no_outcome() -> None:
    """No outcome, no figure."""
    assert rate_at_every_look(np.array([])).value is None


def test_the_interval_narrows_and_holds_at_every_look() -> None:
    """Of 200 series of 150 outcomes at most 5 % ever leave the rate out; tolerance three errors."""
    random, left_out = np.random.default_rng(0), 0
    for _ in range(200):
        y = (random.random(150) < 0.1).astype(float)
        figure = rate_at_every_look(y)
        assert figure.low is not None
        assert figure.high is not None
        left_out += not figure.low <= 0.1 <= figure.high
    assert left_out / 200 <= LEVEL + 3 * (LEVEL * (1 - LEVEL) / 200) ** 0.5
    assert figure.high - figure.low < 0.25
