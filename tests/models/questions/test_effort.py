"""The effort model: that sums are right, that intervals hold, and what is left of a case."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.estimators.forecast import COVERAGE, LEAST_TAIL, Work
from models.questions.effort import EffortModel

NAMES = ("attribute.kind", "attribute.suspects")
YEARS = 4 * 365


def work(count: int = 6000, *, seed: int = 3, days: bool = True) -> tuple[Work, np.ndarray]:
    """Cases of four years, and what each will have taken at its end.

    Fraud takes three times as long as theft, each suspect adds a fifth; spread 0.6. Where
    effort is not `days`, a tenth of the days it was open was worked on it.
    """
    random = np.random.default_rng(seed)
    age = random.uniform(0, YEARS, count)
    kind, suspects = random.choice(["theft", "fraud"], count), random.integers(1, 6, count)
    size = 40 * np.where(kind == "fraud", 3, 1) * 1.2**suspects
    truth = size * random.lognormal(0, 0.6, count)
    closed = truth <= age
    effort = truth if days else truth / 10
    x = pl.DataFrame({"attribute.kind": kind, "attribute.suspects": suspects.astype(float)})
    seen = np.where(closed, effort, np.nan)
    return Work(x, age, np.minimum(truth, age), closed, seen, np.ones(len(age))), effort


@cache
def fitted(*, days: bool = True) -> EffortModel:
    """Fitted on the cases, its interval set by what a model fitted on others forecast of them."""
    cases, others = work(days=days)[0], work(seed=8, days=days)[0]
    earlier = EffortModel(NAMES, days).fit(others).curves(cases.x)
    return EffortModel(NAMES, days).fit(cases).calibrate([(cases, earlier)])


@pytest.mark.parametrize("days", [True, False])
def test_sums_are_right(days: bool) -> None:
    """Expected efforts add up to the true ones within 5 %, of either kind within 8 %.

    A third of the slow cases are still open: leaving them out would lose a sixth.
    """
    cases, truth = work(days=days)
    expected = fitted(days=days).predict(cases.x)
    assert expected.sum() == pytest.approx(truth.sum(), rel=0.05)
    for kind in ("theft", "fraud"):
        of_kind = (cases.x["attribute.kind"] == kind).to_numpy()
        assert expected[of_kind].sum() == pytest.approx(truth[of_kind].sum(), rel=0.08)


@pytest.mark.parametrize("days", [True, False])
def test_interval_holds_four_in_five(days: bool) -> None:
    """On 6,000 other cases 80 % lie within, give or take 2; and the large are not missed."""
    model = fitted(days=days)
    later, truth = work(seed=4, days=days)
    low, high = model.between(model.curves(later.x))
    inside = (truth >= low) & (truth <= high)
    assert inside.mean() == pytest.approx(COVERAGE, abs=0.02)
    fraud = (later.x["attribute.kind"] == "fraud").to_numpy()
    assert inside[fraud].mean() == pytest.approx(COVERAGE, abs=0.05)
    assert (low <= model.predict(later.x)).all()


def test_what_is_left_by_hand() -> None:
    """Of two cases of 10 and 30 days, one in ten of the days worked: what is left at each age."""
    count = 400
    lasted = np.where(np.arange(count) % 2 == 0, 10.0, 30.0)
    x = pl.DataFrame({"attribute.kind": ["a"] * count, "attribute.suspects": [1.0] * count})
    model = EffortModel(NAMES, days=False).fit(
        Work(
            x,
            *(np.full(count, 100.0), lasted, np.ones(count, dtype=bool), lasted / 10),
            np.ones(count),
        )
    )
    ages = np.array([0.0, 9.9, 10.1, 20.0, 1000.0])
    left = model.remaining(pl.Series(["a", "a", "b", None, "a"]), ages)
    at = [model.ages_[model.ages_ <= age].max() for age in ages]  # tabulated at these ages
    mean = [(10 - t + 30 - t) / 2 / 20 if t < 10 else (30 - t) / 20 for t in at[:4]]
    assert left[:4] == pytest.approx(mean)
    assert left[4] == model.left_[""][-1]


def test_cases_that_all_look_alike() -> None:
    """Without a fact that differs between cases, every case gets the mean."""
    cases, truth = work()
    alike = Work(
        cases.x.with_columns(
            pl.lit("theft").alias("attribute.kind"), pl.lit(1.0).alias("attribute.suspects")
        ),
        *(cases.age, cases.lasted, cases.closed, cases.effort, cases.weight),
    )
    expected = EffortModel(NAMES, days=True).fit(alike).predict(alike.x)
    assert expected == pytest.approx(np.full(len(truth), truth.mean()), rel=0.05)


def test_cases_without_effort_are_no_trouble() -> None:
    """Closed cases without a recorded effort do not count; one in fifty took nothing."""
    cases, truth = work(days=False)
    effort = cases.effort.copy()
    effort[1::50], effort[::3] = 0.0, np.nan
    some = replace(cases, effort=effort)
    expected = EffortModel(NAMES, days=False).fit(some).predict(cases.x)
    assert expected.sum() == pytest.approx(0.98 * truth.sum(), rel=0.05)


def test_round_trip_to_the_bit() -> None:
    """Through JSON and back, expectation, interval and rest are the same to the bit."""
    cases, _ = work(600)
    model = fitted()
    again = EffortModel.from_json(json.loads(json.dumps(model.as_json())), model.text())
    assert (again.predict(cases.x) == model.predict(cases.x)).all()
    low_high = [one.between(one.curves(cases.x)) for one in (again, model)]
    assert np.array_equal(*low_high)
    kinds = cases.x["attribute.kind"]
    assert (again.remaining(kinds, cases.age) == model.remaining(kinds, cases.age)).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"tail": "high"},
        {"tail": float("nan")},
        {"tail": 0.6},
        {"tail": 0.0},
        {"ages": []},
        {"ages": [1.0]},
        {"left": {}},
        {"left": {"": ["a"]}},
        {"hazard": {}},
    ],
)
def test_what_is_no_model_is_refused(changes: dict[str, Any]) -> None:
    """Numbers that do not fit, or are none, are an error that loading turns into a refusal."""
    model = fitted()
    with pytest.raises((ValueError, KeyError, TypeError)):
        EffortModel.from_json(model.as_json() | changes, model.text())


def test_cases_still_open_tell_of_today() -> None:
    """Where cases stopped being closed 200 days ago, what is forecast is longer at once.

    Closed cases alone could not tell: there are no slow ones among them yet.
    """
    random = np.random.default_rng(6)
    age = random.uniform(0, YEARS, 3000)
    truth = random.exponential(np.where(age < 200, 400.0, 40.0))
    x = pl.DataFrame({"attribute.kind": ["a"] * 3000, "attribute.suspects": [1.0] * 3000})
    closed = truth <= age
    once = np.ones(len(age))
    cases = Work(x, age, np.minimum(truth, age), closed, np.where(closed, truth, np.nan), once)
    settled = np.full(3000, True)
    before = Work(x, age, np.full(3000, 40.0) * random.exponential(size=3000), settled, truth, once)
    now, then = (EffortModel(NAMES, days=True).fit(part) for part in (cases, before))
    assert now.predict(x[:1])[0] > 1.5 * then.predict(x[:1])[0]


def test_intervals_widen_by_how_wrong_forecasts_were() -> None:
    """Forecasts of quicker times make it as wide as allowed; none leave it at that."""
    cases, _ = work()
    quick = replace(cases, lasted=cases.lasted / 3, effort=cases.effort / 3)
    earlier = EffortModel(NAMES, days=True).fit(quick).curves(cases.x)
    model = EffortModel(NAMES, days=True).fit(cases)
    assert model.calibrate([]).tail_ == LEAST_TAIL
    assert model.calibrate([(cases, earlier)]).tail_ == LEAST_TAIL
    assert fitted().tail_ == pytest.approx(0.1, abs=0.03)
