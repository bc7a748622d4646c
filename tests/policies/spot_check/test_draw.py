"""Tests of the draw: exact probabilities, fixed size, whole quotas, and luck anyone can repeat."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from policies.seeds import tickets
from policies.spot_check.draw import draw

Drawn = NDArray[np.bool_]


def many(pi: list[float], cell: list[int], unit_of_cell: list[int], draws: int) -> Drawn:
    """`draws` draws with fresh luck, shape (draws, cases)."""
    rng = np.random.default_rng(11)
    return np.array(
        [
            draw(np.array(pi), np.array(cell), np.array(unit_of_cell), rng.random((len(pi), 4)))
            for _ in range(draws)
        ]
    )


def test_a_ticket_is_the_hash_of_seed_and_case() -> None:
    """The first number is the first 53 bits of SHA-256, as a fraction."""
    first = int(hashlib.sha256(b"dice:c1").hexdigest()[:16], 16) >> 11
    assert tickets("dice", ["c1"])[0, 0] == first / 2**53
    assert tickets("dice", []).shape == (0, 4)


def test_probabilities_are_exact() -> None:
    """In 4,000 draws no case's frequency is off by more than 4 standard deviations."""
    pi = [0.05, 0.3, 0.65, 0.5, 0.5, 1.0, 0.8, 0.2]
    found = many(pi, [0, 0, 0, 1, 1, 2, 2, 2], [0, 0, 1], 4000)
    chance = np.array(pi)
    spread = np.sqrt(chance * (1 - chance) / 4000)
    assert (np.abs(found.mean(0) - chance) <= 4 * spread).all()
    assert (found.sum(1) == 4).all()


def test_whole_sums_are_kept_in_every_cell_and_unit() -> None:
    """A cell that expects one case gets one; a unit that expects two gets two."""
    pi = [0.25, 0.75, 0.5, 0.3, 0.2, 0.6, 0.4]
    found = many(pi, [0, 0, 1, 2, 2, 3, 3], [0, 0, 0, 1], 500)
    assert (found[:, :2].sum(1) == 1).all()
    assert (found[:, 2:5].sum(1) == 1).all()
    assert (found[:, 5:].sum(1) == 1).all()


@given(
    weights=st.lists(st.floats(0.01, 1), min_size=2, max_size=40),
    cells=st.lists(st.integers(0, 5), min_size=40, max_size=40),
    size=st.integers(1, 40),
    seed=st.integers(0, 9),
)
def test_every_group_gets_what_it_expects_up_to_rounding(
    weights: list[float], cells: list[int], size: int, seed: int
) -> None:
    """Cells, units and the whole are drawn as expected, rounded up or down."""
    share = np.array(weights)
    pi = np.minimum(share / share.sum() * min(size, len(weights)), 1.0)
    pi *= max(1, np.floor(pi.sum())) / pi.sum() if pi.sum() > 1 else 1 / pi.sum()
    pi = np.minimum(pi, 1.0)
    cell = np.unique(cells[: len(weights)], return_inverse=True)[1]
    unit_of_cell = np.arange(cell.max() + 1) % 2
    luck = tickets(str(seed), [str(i) for i in range(len(pi))])
    found = draw(pi, cell, unit_of_cell, luck)
    for group in (cell, unit_of_cell[cell], np.zeros_like(cell)):
        off = np.bincount(group, found) - np.bincount(group, pi)
        assert (np.abs(off) < 1 + 1e-6).all()


def test_the_last_cases_of_a_period_have_the_same_chance() -> None:
    """A cap that is filled case by case starves the end of a month; this draw does not."""
    found = many([0.1] * 60, [0] * 60, [0], 3000).mean(0)
    early, late = found[:30].mean(), found[30:].mean()
    assert early == pytest.approx(late, abs=4 * np.sqrt(0.1 * 0.9 / (3000 * 30)) * np.sqrt(2))
    assert found[-1] == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / 3000))


def test_no_case_is_drawn_twice_or_skipped_in_silence() -> None:
    """As many different cases as stated are drawn, always, and a certain case is among them."""
    found = many([0.5, 0.5, 1.0, 0.7, 0.3], [0, 0, 1, 1, 1], [0, 0], 200)
    assert (found.sum(1) == 3).all()
    assert found[:, 2].all()


def test_nobody_eligible_ends_at_once() -> None:
    """With no case to draw, or none with a chance, the draw is empty and ends."""
    nobody = np.zeros(0)
    none = np.zeros(0, np.int64)
    assert draw(nobody, none, none, np.zeros((0, 4))).size == 0
    assert not draw(
        np.zeros(3), np.zeros(3, np.int64), np.zeros(1, np.int64), np.ones((3, 4))
    ).any()
