"""Venn-Abers against its definition, by hand and by simulation."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from models.calibration.level_and_interval import VennAbers, level_shift


def by_definition(scores: list[float], y: list[float], new: float, label: float) -> float:
    """The isotonic regression with the new case added, at the new case."""
    fitted = IsotonicRegression().fit([*scores, new], [*y, label])
    return float(fitted.predict([new])[0])


@pytest.mark.parametrize(
    ("score", "low", "high"),
    [
        (0.0, 0, 1 / 3),  # a defect before all is pooled with the two good ones
        (1.0, 0, 1 / 3),
        (2.0, 0, 1 / 2),
        (2.5, 0, 2 / 3),  # pooled with the defect at 3 and the good one at 4
        (3.0, 1 / 3, 2 / 3),
        (9.0, 1 / 2, 1),  # a good one after all is pooled with the defect at 5
    ],
)
def test_small_table(score: float, low: float, high: float) -> None:
    """Five cases worked out by hand: good at 1 and 2, defect at 3, good at 4, defect at 5."""
    fitted = VennAbers.fit(np.array([1.0, 2, 3, 4, 5]), np.array([0.0, 0, 1, 0, 1]))
    found = [float(p[0]) for p in fitted.interval(np.array([score]))]
    assert found == pytest.approx([low, high])


@given(
    st.lists(
        st.tuples(st.integers(0, 8).map(float), st.integers(0, 1).map(float)),
        min_size=1,
        max_size=25,
    ),
    st.integers(-2, 20).map(lambda half: half / 2),
)
def test_equals_two_isotonic_fits(cases: list[tuple[float, float]], new: float) -> None:
    """The tabulated functions are the two isotonic regressions of the definition, ties and all."""
    scores, y = [list(part) for part in zip(*cases, strict=True)]
    low, high = VennAbers.fit(np.array(scores), np.array(y)).interval(np.array([new]))
    assert low[0] == pytest.approx(by_definition(scores, y, new, 0.0), abs=1e-12)
    assert high[0] == pytest.approx(by_definition(scores, y, new, 1.0), abs=1e-12)


def test_valid_by_simulation() -> None:
    """Of the two probabilities, the one that belongs to what happens is calibrated.

    This is the method's theorem (section 2 of the paper). 1,000 draws of 60 calibration
    cases and 20 new ones: 20,000 new cases in five bins. Cases of a draw share their
    calibration, so a bin's rate is known to about 0.01; 0.03 is three of those.
    """
    random = np.random.default_rng(7)
    predicted, happened = [], []
    for _ in range(1000):
        score = random.normal(size=80)
        y = (random.random(80) < 1 / (1 + np.exp(1.5 - score**3))).astype(float)
        low, high = VennAbers.fit(score[:60], y[:60]).interval(score[60:])
        predicted.append(np.where(y[60:] == 1, high, low))
        happened.append(y[60:])
    p, y = np.concatenate(predicted), np.concatenate(happened)
    for part in np.array_split(np.argsort(p, kind="stable"), 5):
        assert abs(p[part].mean() - y[part].mean()) < 0.03


def test_uneven_weights_widen_the_interval() -> None:
    """The same cases say less when a few of them carry most of the weight."""
    random = np.random.default_rng(3)
    score, y = random.normal(size=400), (random.random(400) < 0.3).astype(float)
    uneven = np.where(np.arange(400) % 20 == 0, 30.0, 1.0)
    at = np.linspace(-1, 1, 50)
    low, high = VennAbers.fit(score, y).interval(at)
    wide_low, wide_high = VennAbers.fit(score, y, uneven).interval(at)
    assert (wide_high - wide_low).mean() > 2 * (high - low).mean()


def test_saved_as_json_to_the_bit() -> None:
    """What is read back answers exactly as what was saved."""
    random = np.random.default_rng(5)
    score, y = random.normal(size=50), (random.random(50) < 0.5).astype(float)
    fitted = VennAbers.fit(score, y)
    again = VennAbers.from_json(json.loads(json.dumps(fitted.as_json())))
    for one, other in zip(again.interval(score), fitted.interval(score), strict=True):
        assert (one == other).all()


@pytest.mark.parametrize(
    "saved",
    [
        {"scores": [], "low": [], "high": []},
        {"scores": [1, 1], "low": [0, 0], "high": [1, 1]},
        {"scores": [1, 2], "low": [0], "high": [1, 1]},
        {"scores": [1], "low": [0.7], "high": [0.5]},
        {"scores": [1], "low": [0], "high": [float("nan")]},
        {"scores": ["x"], "low": [0], "high": [1]},
    ],
)
def test_malformed_is_refused(saved: dict[str, list[float]]) -> None:
    """Tables that are no predictor are a ValueError."""
    with pytest.raises(ValueError, match=r"scores|low|could not"):
        VennAbers.from_json(saved)


@pytest.mark.parametrize(("cases", "shift"), [(10, -0.0), (100_000, -1.09)])
def test_level_follows_many_cases_not_few(cases: int, shift: float) -> None:
    """Scores that say one half where one in four is defective move down, given cases enough."""
    y = (np.arange(cases) % 4 == 0).astype(float)
    found = level_shift(np.zeros(cases), y, np.ones(cases))
    assert found == pytest.approx(shift, abs=0.03)


def test_level_survives_one_outcome_only() -> None:
    """Where nothing was defective the shift is finite and downward."""
    found = level_shift(np.full(500, -2.0), np.zeros(500), np.ones(500))
    assert -2 < found < 0
