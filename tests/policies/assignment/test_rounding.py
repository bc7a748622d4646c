"""Tests of random rounding: what was expected on average, and never off by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.numeric import Ints
from policies.assignment.draw import in_units, random_numbers
from policies.assignment.rounding import NEAR, UNIT, rounded


def once(expected: Ints, seed: int) -> Ints:
    """The table rounded with the random numbers of `seed`."""
    return rounded(expected, random_numbers(str(seed), ["c"]))


def table(shares: list[list[float]]) -> Ints:
    """Expected numbers of cases in units."""
    return np.rint(np.array(shares) * UNIT).astype(np.int64)


def test_on_average_every_cell_is_what_was_expected() -> None:
    """In 4,000 draws no cell's mean is off by more than 4 standard deviations."""
    expected = table([[0.5, 0.25, 1.25], [0.7, 0.3, 0.0], [0.1, 1.4, 0.5]])
    mean = np.mean([once(expected, seed) for seed in range(4000)], axis=0)
    part = expected / UNIT % 1
    assert (np.abs(mean - expected / UNIT) <= 4 * np.sqrt(part * (1 - part) / 4000)).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_column_that_expects_a_whole_number_gets_it(seed: int) -> None:
    """So a limit on the expected number is a limit on the number."""
    expected = table([[0.5, 0.5, 1.0], [0.5, 0.2, 0.3], [1.0, 0.3, 0.7]])
    assert once(expected, seed).sum(axis=0).tolist() == [2, 1, 2]


def test_a_solvers_last_digits_do_not_break_a_limit() -> None:
    """A sum that is whole but for rounding counts as whole."""
    expected = table([[0.5, 0.5], [0.5, 0.5]]) + np.array([[3, -3], [NEAR // 2, -NEAR // 2]])
    for seed in range(50):
        assert once(expected, seed).sum(axis=0).tolist() == [1, 1]


@given(
    shape=st.tuples(st.integers(1, 6), st.integers(1, 7)),
    numbers=st.integers(0, 2**32 - 1),
    seed=st.integers(0, 5),
)
def test_cells_rows_and_columns_are_rounded_up_or_down(
    shape: tuple[int, int], numbers: int, seed: int
) -> None:
    """Whatever the table, nothing is off by a whole case, and rows keep their sums."""
    rng = np.random.default_rng(numbers)
    chances = rng.dirichlet(np.full(shape[1], 0.4), shape[0])
    cases = rng.integers(1, 9, shape[0])
    expected = in_units(chances) * cases[:, None]
    found = once(expected, seed)
    assert (found.sum(axis=1) == cases).all()
    assert (np.abs(found * UNIT - expected) < UNIT).all()
    assert (np.abs(found.sum(axis=0) * UNIT - expected.sum(axis=0)) < UNIT + NEAR).all()


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=9))
def test_published_chances_add_up_exactly(weights: list[float]) -> None:
    """In whole units they sum to one, and none is off by a unit."""
    chances = np.array([weights]) / sum(weights)
    units = in_units(chances)
    assert units.sum() == UNIT
    assert (np.abs(units - chances * UNIT) < 1).all()
