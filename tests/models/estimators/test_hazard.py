"""A hazard by period: its rows by hand, its curves, and that cases still open are not lost."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.estimators import hazard
from models.estimators.duration import FROM_THE_BEGINNING, Spells
from models.estimators.hazard import Curves, HazardModel, fit_hazard, person_periods

GRID = np.array([0.0, 10.0, 20.0, 40.0])
NAMES = ("kind", "noise")


def spells(*cases: tuple[float, float, bool]) -> Spells:
    """From start, last and whether it ended there."""
    start, last, ended = zip(*cases, strict=True)
    return Spells(np.array(start), np.array(last), np.array(ended), np.ones(len(cases)))


@pytest.mark.parametrize(
    ("case", "rows"),
    [
        ((FROM_THE_BEGINNING, 15.0, True), [(0, False, 1.0), (1, True, 1.0)]),
        ((FROM_THE_BEGINNING, 15.0, False), [(0, False, 1.0), (1, False, 0.5)]),
        ((FROM_THE_BEGINNING, 0.0, True), [(0, True, 1.0)]),
        ((FROM_THE_BEGINNING, 0.0, False), []),
        ((FROM_THE_BEGINNING, 10.0, True), [(0, False, 1.0), (1, True, 1.0)]),
        ((5.0, 30.0, True), [(0, False, 0.5), (1, False, 1.0), (2, True, 1.0)]),
        ((12.0, 14.0, False), [(1, False, 0.2)]),
        ((15.0, 12.0, True), []),  # ended before it was watched
        ((15.0, 90.0, False), [(1, False, 0.5), (2, False, 1.0)]),
    ],
)
def test_rows_by_hand(case: tuple[float, float, bool], rows: list[tuple[int, bool, float]]) -> None:
    """A case counts in each period for the part it was watched in, and once where it ends."""
    who, period, ended, weight = person_periods(spells(case), GRID)
    assert list(zip(period.tolist(), ended.tolist(), weight.tolist(), strict=True)) == rows
    assert not who.any()


def test_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many cases every third is taken, whole, and those that say nothing are left out."""
    monkeypatch.setattr(hazard, "MOST_ROWS", 12)
    many = spells(*[(FROM_THE_BEGINNING, 35.0, True)] * 12)
    who, period, _, _ = person_periods(many, GRID)
    assert who.tolist() == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9]
    assert period.tolist() == [0, 1, 2] * 4
    silent = Spells(many.start, many.last, many.ended, np.zeros(12))
    assert not person_periods(silent, GRID)[0].size


def test_curves_by_hand() -> None:
    """Expectation, probability and quantile of a case of which half end at once, a fifth late."""
    curves = Curves(GRID, np.array([4.0, 15.0, 30.0]), np.array([[1.0, 0.5, 0.2, 0.0]]))
    assert curves.expected() == pytest.approx([0.5 * 4 + 0.3 * 15 + 0.2 * 30])
    for amount, ended in [(0.0, 0.0), (5.0, 0.25), (10.0, 0.5), (30.0, 0.9), (99.0, 1.0)]:
        assert curves.rank(np.array([amount])) == pytest.approx([ended])
    for q, amount in [(0.25, 5.0), (0.5, 10.0), (0.65, 15.0), (0.9, 30.0)]:
        assert curves.quantile(q) == pytest.approx([amount])


def test_many_that_end_at_one_amount() -> None:
    """Of a case that takes no day at all with 0.7, most quantiles are 0, and 0 is usual."""
    grid = np.array([0.0, 1e-9, 1.0])
    curves = Curves(grid, np.array([0.0, 0.5]), np.array([[1.0, 0.3, 0.0]]))
    assert curves.quantile(0.1) == curves.quantile(0.6) == 0.0
    assert curves.quantile(0.85) == pytest.approx([0.5])
    assert curves.rank(np.array([0.0])) == 0.5
    assert curves.rank(np.array([0.5])) == pytest.approx([0.85])
    assert curves.rank(np.array([9.0])) == pytest.approx([1.0])


def test_an_amount_at_which_many_end_is_a_period() -> None:
    """Where three in five take no day, the probability of none is learnt, of either kind."""
    random = np.random.default_rng(7)
    kind = random.choice(["quick", "slow"], 1000)
    none = random.random(1000) < np.where(kind == "quick", 0.9, 0.3)
    amount = np.where(none, 0.0, random.uniform(5, 50, 1000))
    x = pl.DataFrame({"kind": kind, "noise": np.zeros(1000)})
    start, ones = np.full(1000, FROM_THE_BEGINNING), np.ones(1000)
    curves = fit_hazard(NAMES, x, Spells(start, amount, ones > 0, ones)).curves(x)
    for name, share in (("quick", 0.9), ("slow", 0.3)):
        reach = curves.reach[(x["kind"] == name).to_numpy(), 1]
        assert 1 - reach == pytest.approx(np.full(len(reach), share), abs=0.07)


