"""Which kind of model is chosen, and what is said of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cases.numeric import Floats
from models.estimators.choice import Choice, choose
from models.estimators.kinds import BLEND, LOGISTIC, TREES, mean_of


def scores(logistic: Floats, trees: Floats) -> dict[str, Floats]:
    """Of every kind."""
    return {LOGISTIC: logistic, TREES: trees, BLEND: mean_of(logistic, trees)}


def test_one_kind_alone_where_it_is_clearly_better() -> None:
    """Where one kind knows the outcomes and the other nothing, the first is used alone."""
    y = np.arange(40.0) % 2
    knows, knows_nothing = 4 * y - 2, np.zeros(40)
    assert choose(scores(knows, knows_nothing), y).kind == LOGISTIC
    assert choose(scores(knows_nothing, knows), y).kind == TREES


def test_both_together_otherwise() -> None:
    """Both together where they are equal, and where one is better by chance alone."""
    y = np.arange(40.0) % 2
    assert choose(scores(y - 0.5, y - 0.5), y).kind == BLEND
    # Right by 1 in 20 cases and wrong by as much in 19: better by 1/40 of the gain in each.
    sure = np.where(np.arange(40) < 21, 1.0, -1.0) * (2 * y - 1)
    assert choose(scores(sure / 10, 0 * sure), y).kind == BLEND


def test_losses_by_hand() -> None:
    """The log loss of a coin is log 2, whatever comes out; it is kept for every kind."""
    choice = choose(
        scores(np.zeros(4), np.log(3) * np.array([1, 1, -1, -1.0])), np.array([1, 1, 0, 0.0])
    )
    assert choice.losses[LOGISTIC] == pytest.approx(np.log(2))
    assert choice.losses[TREES] == pytest.approx(np.log(4 / 3))
    assert choice.cases == 4


@pytest.mark.parametrize(
    ("kind", "english", "chinese"),
    [
        (BLEND, "neither was clearly better alone", "单独使用任何一种都没有明显更好"),
        (
            TREES,
            "is boosted trees, clearly better on 1,234 later cases",
            "提升树：在后续的1,234件案件上",
        ),
        (LOGISTIC, "is logistic regression, clearly better", "逻辑回归"),
    ],
)
def test_the_reason_in_a_sentence(kind: str, english: str, chinese: str) -> None:
    """A sentence says which kind it is, on how many cases, and how good each kind was."""
    says = Choice(kind, {LOGISTIC: 0.31, TREES: 0.3052, BLEND: 0.3}, 1234).says
    assert english in says.say("en")
    assert "0.3052" in says.say("en")
    assert chinese in says.say("zh")


def test_kept_to_the_bit() -> None:
    """Through JSON and back it is the same; a kind that is not known is refused."""
    choice = choose(scores(np.array([0.1, 0.7]), np.array([0.3, 0.2])), np.array([0.0, 1.0]))
    saved = json.loads(json.dumps(choice.as_json()))
    assert Choice.from_json(saved) == choice
    with pytest.raises(ValueError, match="not known"):
        Choice.from_json(saved | {"kind": "oracle"})
