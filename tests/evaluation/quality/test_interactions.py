"""The excess of a group over main effects."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from cases.numeric import Ints
from evaluation.quality.interactions import DRAWS, MainEffects

ONE_REVIEWER = np.zeros(400, dtype=np.int64)


def crossed(*defects: int) -> tuple[list[Ints], MainEffects, csr_array]:
    """Two facts of two levels, 100 cases in each cell with so many defects; the last is a group."""
    first, second = np.repeat([0, 0, 1, 1], 100), np.repeat([0, 1, 0, 1], 100)
    y = np.concatenate([np.arange(100) < count for count in defects]).astype(np.float64)
    facts = [first, second]
    main = MainEffects.of(y, np.ones(400), facts, ONE_REVIEWER)
    return facts, main, csr_array(((first == 1) & (second == 1))[None, :].astype(np.float64))


def test_excess_by_hand() -> None:
    """In a table of 2 by 2 the score is the contrast of the four cells over its spread.

    Both scales have the same contrast of residuals at equal cell sizes and rates near another.
    """
    _facts, main, group = crossed(20, 20, 20, 45)
    score, p = main.excess(group)
    y, of_case = main.y.reshape(4, 100), main.p.reshape(4, 100)
    contrast = np.array([1, -1, -1, 1]) @ (y - of_case).sum(axis=1)
    spread = (of_case * (1 - of_case)).sum() ** 0.5
    assert score[0] == pytest.approx(contrast / spread, rel=0.05)
    assert p[0] <= 0.02


@pytest.mark.parametrize(
    "defects",
    [
        pytest.param((10, 30, 30, 50), id="shares add up"),
        pytest.param((10, 25, 25, 50), id="odds multiply: 1/9, 1/3, 1/3, 1"),
        pytest.param((10, 50, 10, 50), id="one fact acts"),
    ],
)
def test_main_effects_on_either_scale_are_no_excess(defects: tuple[int, ...]) -> None:
    """What adds up in shares, or multiplies in odds, is foreseen."""
    _facts, main, group = crossed(*defects)
    _score, p = main.excess(group)
    assert p[0] > 0.2


def test_a_group_that_is_a_level_has_no_excess() -> None:
    """What the main effects already fix is never an excess."""
    facts, main, _group = crossed(5, 5, 60, 60)
    _score, p = main.excess(csr_array((facts[0] == 1)[None, :].astype(np.float64)))
    assert p[0] == 1.0


def test_the_smallest_p_is_that_of_the_draws() -> None:
    """No p-value claims more than the draws can show."""
    _facts, main, group = crossed(20, 20, 20, 95)
    assert main.excess(group)[1][0] == pytest.approx(1 / (1 + DRAWS))


def test_weights_of_one_size_change_nothing() -> None:
    """Weights count by their ratios."""
    facts, main, group = crossed(20, 20, 20, 40)
    tripled = MainEffects.of(main.y, np.full(400, 3.0), facts, ONE_REVIEWER)
    for own, other in zip(main.excess(group), tripled.excess(group), strict=True):
        assert own == pytest.approx(other)
