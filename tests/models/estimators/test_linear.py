"""Ridge logistic regression: what it learns, what it keeps small, what it saves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.estimators.estimator import TrainingSample
from models.estimators.linear import Linear, fit_linear, fit_log_amount, terms
from models.matrix import Columns

NAMES = ("amount", "charge")


def sample(rows: int, seed: int = 3) -> TrainingSample:
    """Fraud adds 1 to the log-odds, each factor e of (1 + amount) adds 0.8."""
    random = np.random.default_rng(seed)
    size = random.normal(2.0, 0.7, rows)
    charge = random.choice(["theft", "fraud"], rows)
    probability = 1 / (1 + np.exp(3.0 - 0.8 * size - (charge == "fraud")))
    x = pl.DataFrame({"amount": np.expm1(size), "charge": charge})
    return TrainingSample(
        x, (random.random(rows) < probability).astype(float), np.ones(rows), np.ones(rows) > 0
    )


def fitted(cases: TrainingSample) -> Linear:
    """The model of both columns."""
    return fit_linear(Columns.learn(cases.x, NAMES), cases)


def asked(amount: float | None, charge: str | None) -> pl.DataFrame:
    """One case."""
    types = {"amount": pl.Float64(), "charge": pl.String()}
    return pl.DataFrame({"amount": [amount], "charge": [charge]}, schema=types)


def test_terms_by_hand() -> None:
    """A number is scaled and marked where missing; a code is one column per level."""
    columns = Columns(NAMES, {"charge": ("fraud", "theft")})
    found = terms(columns, np.array([[1.0, 1.0], [np.nan, np.nan], [-1.0, np.nan]]))
    assert found.toarray().tolist() == [[1, 0, 0, 1], [0, 1, 0, 0], [-1, 0, 0, 0]]


def test_contributions_by_hand() -> None:
    """By its order of magnitude or as it is, a number adds what its coefficient says."""
    columns = Columns(NAMES, {"charge": ("fraud", "theft")})
    x = pl.concat([asked(np.expm1(3.0), "theft"), asked(None, "new"), asked(-np.expm1(1), None)])
    scales = np.array([1.0, 0.0]), np.array([2.0, 1.0])
    model = Linear(columns, *scales, np.array([4.0, 7.0, 5.0, 6.0]), np.zeros(2), 0.5, True)
    assert np.allclose(model.contributions(x), [[4, 6, 0.5], [7, 0, 0.5], [-4, 0, 0.5]])
    plain = replace(model, magnitudes=False)
    assert np.allclose(plain.contributions(asked(9.0, "fraud")), [[16, 5, 0.5]])


def test_finds_what_made_the_data() -> None:
    """On 40,000 cases the effects are found to within 0.1 of those that made the data."""
    model = fitted(sample(40_000))
    base = model.raw(asked(np.expm1(2.0), "theft"))[0]
    assert abs(base - (-3.0 + 1.6)) < 0.1
    assert abs(model.raw(asked(np.expm1(2.0), "fraud"))[0] - base - 1.0) < 0.1
    assert abs(model.raw(asked(np.expm1(3.0), "theft"))[0] - base - 0.8) < 0.1


def test_few_cases_say_little() -> None:
    """From forty cases the same effect is learnt less than half."""
    gap = {}
    for rows in (40, 40_000):
        fraud, theft = (fitted(sample(rows)).raw(asked(6.0, one))[0] for one in ("fraud", "theft"))
        gap[rows] = fraud - theft
    assert gap[40] < gap[40_000] / 2


def test_only_relative_weights_count() -> None:
    """Weights that are all half as large change nothing."""
    cases = sample(500)
    half = TrainingSample(cases.x, cases.y, cases.weight / 2, cases.surveyed)
    assert (fitted(cases).raw(cases.x) == fitted(half).raw(cases.x)).all()


def test_columns_that_say_nothing() -> None:
    """A number that is always the same or always missing does no harm, later values included."""
    cases = sample(300)
    for amount in (0.1, None):
        x = cases.x.with_columns(amount=pl.lit(amount, pl.Float64))
        model = fitted(TrainingSample(x, cases.y, cases.weight, cases.surveyed))
        usual, odd = (model.raw(asked(value, "fraud"))[0] for value in (amount, 1e9))
        assert abs(usual - odd) < 1e-6


def test_no_facts_at_all() -> None:
    """Where nothing is known of any case, every case gets the rate."""
    cases = sample(300)
    x = cases.x.with_columns(charge=pl.lit(None, pl.String))
    model = fit_linear(
        Columns.learn(x, ["charge"]), TrainingSample(x, cases.y, cases.weight, cases.surveyed)
    )
    assert 1 / (1 + np.exp(-model.raw(x[:1])[0])) == pytest.approx(cases.y.mean())


def test_contributions_are_against_the_average_case() -> None:
    """They sum to the log-odds; over the cases fitted on, each column's mean is zero."""
    cases = sample(500)
    model = fitted(cases)
    parts = model.contributions(cases.x)
    assert np.allclose(parts.sum(axis=1), model.raw(cases.x))
    assert np.allclose(parts[:, :-1].mean(axis=0), 0)
    assert np.allclose(parts[:, -1], model.raw(cases.x).mean())


def test_finds_what_made_an_amount() -> None:
    """On 40,000 amounts the factors of the logarithm are found to within 0.05."""
    random = np.random.default_rng(4)
    charge, size = random.choice(["theft", "fraud"], 40_000), random.normal(2.0, 0.7, 40_000)
    amount = np.exp(1.0 + 0.5 * (charge == "fraud") + 0.8 * size + random.normal(0, 0.5, 40_000))
    x = pl.DataFrame({"amount": np.expm1(size), "charge": charge})
    model = fit_log_amount(Columns.learn(x, NAMES), x, amount, np.ones(40_000))
    base = model.raw(asked(np.expm1(2.0), "theft"))[0]
    assert abs(base - 2.6) < 0.05
    assert abs(model.raw(asked(np.expm1(2.0), "fraud"))[0] - base - 0.5) < 0.05
    assert abs(model.raw(asked(np.expm1(3.0), "theft"))[0] - base - 0.8) < 0.05


def test_round_trip_to_the_bit() -> None:
    """Through JSON and back the log-odds are the same to the bit."""
    cases = sample(300)
    model = fitted(cases)
    again = Linear.from_json(json.loads(json.dumps(model.as_json())))
    assert (again.raw(cases.x) == model.raw(cases.x)).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"coefficients": [1.0]},
        {"coefficients": [1.0, 2.0, 3.0, float("inf")]},
        {"centre": [0.0]},
        {"average": [0.0]},
        {"spread": [0.0, 1.0]},
        {"spread": "wide"},
        {"intercept": float("nan")},
    ],
)
def test_what_is_no_model_is_refused(changes: dict[str, Any]) -> None:
    """Numbers that do not fit the columns, or are none, are a `ValueError`."""
    with pytest.raises(ValueError, match=r"coefficient|spread|convert"):
        Linear.from_json(fitted(sample(300)).as_json() | changes)
