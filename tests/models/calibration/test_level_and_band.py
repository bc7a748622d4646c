"""Level, slope and band, by worlds whose truth is known."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from cases.numeric import Floats
from models.calibration.level_and_band import LEAST_SLOPE, Calibration, fit_calibration

BEGIN = datetime(2024, 1, 1)
ZERO = np.zeros(1)


def days(day: Floats) -> pl.Series:
    """Moments, from days after `BEGIN`."""
    return pl.Series([BEGIN + timedelta(days=float(one)) for one in day])


def decided(rate: Floats, day: Floats, seed: int = 0) -> Calibration:
    """Fitted on cases that all score zero."""
    y = (np.random.default_rng(seed).random(len(day)) < rate).astype(float)
    return fit_calibration(np.zeros(len(day)), y, np.ones(len(day)), days(day))


def level_of(found: Calibration) -> float:
    """The probability of a score of zero."""
    return float(found.probability(ZERO)[0])


def test_the_last_day_is_not_the_level() -> None:
    """900 cases decided on the last day, half of them defects, do not undo two years at 20 %."""
    day = np.append(np.arange(2_400) * 0.3, np.full(900, 720.0))
    rate = np.append(np.full(2_400, 0.2), np.full(900, 0.5))
    assert 0.18 < level_of(decided(rate, day)) < 0.35


def test_a_lasting_change_is_the_level() -> None:
    """After half a year at 30 % the level is no longer the 10 % of the time before."""
    day = np.arange(3_600) * 0.3
    rate = np.where(day > 900, 0.3, 0.1)
    assert 0.25 < level_of(decided(rate, day)) < 0.35


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0])
def test_the_slope_is_found(slope: float) -> None:
    """Scores that say too much or too little are drawn together or apart."""
    random = np.random.default_rng(1)
    score = random.normal(-2, 1, 8_000)
    y = random.random(8_000) < expit(-2 + slope * (score + 2))
    found = fit_calibration(score, y.astype(float), np.ones(8_000), days(np.arange(8_000) * 0.1))
    assert found.slope == pytest.approx(slope, abs=0.15)


def test_scores_far_off_are_brought_back() -> None:
    """Scores eight log-odds too low give the right level all the same."""
    random = np.random.default_rng(2)
    score = random.normal(-2, 0.5, 4_000)
    y = (random.random(4_000) < expit(score)).astype(float)
    found = fit_calibration(score - 8, y, np.ones(4_000), days(np.arange(4_000) * 0.2))
    assert found.probability(score - 8).mean() == pytest.approx(expit(score).mean(), abs=0.02)


def test_the_order_of_scores_is_kept() -> None:
    """Even where the cases say the opposite, a higher score never has a lower probability."""
    random = np.random.default_rng(3)
    score = random.normal(-1, 1, 4_000)
    y = (random.random(4_000) < expit(-2 - score)).astype(float)
    found = fit_calibration(score, y, np.ones(4_000), days(np.arange(4_000) * 0.1))
    assert found.slope == LEAST_SLOPE
    assert (np.diff(found.probability(np.linspace(-9, 9, 50))) > 0).all()


def searched(seed: int) -> tuple[Calibration, Floats]:
    """A world of a hidden fact; a draw that searches for it; the fit and the true level."""
    random = np.random.default_rng(seed)
    hidden, score = random.random(8_000) < 0.2, random.normal(-2.5, 0.7, 8_000)
    truth = expit(score + 1.5 * hidden)
    pi = np.where(hidden, 0.5, 0.05)
    drawn = random.random(8_000) < pi
    y = (random.random(8_000) < truth)[drawn].astype(float)
    found = fit_calibration(score[drawn], y, 1 / pi[drawn], days(np.arange(8_000.0)[drawn] / 10))
    return found, np.array([found.probability(score).mean() - truth.mean()])


def test_weights_set_the_level_of_all_cases() -> None:
    """Defects over-sampled ten times do not raise the level: mean error of 40 draws 0.6 points."""
    off = np.concatenate([searched(seed)[1] for seed in range(40)])
    assert abs(off.mean()) < 0.006


def test_uneven_weights_widen_the_band() -> None:
    """Weights that differ widely leave fewer effective cases, and so a wider band."""
    random = np.random.default_rng(4)
    day, y = np.arange(1_000) * 0.5, (random.random(1_000) < 0.2).astype(float)
    even, uneven = np.ones(1_000), np.where(random.random(1_000) < 0.1, 30.0, 1.0)
    width, wider = (
        float(np.subtract(*band[::-1]).item())
        for band in (
            fit_calibration(np.zeros(1_000), y, weight, days(day)).band(ZERO, days(day[-1:]))
            for weight in (even, uneven)
        )
    )
    assert wider > 1.3 * width


def test_a_known_offset_is_taken_out() -> None:
    """Reviewers one log-odd more severe than usual do not raise the level."""
    random = np.random.default_rng(5)
    y = (random.random(6_000) < expit(-1.5)).astype(float)
    day = days(np.arange(6_000) * 0.1)
    found = fit_calibration(np.zeros(6_000), y, np.ones(6_000), day, np.ones(6_000))
    assert logit(level_of(found)) == pytest.approx(-2.5, abs=0.15)


def test_the_band_widens_with_time_and_holds_the_risk() -> None:
    """A case a year later has a wider band; the probability lies inside every band."""
    found = decided(np.full(2_000, 0.2), np.arange(2_000) * 0.3)
    score = np.array([-1.0, 0.0, 1.0])
    soon, late = (found.band(score, days(np.full(3, day))) for day in (600.0, 965.0))
    p = found.probability(score)
    assert (late[0] < soon[0]).all()
    assert (soon[0] < p).all()
    assert (p < soon[1]).all()
    assert (soon[1] < late[1]).all()


def later_quarter(seed: int) -> tuple[Floats, Floats]:
    """Whether the band of each fifth of the next quarter's cases holds their true frequency.

    The level of the world walks by 0.4 log-odds a year, each month is off by 0.2.
    """
    random = np.random.default_rng(seed)
    day, score = np.sort(random.random(5_000)) * 820, random.normal(0, 0.8, 5_000)
    walk = np.cumsum(random.normal(0, 0.4 / 12**0.5, 28)) + random.normal(0, 0.2, 28)
    truth = expit(-2 + score + walk[(day / 30.44).astype(int)])
    known = day < 730
    y = (random.random(5_000) < truth).astype(float)
    moment = days(day)
    found = fit_calibration(score[known], y[known], np.ones(known.sum()), moment.filter(known))
    low, high = found.band(score[~known], moment.filter(~known))
    groups = np.array_split(np.argsort(score[~known]), 5)
    means = [[part[group].mean() for group in groups] for part in (low, truth[~known], high)]
    least, true, most = np.array(means)
    return (least <= true) & (true <= most), most - least


def test_nine_bands_in_ten_hold() -> None:
    """Over 60 worlds 84 to 96 % of the bands hold (nominally 90 %; 300 bands in 60 clusters)."""
    held, width = map(np.concatenate, zip(*map(later_quarter, range(60)), strict=True))
    assert 0.84 < held.mean() < 0.96
    assert np.median(width) < 0.12


def test_one_outcome_only() -> None:
    """Where nothing was defective, level and band are finite and low."""
    found = decided(np.zeros(500), np.arange(500.0))
    low, high = found.band(ZERO, days(np.array([500.0])))
    assert 0 < low[0] < level_of(found) < high[0] < 0.1


def test_a_single_moment() -> None:
    """Cases that all lie at one moment still give a level."""
    assert level_of(decided(np.full(800, 0.25), np.zeros(800))) == pytest.approx(0.25, abs=0.05)


FITTED = decided(np.full(300, 0.2), np.arange(300.0))


def test_saved_and_read_back() -> None:
    """To the bit, through JSON text."""
    assert Calibration.from_json(json.loads(json.dumps(FITTED.as_json()))) == FITTED


@given(
    st.sampled_from(sorted(set(FITTED.as_json()) - {"newest", "centre", "level", "covariance"})),
    st.sampled_from([-1.0, float("nan"), float("inf"), None, "much", []]),
)
def test_what_is_no_calibration_is_refused(name: str, value: Any) -> None:
    """A number that no fit gives is a `ValueError` or a `TypeError`."""
    with pytest.raises((ValueError, TypeError)):
        Calibration.from_json(FITTED.as_json() | {name: value})


@pytest.mark.parametrize("newest", ["yesterday", 3])
def test_a_moment_is_a_moment(newest: Any) -> None:
    """The newest case's moment must be one."""
    with pytest.raises((ValueError, TypeError)):
        Calibration.from_json(FITTED.as_json() | {"newest": newest})
