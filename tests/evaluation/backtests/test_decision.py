"""Net benefit against the formula written out, and the sentence about it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.backtests.decision import THRESHOLDS, NetBenefit, decision_curve, say_decision
from evaluation.statistics.metrics import Figure


@given(
    cases=st.lists(
        st.tuples(st.integers(0, 1), st.floats(0, 1), st.sampled_from([1.0, 2.0])),
        min_size=1,
        max_size=12,
    )
)
def test_agrees_with_the_formula(cases: list[tuple[int, float, float]]) -> None:
    """Net benefit is found - needless * odds, per case, weights as cases seen more than once."""
    y, p, w = (list(column) for column in zip(*cases, strict=True))
    for one in decision_curve(y, p, w):
        odds = one.threshold / (1 - one.threshold)
        found = sum(b for a, q, b in cases if a == 1 and q >= one.threshold)
        needless = sum(b for a, q, b in cases if a == 0 and q >= one.threshold)
        assert one.model.value == pytest.approx((found - needless * odds) / sum(w))
        rate = sum(a * b for a, _, b in cases) / sum(w)
        assert one.everyone == pytest.approx(rate - (1 - rate) * odds)
        assert one.gain.value == pytest.approx((one.model.value or 0) - max(0, one.everyone))


def test_perfect_and_useless_models() -> None:
    """A perfect model gains at every threshold; a constant one nowhere."""
    y = np.repeat([1, 0], [40, 160])
    perfect = decision_curve(y, y.astype(float))
    assert [one.threshold for one in perfect] == list(THRESHOLDS)
    assert all((one.gain.low or 0) > 0 for one in perfect)
    assert "1%–50%" in say_decision(perfect).say("en")
    useless = say_decision(decision_curve(y, np.full(200, 0.2)))
    assert useless.say("en").startswith("At no threshold")
    assert "不能确定" in useless.say("zh")


def test_says_where_it_does_harm() -> None:
    """Thresholds at which acting on the model is worse than all or none are named."""
    y, p = np.repeat([1, 0], [40, 160]), np.repeat([0.05, 0.9], [40, 160])
    said = say_decision(decision_curve(y, p))
    assert "It does worse than checking all or none at" in said.say("en")
    assert "不如" in said.say("zh")


def test_holes_are_not_covered_up() -> None:
    """Thresholds between two runs are not said to be better."""
    no, yes = Figure(0.0, -0.1, 0.1, 9), Figure(0.2, 0.1, 0.3, 9)
    gains = [yes, no, yes, yes, *[no] * 8]
    curve = [
        NetBenefit(threshold, no, 0.0, gain)
        for threshold, gain in zip(THRESHOLDS, gains, strict=True)
    ]
    assert "thresholds of 1%, 3%–5%" in say_decision(curve).say("en")


def test_no_cases() -> None:
    """Without cases there is no curve, and the sentence says so."""
    assert decision_curve([], []) == ()
    assert say_decision(()).say("en").startswith("Too few")
