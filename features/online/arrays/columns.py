"""Columns of few rows as nodes: their values, and which of them are null."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from features.online.arrays import operations
from features.online.arrays.nodes import Node, constant, node
from features.online.arrays.operations import Array, Levels

KINDS: dict[type, Any] = {str: object, datetime: "datetime64[us]", timedelta: "timedelta64[us]"}
ALL_NULL = constant(np.array(True))
LEVELS: dict[Any, Callable[..., Levels]] = {
    operations.at: operations.levels_at,
    operations.looked_up: operations.levels_looked_up,
}


@dataclass(frozen=True, slots=True)
class Traced:
    """The nodes of a column: its values and its nulls, None where nothing can be null.

    A constant has a shape of () and stands for any number of rows.
    """

    values: Node
    null: Node | None = None

    @classmethod
    def literal(cls, value: Any) -> Traced:
        """One value for every row, None for null."""
        if value is None:
            return cls(constant(np.nan), ALL_NULL)
        return cls(node(_array, value))

    def at(self, places: Node) -> Traced:
        """The rows at these places."""
        null = None if self.null is None else node(operations.null_at, self.null, places)
        return Traced(node(operations.at, self.values, places), null)

    def looked_up(self, there: Node) -> Traced:
        """The values at these rows, null at -1."""
        return Traced(
            node(operations.looked_up, self.values, there),
            node(operations.null_looked_up, self.null, there),
        )

    def spread(self, height: Node) -> Traced:
        """With a value for each of the rows."""
        values, null = (
            node(operations.spread, part, height) if part is not None and part.constant else part
            for part in (self.values, self.null)
        )
        return Traced(values or self.values, null)

    @property
    def levels(self) -> Node:
        """Its `operations.levels`, of the columns of the tables that it is taken from."""
        return _levels(self.values)

    @property
    def holds(self) -> Node:
        """Of flags, which are set; those that are null are not."""
        return _flags(self.values, self.null)


def _array(value: Any) -> Array:
    return np.array(value, dtype=KINDS.get(type(value)))


def _levels(values: Node) -> Node:
    taken = LEVELS.get(values.function)
    if taken is None:
        return node(operations.levels, values)
    of, places = values.inputs
    return node(taken, _levels(of), places)


def _flags(values: Node, null: Node | None) -> Node:
    return values if null is None else node(operations.holding, values, null)


def unknown(*columns: Traced) -> Node | None:
    """Where any of the columns is null."""
    nulls = dict.fromkeys(column.null for column in columns if column.null is not None)
    if ALL_NULL in nulls:
        return ALL_NULL
    either = functools.partial(node, operations.either_null)
    return functools.reduce(either, nulls) if nulls else None


def applied(operation: Callable[..., Array], *columns: Traced) -> Traced:
    """The operation row by row, null where any of the columns is."""
    return Traced(node(operation, *(column.values for column in columns)), unknown(*columns))


def both(one: Traced, other: Traced) -> Traced:
    """And; false where either is known to be false."""
    values = node(operator.and_, one.values, other.values)
    if one.null is None and other.null is None:
        return Traced(values)
    parts = (one.values, one.null, other.values, other.null)
    return Traced(values, node(operations.null_of_and, *parts))


def either(one: Traced, other: Traced) -> Traced:
    """Or; true where either is known to be true."""
    values = node(operator.or_, one.holds, other.holds)
    if one.null is None and other.null is None:
        return Traced(values)
    return Traced(values, node(operations.null_of_or, one.holds, other.holds, one.null, other.null))


def chosen(flags: Traced, then: Traced, otherwise: Traced | None = None) -> Traced:
    """The values of one column where the flag is set, of the other or null where it is not."""
    holds = flags.holds
    if otherwise is None:
        return Traced(then.values, node(operations.null_without, holds, then.null))
    values = node(np.where, holds, then.values, otherwise.values)
    if then.null is None and otherwise.null is None:
        return Traced(values)
    return Traced(values, node(operations.chosen_null, holds, then.null, otherwise.null))


def first_known(one: Traced, other: Traced) -> Traced:
    """The values of one column, of the other where it is null."""
    if one.null is None:
        return one
    null = None if other.null is None else node(operations.both_null, one.null, other.null)
    return Traced(node(operations.first_known, one.values, one.null, other.values), null)


def extreme(operation: Callable[..., Array], one: Traced, other: Traced) -> Traced:
    """The larger or the smaller of two values; one that is null does not count."""
    values = node(operation, first_known(one, other).values, first_known(other, one).values)
    if one.null is None or other.null is None:
        return Traced(values)
    return Traced(values, node(operations.both_null, one.null, other.null))
