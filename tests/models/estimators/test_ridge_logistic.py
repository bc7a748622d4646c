"""Logistic regression with a prior, an offset and signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array
from sklearn.linear_model import LogisticRegression, Ridge

from cases.numeric import Floats
from models.estimators.ridge_logistic import (
    Regression,
    Terms,
    least_squares,
    mode,
    most_likely,
)

EITHER = np.zeros(4)


def regression(seed: int, rows: int = 200, variance: float = 0.3) -> Regression:
    """Two numbers and two rare codes, with weights and without offset."""
    random = np.random.default_rng(seed)
    design = np.hstack([random.normal(size=(rows, 2)), random.random((rows, 2)) < 0.05])
    y = (random.random(rows) < 1 / (1 + np.exp(1 - design @ [1.0, -0.5, 2.0, 0.0]))).astype(float)
    return Regression(design, y, random.uniform(0.1, 1.0, rows), np.zeros(rows), variance)


def test_the_same_as_scikit_learn() -> None:
    """Without offset and signs it is scikit-learn's regression, to a millionth."""
    ours = regression(1)
    theirs = LogisticRegression(C=ours.variance, tol=1e-10, solver="newton-cholesky")
    theirs.fit(ours.design, ours.y, ours.weight)
    coefficients, intercept = most_likely(ours, EITHER)
    assert coefficients == pytest.approx(theirs.coef_[0], abs=1e-6)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-6)


def test_least_squares_are_those_of_scikit_learn() -> None:
    """Of an amount it is scikit-learn's ridge regression, whose intercept has no penalty."""
    cases = regression(1)
    amount = cases.design @ [1.0, -0.5, 2.0, 0.0] + 3.0 + cases.y
    ours, intercept = least_squares(csc_array(cases.design), amount, cases.weight, 7.0)
    theirs = Ridge(alpha=7.0).fit(cases.design, amount, cases.weight)
    assert ours == pytest.approx(theirs.coef_)
    assert intercept == pytest.approx(theirs.intercept_)


@given(st.integers(0, 10_000), st.floats(0.001, 100), st.floats(-5, 5))
@settings(max_examples=30, deadline=None)
def test_nothing_near_is_better(seed: int, variance: float, level: float) -> None:
    """At the result the loss is least, whatever the prior and the offset."""
    cases = regression(seed, 60, variance)
    cases = Regression(cases.design, cases.y, cases.weight, cases.offset + level, variance)
    found = mode(cases)
    ordered = np.append(found[:-1][cases.terms.order], found[-1])
    random = np.random.default_rng(seed)

    def loss(b: Floats) -> float:
        return cases.loss(b, cases.score(b))

    for _ in range(10):
        assert loss(ordered) <= loss(ordered + random.normal(0, 0.01, 5)) + 1e-6


def test_a_constant_offset_is_the_intercept() -> None:
    """An offset that is the same for all moves the intercept alone."""
    cases = regression(2)
    moved = Regression(cases.design, cases.y, cases.weight, cases.offset + 0.7, cases.variance)
    without, with_it = most_likely(cases, EITHER), most_likely(moved, EITHER)
    assert with_it[0] == pytest.approx(without[0], abs=1e-6)
    assert with_it[1] == pytest.approx(without[1] - 0.7, abs=1e-6)


def test_signs_hold() -> None:
    """A coefficient of the wrong sign is zero, and the others are as if its term were not there."""
    cases = regression(3)
    found, _ = most_likely(cases, np.array([-1.0, -1.0, 0.0, 0.0]))
    assert found[0] == 0.0
    assert found[1] < 0
    rest = Regression(cases.design[:, 1:], cases.y, cases.weight, cases.offset, cases.variance)
    assert found[1:] == pytest.approx(most_likely(rest, np.zeros(3))[0])


def test_no_terms_at_all() -> None:
    """Without terms the intercept is the log-odds of the weighted rate."""
    y = np.array([1.0, 0, 0, 0])
    cases = Regression(np.empty((4, 0)), y, np.ones(4), np.zeros(4), 1.0)
    assert most_likely(cases, np.empty(0))[1] == pytest.approx(np.log(1 / 3))


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_all_cases_alike(y: float) -> None:
    """Where all cases have the same outcome the level is far out, and everything is finite."""
    cases = replace(regression(2), y=np.full(200, y))
    coefficients, level = most_likely(cases, EITHER)
    assert np.isfinite(coefficients).all()
    assert level * (2 * y - 1) > 5


def test_two_parts_are_the_whole() -> None:
    """Scores, sums and products are those of the whole matrix with a last column of ones."""
    design = np.array([[0, 1.0, 2.0], [0, 3.0, 1.0], [0, 1.0, 4.0], [5.0, 1.0, 1.0]] * 5)
    design[:19, 0] = 0
    terms, weight = Terms.of(design), np.linspace(0.5, 1.5, 20)
    whole: Floats = np.column_stack([design[:, terms.order], np.ones(20)])
    b = np.array([1.0, 2.0, 3.0, 4.0])
    assert terms.order.tolist() == [0, 1, 2]
    assert np.allclose(terms.scores(b), whole @ b)
    assert np.allclose(terms.sums(weight), whole.T @ weight)
    assert np.allclose(terms.products(weight), (whole.T * weight) @ whole)
