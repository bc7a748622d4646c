"""Tests of the linear program: an optimum, however it is searched, and the most even one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.assignment import balance
from policies.assignment.balance import Demand, Supply, balanced

NO_LIMIT = np.inf


def demand(cases: list[int], effort: list[float], eligible: list[list[int]]) -> Demand:
    """Groups that ask for no skills."""
    mask = np.array(eligible, bool)
    none = np.zeros(mask.shape, np.int64)
    return Demand(np.array(cases, float), np.array(effort, float), mask, none)


def supply(load: list[float], slots: float = NO_LIMIT) -> Supply:
    """Handlers of capacity one."""
    return Supply(np.array(load, float), np.ones(len(load)), np.full(len(load), slots))


def test_a_step_is_a_usual_case_of_those_a_handler_may_take() -> None:
    """Small cases fill small gaps although large ones come in elsewhere."""
    of_both = demand([3, 3], [3.0, 300.0], [[1, 1, 0, 0], [0, 0, 1, 1]])
    chances = balanced(of_both, supply([0.0, 1.0, 0.0, 0.0]), 0.0)
    assert chances[0].tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0, 0])
    assert chances[1].tolist() == pytest.approx([0, 0, 1 / 2, 1 / 2, 0])


def test_groups_share_handlers_evenly() -> None:
    """Of the many optima with the same loads each group's chances are as even as can be."""
    alike = demand([2, 1], [2.0, 1.0], [[1, 1, 1], [1, 1, 0]])
    chances = balanced(alike, supply([0.0, 0.0, 0.0]), 0.0)
    assert chances[0].tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 2, 0], abs=1e-5)
    assert chances[1].tolist() == pytest.approx([1 / 2, 1 / 2, 0, 0], abs=1e-5)


def test_what_is_left_to_nobody_is_shared_too() -> None:
    """Two slots for four single cases leave each of them an even chance."""
    mask = [[1, 1], [1, 1], [1, 1], [1, 1]]
    chances = balanced(demand([1] * 4, [1.0] * 4, mask), supply([0.0, 0.0], 1.0), 0.1)
    assert chances[:, -1].tolist() == pytest.approx([0.5] * 4, abs=1e-6)


@settings(max_examples=25)
@given(numbers=st.integers(0, 2**32 - 1))
def test_few_pairs_to_begin_with_lead_to_the_same_loads(numbers: int) -> None:
    """Pairs left out at first are added as long as they lower the cost; spreading keeps to it."""
    rng = np.random.default_rng(numbers)
    eligible = rng.random((12, 6)) < 0.6
    eligible[:, 0] = True
    shared = demand([1] * 12, list(rng.uniform(0.5, 2, 12)), eligible.tolist())
    context = supply(list(rng.uniform(0, 3, 6)), 4.0)
    program = balance.LinearProgram(shared, context, np.ones(len(context.load)), 0.0)
    whole = costs(program, program.search()[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balance, "PAIRS", 12)
        patch.setattr(balance, "MORE", 1)
        assert costs(program, program.search()[0]) == pytest.approx(whole, abs=1e-5)
        assert costs(program, program.solve()) == pytest.approx(whole, rel=0.01)


@settings(max_examples=25)
@given(numbers=st.integers(0, 2**32 - 1))
def test_one_group_gets_what_the_program_gives_it(numbers: int) -> None:
    """The cheapest pieces filled in turn are the optimum, with slots, floors and lacked skills."""
    rng = np.random.default_rng(numbers)
    mask = np.ones((1, 6), bool)  # who may take nothing stands in no program
    shared = Demand(np.array([9.0]), rng.uniform(2, 20, 1), mask, rng.integers(0, 3, (1, 6)))
    load, capacity = rng.uniform(0, 9, 6), rng.uniform(0.5, 2, 6)
    context = Supply(load, capacity, rng.choice([0.0, 1.0, 4.0, NO_LIMIT], 6))
    program = balance.LinearProgram(shared, context, rng.integers(1, 4, 6).astype(float), 0.1)
    work = program.search()[0]
    work[:, :-1] += program.least
    assert program.solve() == pytest.approx(work, abs=1e-6)


def test_pieces_are_added_where_they_are_used_up() -> None:
    """One idle handler takes cases until he has as much as the least loaded of the others."""
    loads = [0.0, *np.linspace(90, 99, 10)]
    alike = demand([40, 60], [40.0, 60.0], [[1] * 11, [1] * 11])
    chances = balanced(alike, supply(loads), 0.0)
    # 93 cases bring him to 93, and seven the three with 90, 91 and 92 to 93 or one more.
    assert chances[:, 0].tolist() == pytest.approx([0.93, 0.93], abs=1e-6)


def costs(program: balance.LinearProgram, expected: np.ndarray) -> float:
    """The cost of the pieces that the expected work fills."""
    work = expected[:, :-1].sum(axis=0)
    steps = np.outer(program.usual, program.widths)
    before = np.cumsum(steps, axis=1) - steps
    return float((np.clip(work[:, None] - before, 0, steps) * program.slopes).sum())


def test_order_does_not_matter_where_slots_are_short() -> None:
    """Turned round, handlers keep the chances they had, and nobody has more than the slots."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        mask = rng.random((4, 5)) < 0.7
        mask[:, 0] = True
        load, slots = rng.uniform(0, 5, 5), rng.integers(0, 3, 5).astype(float)
        cases = rng.integers(1, 4, 4).astype(float)
        effort = cases * rng.uniform(0.5, 3, 4)
        both = []
        for order in (np.arange(5), np.arange(5)[::-1]):
            given = Supply(load[order], np.ones(5), slots[order])
            asked = Demand(cases, effort, mask[:, order], np.zeros((4, 5), np.int64))
            both.append(balanced(asked, given, 0.1)[:, [*np.argsort(order), 5]])
        assert both[0] == pytest.approx(both[1], abs=1e-6)
        assert (cases @ both[0][:, :5] <= slots + 1e-9).all()