@given(
    arrays(float, (6, 4), elements=st.floats(0, 1)),
    st.floats(0.01, 0.99),
)
def test_a_quantile_is_where_the_curve_says(hazards: np.ndarray, q: float) -> None:
    """Whatever the hazards, by its quantile a case has ended with that probability."""
    hazards[:, -1] = 1.0
    reach = np.column_stack([np.ones(6), np.cumprod(1 - hazards, axis=1)])
    curves = Curves(np.array([0.0, 1.0, 2.0, 5.0, 9.0]), np.ones(4), reach)
    amount = curves.quantile(q)
    assert ((amount >= 0) & (amount <= 9)).all()
    assert curves.rank(amount) == pytest.approx(np.full(6, q), abs=1e-9)


@cache
def world() -> tuple[pl.DataFrame, Spells, np.ndarray]:
    """Facts, what was seen, and the true durations of 2,000 cases: exponential, 20 or 60 days.

    They came in over 100 days, so that two in five of the slow ones are still open.
    """
    random = np.random.default_rng(5)
    kind = random.choice(["quick", "slow"], 2000)
    truth = random.exponential(np.where(kind == "slow", 60.0, 20.0))
    age = random.uniform(0, 100, 2000)
    x = pl.DataFrame({"kind": kind, "noise": random.normal(size=2000)})
    start = np.full(2000, FROM_THE_BEGINNING)
    return x, Spells(start, np.minimum(truth, age), truth <= age, np.ones(2000)), truth


@cache
def model() -> HazardModel:
    """Fitted on the world."""
    x, seen, _ = world()
    return fit_hazard(NAMES, x, seen)


def test_cases_still_open_are_not_lost() -> None:
    """Of each kind the share that ends by 10 to 80 days is the true one, give or take 0.06.

    Among the closed cases alone, 0.93 of the slow ones end by 80 days; in truth 0.74.
    """
    x, _, truth = world()
    curves = model().curves(x)
    for kind in ("quick", "slow"):
        of_kind = (x["kind"] == kind).to_numpy()
        for days in (10.0, 20.0, 40.0, 80.0):
            found = curves.rank(np.full(x.height, days))[of_kind].mean()
            assert found == pytest.approx((truth[of_kind] <= days).mean(), abs=0.06)


def test_round_trip_to_the_bit() -> None:
    """Through JSON and text and back, every curve is the same to the bit."""
    x, _, _ = world()
    again = HazardModel.from_json(json.loads(json.dumps(model().as_json())), model().text())
    assert np.array_equal(again.curves(x).reach, model().curves(x).reach)
    assert np.array_equal(again.curves(x).expected(), model().curves(x).expected())
    assert model().curves(x.clear()).expected().shape == (0,)


@pytest.mark.parametrize(
    "changes",
    [
        {"grid": [0.0]},
        {"grid": "high"},
        {"grid": [0.0, 5.0]},
        {"usual": []},
        {"usual": [float("nan")]},
        {"centre": [1.0]},
        {"size": {}},
        {"trees": {}},
    ],
)
def test_what_is_no_hazard_is_refused(changes: dict[str, Any]) -> None:
    """Parts that do not fit each other are an error that loading turns into a refusal."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        HazardModel.from_json(model().as_json() | changes, model().text())


def test_periods_in_the_wrong_order_are_refused() -> None:
    """Nor a grid that turns back, or numbers that are none, or trees on other facts."""
    saved = model().as_json()
    count = len(saved["grid"])
    wrong = [
        {"grid": saved["grid"][::-1]},
        {"grid": [0.0] * count},
        {"usual": [float("inf")] * (count - 1)},
        {"trees": saved["size"]},
    ]
    for changes in wrong:
        with pytest.raises((ValueError, KeyError, TypeError)):
            HazardModel.from_json(saved | changes, model().text())


def test_efforts_that_are_all_the_same() -> None:
    """Where every case took 3 days, so will the next."""
    x = pl.DataFrame({"kind": ["a"] * 200, "noise": [0.0] * 200})
    same = spells(*[(FROM_THE_BEGINNING, 3.0, True)] * 200)
    curves = fit_hazard(NAMES, x, same).curves(x)
    assert curves.expected() == pytest.approx(np.full(200, 3.0), rel=0.02)
    assert curves.quantile(0.5) == pytest.approx(np.full(200, 3.0), rel=0.02)
