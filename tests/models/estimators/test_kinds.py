"""Every kind of scorer keeps the same contract: exact sums, and the same after being saved."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from models.estimators.boosting import fit_trees
from models.estimators.kinds import BLEND, KINDS, LOGISTIC, TREES, Blend, scorer_from_json
from models.estimators.linear import fit_linear
from models.estimators.scorer import Scorer
from models.matrix import Columns
from tests.models.estimators.test_estimators import NAMES, sample

CASES = sample(400)
COLUMNS = Columns.learn(CASES.x, NAMES)
RISING = {"suspects": 1}
FITTED: dict[str, Callable[[], Scorer]] = {
    LOGISTIC: lambda: fit_linear(COLUMNS, CASES, monotone=RISING),
    TREES: lambda: fit_trees(COLUMNS, CASES, 20, RISING),
    BLEND: lambda: Blend(
        fit_linear(COLUMNS, CASES, monotone=RISING),
        fit_trees(COLUMNS, CASES, 20, RISING),
        0.5,
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_contributions_sum_to_raw(kind: str) -> None:
    """What the columns add and the base are the log-odds of every case; the base is one for all."""
    scorer = FITTED[kind]()
    parts = scorer.contributions(CASES.x)
    assert parts.shape == (400, len(NAMES) + 1)
    assert np.allclose(parts.sum(axis=1), scorer.raw(CASES.x), atol=1e-9)
    assert (parts[:, -1] == parts[0, -1]).all()


@every_kind
def test_saved_and_loaded_to_the_bit(kind: str) -> None:
    """Through JSON and text it scores and explains the same to the bit."""
    scorer = FITTED[kind]()
    again = scorer_from_json(kind, json.loads(json.dumps(scorer.as_json())), scorer.text())
    assert again.columns == scorer.columns
    assert (again.raw(CASES.x) == scorer.raw(CASES.x)).all()
    assert (again.contributions(CASES.x) == scorer.contributions(CASES.x)).all()


@every_kind
def test_directions_hold(kind: str) -> None:
    """Where the data say that more suspects mean less risk, a direction leaves no such effect."""
    against = sample(400)
    falling = type(against)(against.x, 1 - against.y, against.weight, against.surveyed)
    fitted: Scorer = fit_linear(COLUMNS, falling, monotone=RISING)
    if kind != LOGISTIC:
        trees = fit_trees(COLUMNS, falling, 20, RISING)
        fitted = (
            trees
            if kind == TREES
            else Blend(fit_linear(COLUMNS, falling, monotone=RISING), trees, 1.0)
        )
    few, many = (
        CASES.x[:50].with_columns(suspects=CASES.x["suspects"][:50] * 0 + n) for n in (1, 6)
    )
    assert (fitted.raw(many) >= fitted.raw(few)).all()


def test_a_blend_is_a_weighted_sum() -> None:
    """Its log-odds are the sum of those of its parts, the trees by their weight."""
    blend = FITTED[BLEND]()
    assert isinstance(blend, Blend)
    by_hand = blend.linear.raw(CASES.x) + 0.5 * blend.trees.raw(CASES.x)
    assert (blend.raw(CASES.x) == by_hand).all()


def test_what_is_no_scorer_is_refused() -> None:
    """A kind that is not known, a regression with trees, and parts that differ are refused."""
    linear, blend = FITTED[LOGISTIC](), FITTED[BLEND]()
    with pytest.raises(ValueError, match="not known"):
        scorer_from_json("oracle", linear.as_json(), "")
    with pytest.raises(ValueError, match="without a text"):
        scorer_from_json(LOGISTIC, linear.as_json(), blend.text())
    other = fit_linear(Columns.learn(CASES.x, NAMES[:1]), CASES)
    with pytest.raises(ValueError, match="different columns"):
        scorer_from_json(BLEND, blend.as_json() | {"linear": other.as_json()}, blend.text())
    for weight in (-0.1, float("nan"), float("inf"), "much"):
        with pytest.raises(ValueError, match=r"no weight|convert"):
            scorer_from_json(BLEND, blend.as_json() | {"of_trees": weight}, blend.text())
