"""Tests of what a column is worth as open cases have it."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.leakage_open import collapse, implied_areas


def test_implied_area_by_hand() -> None:
    """Values at rates 1/4 and 3/4, evenly: of pairs of outcomes 9/16 in order, 6/16 tied."""
    drawn = implied_areas(np.array([1e9, 1e9]), np.array([0.25, 0.75]))
    assert drawn.mean() == pytest.approx(9 / 16 + 3 / 16, abs=1e-3)
    alike = implied_areas(np.array([1e9, 1e9]), np.array([0.25, 0.25]))
    assert alike.mean() == pytest.approx(0.5)


@pytest.mark.parametrize(("filled_when_open", "lost"), [(0.0, True), (0.5, False)])
def test_collapse(filled_when_open: float, lost: bool) -> None:
    """A value that half the cases have and that tells the outcome; open cases have it, or not."""
    rng = np.random.default_rng(4)
    value = rng.random(600) < 0.5
    y = rng.random(600) < np.where(value, 0.9, 0.1)
    is_open = np.arange(360) < 60
    asked = rng.random(360) < np.where(is_open, filled_when_open, 0.5)
    bins = np.concatenate([value, asked]).astype(float)
    closed, fresh, fell = collapse(bins, y, is_open, among=20)
    assert closed == pytest.approx(0.9, abs=0.03)
    assert fell is lost
    assert (fresh < 0.65) is lost
