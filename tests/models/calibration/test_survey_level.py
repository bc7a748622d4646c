"""The level of a model, set by what random draws say about all cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from models.calibration.survey_level import SurveyedRate, pooled, shift_to_rate, surveyed_rate


def test_surveyed_rate_by_hand() -> None:
    """Mean risk 0.2; one of two drawn is a defect: 0.2 + (0.8 - 0.2) / 0.5 / 4."""
    half = np.full(4, 0.5)
    drawn = np.array([True, True, False, False])
    found = surveyed_rate(np.full(4, 0.2), half, np.array([1.0, 0, np.nan, np.nan]), drawn)
    assert found.rate == pytest.approx(0.2 + 0.6 / 0.5 / 4)
    assert found.anticipated_variance == pytest.approx(4 * 0.16 / 16)


def test_pooled_by_hand() -> None:
    """Weights of 3 and 1."""
    assert pooled([SurveyedRate(0.1, 1.0), SurveyedRate(0.2, 3.0)]) == pytest.approx(0.125)


def test_the_mean_risk_is_the_rate() -> None:
    """Whatever the scores; their order stays."""
    score = np.random.default_rng(0).normal(0.5, 2, 500)
    assert expit(score + shift_to_rate(score, 0.07)).mean() == pytest.approx(0.07)


def test_an_impossible_rate_is_refused() -> None:
    """No level gives a rate of zero or below."""
    with pytest.raises(ValueError, match="no shift"):
        shift_to_rate(np.zeros(3), 0.0)


def test_unbiased_whatever_the_risks() -> None:
    """2,000 draws with risks four times too high: the mean lies within 4 errors of the truth."""
    rng = np.random.default_rng(1)
    risk, y = np.full(400, 0.4), (np.arange(400) < 40).astype(float)
    pi = rng.uniform(0.05, 0.5, 400)
    draws = rng.random((2000, 400)) < pi
    rates = [surveyed_rate(risk, pi, y, drawn).rate for drawn in draws]
    assert abs(np.mean(rates) - 0.1) < 4 * np.std(rates) / 2000**0.5
