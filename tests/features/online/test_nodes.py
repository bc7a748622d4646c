"""A graph of operations: written once, run for each request."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from features.online.arrays.nodes import constant, given, node, program


def test_the_same_function_of_the_same_nodes_is_the_same_node() -> None:
    """So what many features share is computed once."""
    number = given(lambda sources: sources["number"])
    assert node(operator.add, number, 1) is node(operator.add, number, 1)
    assert node(operator.add, number, 1) is not node(operator.add, 1, number)


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (1, True), ("1", 1), (np.array([1]), np.array([1.0]))]
)
def test_constants_of_other_types_are_other_nodes(one: object, other: object) -> None:
    """Though they are equal: what is computed from them has another type."""
    assert constant(one) is constant(one)
    assert constant(one) is not constant(other)


def test_long_arrays_are_told_apart() -> None:
    """Also where their texts are the same, because NumPy leaves out the middle."""
    one, other = np.zeros(5000), np.zeros(5000)
    other[2500] = 1
    assert constant(one) is not constant(other)


def test_what_follows_from_constants_is_computed_at_once() -> None:
    """And is a constant."""
    found = node(operator.mul, node(operator.add, 1, 2), 4)
    assert found.constant
    assert found.value == 12


def test_a_run_computes_what_is_wanted_and_each_once() -> None:
    """Not what nobody asks for, nor what an earlier program of the run has computed."""
    calls = []

    def noted(value: int) -> int:
        calls.append(value)
        return value + 1

    number = given(lambda sources: sources["number"])
    first = node(noted, number)
    second, _unasked = node(noted, first), node(noted, node(operator.neg, number))
    values = {}
    assert program(second, first).run(values, {"number": 5}) == [7, 6]
    assert program(node(operator.add, first, second)).run(values, {"number": 5}) == [13]
    assert calls == [5, 6]
