"""One contract, checked over everything that estimates a probability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit

from models.estimators.baselines import BaseRate, Logistic, PlainLightGBM
from models.estimators.calibrated import CalibratedModel
from models.estimators.estimator import Estimator, TrainingSample
from models.estimators.start import StartModel
from models.questions.complexity import ComplexityModel
from models.questions.risk import RiskModel

NAMES = ("suspects", "age", "charge")
MAKE: dict[str, Callable[[], Estimator]] = {
    "risk": lambda: RiskModel(NAMES, {"suspects": 1}),
    "complexity": lambda: ComplexityModel(NAMES),
    "base_rate": BaseRate,
    "points": lambda: StartModel({"points": 2.0}),
    "equal": lambda: StartModel({}),
    "logistic": lambda: Logistic(NAMES),
    "plain_lightgbm": lambda: PlainLightGBM(NAMES),
}
every_estimator = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)


def closings(rows: int) -> list[datetime]:
    """Moments evenly over two years."""
    return [datetime(2024, 1, 1) + timedelta(days=730 * row / rows) for row in range(rows)]


def sample(rows: int = 600, seed: int = 0) -> TrainingSample:
    """Cases where suspects raise the risk and fraud lowers it; ages are often missing."""
    random = np.random.default_rng(seed)
    suspects = random.integers(1, 6, rows).astype(float)
    charge = random.choice(["theft", "fraud", "rare"], rows, p=[0.6, 0.395, 0.005])
    y = random.random(rows) < 1 / (1 + np.exp(2.5 - 0.6 * suspects + (charge == "fraud")))
    age = [None if missing else 40.0 for missing in random.random(rows) < 0.5]
    columns = {
        "moment": closings(rows),
        "suspects": suspects,
        "age": age,
        "charge": charge,
        "points": suspects // 3,
    }
    whole = np.ones(rows)
    return TrainingSample(pl.DataFrame(columns, strict=False), y.astype(float), whole, whole > 0)


@every_estimator
def test_probabilities_for_every_row(make: Callable[[], Estimator]) -> None:
    """One probability per row, in the order of the rows."""
    cases = sample()
    fitted = make().fit(cases)
    p = fitted.predict(cases.x)
    assert p.shape == (600,)
    assert ((p >= 0) & (p <= 1)).all()
    assert np.allclose(fitted.predict(cases.x[::-1])[::-1], p)
    assert fitted.predict(cases.x[:1]).shape == (1,)


@every_estimator
def test_about_as_many_as_there_are(make: Callable[[], Estimator]) -> None:
    """The mean probability on new cases is within 0.06 of their share of defects."""
    new = sample(2000, seed=9)
    assert abs(make().fit(sample()).predict(new.x).mean() - new.y.mean()) < 0.06


@every_estimator
def test_same_again(make: Callable[[], Estimator]) -> None:
    """Fitting twice gives the same probabilities to the bit."""
    cases = sample()
    assert (make().fit(cases).predict(cases.x) == make().fit(cases).predict(cases.x)).all()


@every_estimator
def test_unseen_and_missing_values(make: Callable[[], Estimator]) -> None:
    """A code never seen and a missing value still get a probability."""
    cases = sample()
    odd = cases.x[:2].with_columns(charge=pl.Series(["never", None]), age=pl.lit(None, pl.Float64))
    assert np.isfinite(make().fit(cases).predict(odd)).all()


@every_estimator
def test_weight_counts_as_cases(make: Callable[[], Estimator]) -> None:
    """Where defects weigh more, probabilities rise."""
    cases = sample()
    heavy = TrainingSample(cases.x, cases.y, np.where(cases.y == 1, 3.0, 1.0), cases.surveyed)
    assert make().fit(heavy).predict(cases.x).mean() > make().fit(cases).predict(cases.x).mean()


def test_the_logistic_baseline_is_at_its_optimum() -> None:
    """Where two columns are nearly the same, the slope of its penalised loss still comes to 0.

    There L-BFGS stops early. The loss is a sum over 600 cases.
    """
    cases = sample()
    nearly = cases.x["suspects"] + pl.Series(np.random.default_rng(1).normal(0, 1e-3, 600))
    cases = replace(cases, x=cases.x.with_columns(nearly=nearly))
    fitted = Logistic([*NAMES, "nearly"]).fit(cases)
    design = fitted.shape_.transform(fitted.columns_.matrix(cases.x))
    slope = design.T @ (fitted.predict(cases.x) - cases.y) + fitted.b_[:-1]
    assert np.abs(slope).max() < 1e-3
    assert abs(fitted.predict(cases.x).sum() - cases.y.sum()) < 1e-3


def test_monotone_where_asked() -> None:
    """With a direction given, more suspects never mean less risk."""
    cases = sample(300, seed=4)
    fitted = RiskModel(NAMES, {"suspects": 1}).fit(cases)
    ladder = cases.x[:1].drop("suspects").join(pl.DataFrame({"suspects": range(8)}), how="cross")
    p = fitted.predict(ladder.with_columns(pl.col("suspects").cast(pl.Float64)))
    assert (np.diff(p) >= 0).all()


def test_interval_holds_the_probability() -> None:
    """The probability lies inside its band, never at an edge."""
    cases = sample()
    fitted = CalibratedModel(NAMES).fit(cases)
    low, high = fitted.interval(cases.x)
    p = fitted.predict(cases.x)
    assert ((low < p) & (p < high)).all()


@pytest.mark.parametrize("magnitudes", [True, False])
def test_numbers_by_magnitude_or_as_they_are(magnitudes: bool) -> None:
    """The regression takes numbers in the form that ranks later cases better."""
    random = np.random.default_rng(5)
    size = random.normal(2.0, 1.2, 2_000)
    score = size - 2.0 if magnitudes else np.expm1(size) / 20 - 1.0
    y = (random.random(2_000) < expit(1.5 * score)).astype(float)
    x = pl.DataFrame({"amount": np.expm1(size), "moment": closings(2_000)})
    every = np.ones(2_000)
    fitted = CalibratedModel(["amount"]).fit(TrainingSample(x, y, every, every > 0))
    assert fitted.magnitudes_ is magnitudes


def test_picked_cases_do_not_set_the_level() -> None:
    """Among as many picked cases, all defective, the level is still that of the random sample."""
    drawn, picked = sample(1000, seed=5), sample(1000, seed=6)
    order = np.arange(2000).reshape(2, 1000).T.ravel()  # one drawn, one picked, alternating
    mixed = TrainingSample(
        pl.concat([drawn.x, picked.x])[order],
        np.concatenate([drawn.y, np.ones(1000)])[order],
        np.ones(2000),
        (np.arange(2000) < 1000)[order],
    )
    surveyed, unsurveyed = (
        CalibratedModel(NAMES).fit(TrainingSample(mixed.x, mixed.y, mixed.weight, surveyed))
        for surveyed in (mixed.surveyed, mixed.surveyed | True)
    )
    level = drawn.y.mean()
    assert abs(surveyed.predict(drawn.x).mean() - level) < 0.05
    assert surveyed.predict(drawn.x).mean() < unsurveyed.predict(drawn.x).mean()


def told_by_reviewers(severe: float) -> TrainingSample:
    """Cases where suspects raise the risk, the more of them the likelier a severe reviewer."""
    random = np.random.default_rng(5)
    suspects = random.integers(1, 6, 4_000).astype(float)
    offset = np.where(random.random(4_000) < suspects / 6, severe, -severe)
    y = random.random(4_000) < 1 / (1 + np.exp(2.5 - 0.4 * suspects - offset))
    whole = np.ones(4_000)
    return TrainingSample(
        pl.DataFrame({"moment": closings(4_000), "suspects": suspects}),
        y.astype(float),
        whole,
        whole > 0,
        offset,
    )


def test_a_known_offset_is_taken_out() -> None:
    """The risk is that under an average reviewer: severe reviewers of one kind do not raise it.

    Without the offset the risk of five suspects comes out 0.1 too high.
    """
    cases = told_by_reviewers(1.0)
    truth = 1 / (1 + np.exp(2.5 - 0.4 * cases.x["suspects"].to_numpy()))
    blind = replace(cases, offset=None)
    heeding, heedless = (
        np.abs(CalibratedModel(["suspects"]).fit(one).predict(cases.x) - truth).max()
        for one in (cases, blind)
    )
    assert heeding < 0.05
    assert heedless > 0.08


def test_an_offset_of_zero_changes_nothing() -> None:
    """Starting from the level ourselves gives the scores LightGBM's own start gives."""
    cases = sample()
    offset = replace(cases, offset=np.zeros(len(cases)))
    one, other = (CalibratedModel(NAMES).fit(part) for part in (cases, offset))
    assert one.rounds_ == other.rounds_
    assert one.choice_.kind == other.choice_.kind
    assert one.predict(cases.x) == pytest.approx(other.predict(cases.x), abs=1e-9)


def test_what_columns_add_is_the_calibrated_score() -> None:
    """Contributions add up to the log-odds of the probability that people see."""
    cases = sample()
    model = CalibratedModel(NAMES).fit(cases)
    added = model.contributions(cases.x).sum(axis=1)
    assert added == pytest.approx(logit(model.predict(cases.x)), abs=1e-9)
