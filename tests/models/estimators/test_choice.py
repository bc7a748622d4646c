"""Which kind of model is chosen, and what is said of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import expit

from models.estimators.choice import Choice, choose
from models.estimators.kinds import BLEND, LOGISTIC, TREES


def test_one_kind_alone_where_it_is_better() -> None:
    """Where one kind knows the outcomes and the other nothing, the first is used alone."""
    y = np.arange(400.0) % 2
    knows, noise = 2 * y - 1, np.arange(400) % 3 - 1.0
    regression, trees = choose(knows, noise, y), choose(noise, knows, y)
    assert (regression.kind, regression.of_trees) == (LOGISTIC, 0.0)
    assert (trees.kind, trees.of_linear) == (TREES, 0.0)
    assert trees.combined(noise, knows).tolist() == knows.tolist()


def test_both_together_where_neither_is_better() -> None:
    """Two kinds that say the same count by half; so do two that each know a half."""
    y = np.arange(400.0) % 2
    half = np.where(np.arange(400) < 200, 2 * y - 1, 0.0)
    for one, other in ((half, half), (half, (2 * y - 1) - half)):
        choice = choose(one, other, y)
        assert (choice.kind, choice.share) == (BLEND, 0.5)


def test_the_slope_decides_nothing() -> None:
    """A kind that is too sure, or not sure enough, is not worse for it, and weighs accordingly."""
    random = np.random.default_rng(3)
    truth = random.normal(size=20_000)
    y = (random.random(20_000) < expit(truth)).astype(float)
    choice = choose(truth / 4, truth * 2, y)
    assert choice.share == 0.5
    assert choice.of_linear / choice.of_trees == pytest.approx(8, rel=0.05)


def test_what_reviewers_add_is_known() -> None:
    """With the reviewers' severity as offset a case's own log-odds count fully."""
    random = np.random.default_rng(4)
    truth, severity = random.normal(size=(2, 20_000)) * [[1.0], [2.0]]
    y = (random.random(20_000) < expit(truth + severity)).astype(float)
    assert choose(truth, 0 * truth, y, severity).of_linear == pytest.approx(1, abs=0.1)
    assert choose(truth, 0 * truth, y).of_linear < 0.8


def test_losses_by_hand() -> None:
    """A kind that knows nothing has the log loss of the rate, log 2 of a half."""
    y = np.array([1.0, 1, 0, 0])
    choice = choose(np.zeros(4), np.array([1.0, 1, -1, -1]), y)
    assert choice.losses[LOGISTIC] == pytest.approx(np.log(2))
    assert choice.losses[TREES] < np.log(2)
    assert choice.cases == 4


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        (BLEND, "the regression counting 50%: on 1,234 later cases", "回归占50%"),
        (
            TREES,
            "is boosted trees, which was best on 1,234 later cases",
            "提升树：在后续的1,234件案件上",
        ),
        (LOGISTIC, "is logistic regression, which was best", "逻辑回归"),
    ],
)
def test_the_reason_in_a_sentence(kind: str, english: str, chinese: str) -> None:
    """A sentence says which kind it is, on how many cases, and how good each kind was."""
    share = {BLEND: 0.5, TREES: 0.0, LOGISTIC: 1.0}[kind]
    losses = {LOGISTIC: 0.31, TREES: 0.3052, BLEND: 0.3}
    says = Choice(share, 0.5, 0.5, 0.1, losses, 1234).says
    assert english in says.say("en")
    assert "0.3052" in says.say("en")
    assert chinese in says.say("zh")


def test_kept_to_the_bit() -> None:
    """Through JSON and back it is the same; what is no choice is refused."""
    choice = choose(np.array([0.1, 0.7, 0.2]), np.array([0.3, 0.2, 0.9]), np.array([0.0, 1.0, 1.0]))
    saved = json.loads(json.dumps(choice.as_json()))
    assert Choice.from_json(saved) == choice
    for wrong in ({"share": 0.3}, {"level": float("inf")}):
        with pytest.raises(ValueError, match="what kind"):
            Choice.from_json(saved | wrong)
