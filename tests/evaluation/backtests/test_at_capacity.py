"""What the top of a list holds at worst and at best, against every way the ties may fall."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.backtests.at_capacity import Span, Ties, say_capacity, taken, ties
from evaluation.statistics.metrics import measure
from evaluation.statistics.saying import DEFECTS


@pytest.mark.parametrize(
    ("y", "p", "share", "expected"),
    [
        # y, p, share, at worst and at best: precision, recall, lift
        ([1, 0, 0, 0], [0.9, 0.3, 0.2, 0.1], 0.5, Ties(0, Span(0.5, 0.5), Span(1, 1), Span(2, 2))),
        ([1, 0, 0, 0], [0.5] * 4, 0.5, Ties(4, Span(0, 0.5), Span(0, 1), Span(0, 2))),
        ([1, 0, 1, 0], [0.5] * 4, 0.25, Ties(4, Span(0, 1), Span(0, 0.5), Span(0, 2))),
        ([1, 0, 0, 0], [0.9, 0.9, 0.2, 0.1], 0.5, Ties(0, Span(0.5, 0.5), Span(1, 1), Span(2, 2))),
        ([0, 0], [0.5, 0.5], 0.5, Ties(2, Span(0, 0), None, None)),
    ],
)  # fmt: skip
def test_by_hand(y: list[int], p: list[float], share: float, expected: Ties) -> None:
    """A tie counts only where the edge of capacity leaves a choice."""
    found = ties(y, p, None, share)
    assert found is not None
    assert found.tied == expected.tied
    for name in ("precision", "recall", "lift"):
        ours, hand = getattr(found, name), getattr(expected, name)
        assert (ours is None) == (hand is None)
        if hand is not None:
            assert (ours.worst, ours.best) == pytest.approx((hand.worst, hand.best))


@given(
    cases=st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.2, 0.3])), min_size=1, max_size=5
    ),
    data=st.data(),
)
def test_every_order_of_the_ties_lies_between(
    cases: list[tuple[int, float]], data: st.DataObject
) -> None:
    """Trying all orders of equal probabilities finds just the worst and the best."""
    places = data.draw(st.integers(1, len(cases)))
    y, p = (np.array(column) for column in zip(*cases, strict=True))
    found = ties(y, p, None, places / len(cases))
    assert found is not None
    tried = {
        sum(y[list(order)][:places]) / places
        for order in itertools.permutations(range(len(cases)))
        if all(p[a] >= p[b] for a, b in itertools.pairwise(order))
    }
    assert (min(tried), max(tried)) == pytest.approx((found.precision.worst, found.precision.best))
    assert measure(y, p, share=places / len(cases), replicates=2).precision.value == pytest.approx(
        float(np.average(y, weights=taken(p, None, places / len(cases))))
    )


def test_weights_count_as_cases() -> None:
    """A case of weight 2 takes as much room as two."""
    assert taken([0.9, 0.5], [1.0, 3.0], 0.5).tolist() == [1, 1 / 3]
    twice = ties([1, 1, 0, 0, 0], [0.9, 0.9, 0.5, 0.5, 0.5], None, 0.6)
    weighted = ties([1, 0, 0], [0.9, 0.5, 0.5], [2.0, 1.0, 2.0], 0.6)
    assert twice is not None
    assert weighted is not None
    assert weighted.precision.best == pytest.approx(twice.precision.best)


def test_no_cases() -> None:
    """Without cases there is nothing to tie."""
    assert ties([], [], None, 0.5) is None
    assert taken([], None, 0.5).size == 0


def test_sentence() -> None:
    """The sentence names lift and recall, and the ties only where there are any."""
    y, p = [1, 0, 0, 0] * 5, [0.9, 0.2, 0.2, 0.1] * 5
    said = say_capacity(measure(y, p, share=0.25), ties(y, p, None, 0.25), DEFECTS)
    assert said.say("en").startswith("The 25.0% of cases ranked highest hold 100% (56% to 100%)")
    assert "4.0" in said.say("zh")
    assert "tie" not in said.say("en")
    tied = say_capacity(measure(y, p, share=0.5), ties(y, p, None, 0.5), DEFECTS)
    assert "10 cases are tied at the edge" in tied.say("en")
    assert "10件" in tied.say("zh")
    nothing = say_capacity(measure([0], [0.5]), None, DEFECTS)
    assert nothing.say("en").startswith("Too few")
