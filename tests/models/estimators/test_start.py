"""What an office plans by before a model could be fitted."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from models.estimators.estimator import TrainingSample
from models.estimators.start import StartModel

POINTS = {"many": 2.0, "returned": 1.0}
LADDER = pl.DataFrame({"many": [0.0, 0.0, 1.0, 1.0], "returned": [0.0, 1.0, 0.0, 1.0]})


def sample(x: pl.DataFrame, y: np.ndarray, weight: np.ndarray | None = None) -> TrainingSample:
    """Cases of a probability sample, each counting once."""
    ones = np.ones(x.height)
    return TrainingSample(x, y, ones if weight is None else weight, ones > 0)


NONE = sample(LADDER.clear(), np.empty(0))


def drawn(rows: int, log_odds: float, slope: float, seed: int = 1) -> TrainingSample:
    """Cases whose log-odds rise by `slope` with each point."""
    random = np.random.default_rng(seed)
    x = LADDER[random.integers(0, 4, rows)]
    points = x["many"].to_numpy() * 2 + x["returned"].to_numpy()
    return sample(x, (random.random(rows) < expit(log_odds + slope * points)).astype(float))


def test_without_labels_it_is_what_is_believed_beforehand() -> None:
    """Equal risks are 10 in 100 within wide bounds; by points, one spread apart, 0.5 log-odds."""
    equal = StartModel({}).fit(NONE, LADDER)
    assert equal.predict(LADDER) == pytest.approx([0.1] * 4)
    low, high = equal.interval(LADDER)
    assert (low < 0.01).all()
    assert (high > 0.55).all()
    raw = StartModel(POINTS).fit(NONE, LADDER).raw(LADDER)
    spread = np.std([0, 1, 2, 3])
    assert np.diff(raw) == pytest.approx([0.5 / spread] * 3, abs=1e-4)
    assert raw.mean() == pytest.approx(logit(0.1), abs=1e-4)


def test_labels_set_level_and_slope() -> None:
    """On many cases it comes to what they show: within 0.1 of level and slope of the truth."""
    raw = StartModel(POINTS).fit(drawn(20_000, -2.0, 0.6)).raw(LADDER)
    assert raw == pytest.approx(-2.0 + 0.6 * np.arange(4), abs=0.1)


def test_its_interval_narrows_with_labels() -> None:
    """More cases say more, and even many leave what the level moves from quarter to quarter."""
    widths = []
    for rows in (20, 200, 20_000):
        low, high = StartModel(POINTS).fit(drawn(rows, -2.0, 0.6)).interval(LADDER)
        widths.append(logit(high) - logit(low))
    assert (widths[0] > widths[1]).all()
    assert (widths[1] > widths[2]).all()
    assert widths[2] == pytest.approx([2 * 1.645 * 0.3] * 4, rel=0.1)


@pytest.mark.parametrize("slope", [-2.0, 0.0])
def test_more_points_never_mean_less_risk(slope: float) -> None:
    """Whatever the labels show, the direction of the rule is kept."""
    assert (np.diff(StartModel(POINTS).fit(drawn(500, 0.0, slope)).raw(LADDER)) > 0).all()


def test_what_was_drawn_more_often_counts_less() -> None:
    """The level is that of all cases: half the reviews, drawn 9 times as often, are defective."""
    x, y = LADDER[np.arange(1000) % 4], np.arange(1000) % 2 == 0
    weight = np.where(y, 0.2, 1.8)
    p = StartModel({}).fit(sample(x, y.astype(float), weight)).predict(LADDER[:1])
    assert p == pytest.approx([0.1], abs=0.005)


@settings(deadline=None, max_examples=50)
@given(
    points=st.lists(st.floats(-5, 5), min_size=2, max_size=2),
    y=st.lists(st.booleans(), max_size=20),
)
def test_contributions_sum_and_it_is_kept_to_the_bit(points: list[float], y: list[bool]) -> None:
    """Contributions sum to the score, the interval holds the risk, and it comes back the same."""
    x = LADDER[[position % 4 for position in range(len(y))]]
    start = StartModel(dict(zip(POINTS, points, strict=True)))
    start.fit(sample(x, np.array(y, dtype=np.float64)), LADDER)
    assert start.contributions(LADDER).sum(axis=1) == pytest.approx(start.raw(LADDER))
    low, high = start.interval(LADDER)
    risk = start.predict(LADDER)
    assert ((low < risk) & (risk < high)).all()
    again = StartModel.from_json(json.loads(json.dumps(start.as_json())))
    assert (again.predict(LADDER) == risk).all()
    assert (again.interval(LADDER)[1] == high).all()


@pytest.mark.parametrize(
    "change",
    [{"slope": -1.0}, {"unit": 0.0}, {"level": float("nan")}, {"covariance": [[1.0]]}],
)
def test_what_was_tampered_with_is_refused(change: dict[str, object]) -> None:
    """A slope that falls, or what is no number, is none of ours."""
    saved = StartModel(POINTS).fit(NONE, LADDER).as_json()
    with pytest.raises(ValueError, match=r"two by two|out of bounds"):
        StartModel.from_json(saved | change)
