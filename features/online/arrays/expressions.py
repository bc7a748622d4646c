"""What Narwhals asks of an expression, as nodes.

Only what features, conditions and rules are written with is there; anything else fails when a
plan is made.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from features.online.arrays import grouping, operations
from features.online.arrays.columns import (
    Traced,
    applied,
    both,
    chosen,
    either,
    extreme,
    first_known,
    unknown,
)
from features.online.arrays.nodes import Node, node
from features.online.arrays.operations import Array

UNITS = {"1d": "D", "1mo": "M"}


def supported(condition: bool) -> None:
    """`NotImplementedError` for what no feature is written with."""
    if not condition:
        raise NotImplementedError("features of a few cases are not computed with this")


@dataclass(frozen=True)
class TracedRows:
    """Columns of rows as nodes, and how many; for the aggregates of a `group_by` their groups."""

    columns: Mapping[str, Traced]
    height: Node
    groups: Node | None = None

    def codes(self, names: Sequence[str]) -> Node:
        """`grouping.codes` of these columns."""
        columns = [self.columns[name].spread(self.height) for name in names]
        parts = [column.levels for column in columns] + [column.null for column in columns]
        return node(grouping.codes, *parts)


Compute = Callable[[TracedRows], Traced]
Window = Callable[[Traced, Node, Node], Traced]


class Expression:
    """Named columns, each a function of the rows."""

    _opt_metadata: Any = None  # where Narwhals notes what it found out about an expression

    def __init__(self, parts: Mapping[str, Compute], window: Window | None = None) -> None:
        self.parts = parts
        self.window = window  # to be taken over an order: `shift`, `cum_count`

    @property
    def _metadata(self) -> Any:
        return self._opt_metadata

    @property
    def compute(self) -> Compute:
        """The only column."""
        (part,) = self.parts.values()
        return part

    def broadcast(self) -> Expression:
        """A scalar stands for any number of rows already."""
        return self

    @property
    def dt(self) -> Times:
        """Its times."""
        return Times(self)

    def each(self, function: Callable[[Traced], Traced]) -> Expression:
        """A function of each of the columns."""
        return Expression({name: _after(function, part) for name, part in self.parts.items()})

    def elementwise(self, operation: Callable[..., Array], *arguments: Any) -> Expression:
        """An operation on the values; null stays null."""
        return self.each(
            lambda column: Traced(node(operation, column.values, *arguments), column.null)
        )

    def binary(
        self, operation: Callable[[Traced, Traced], Traced], other: Expression
    ) -> Expression:
        """A function of it and another."""
        second = other.compute

        def joined(first: Compute) -> Compute:
            return lambda rows: operation(first(rows), second(rows))

        return Expression({name: joined(first) for name, first in self.parts.items()})

    def alias(self, name: str) -> Expression:
        return Expression({name: self.compute}, self.window)

    def __and__(self, other: Expression) -> Expression:
        return self.binary(both, other)

    def __or__(self, other: Expression) -> Expression:
        return self.binary(either, other)

    def log(self, base: float) -> Expression:
        return self.elementwise(operations.logarithm, base)

    def is_null(self) -> Expression:
        def part(compute: Compute) -> Compute:
            return lambda rows: Traced(node(operations.are_null, compute(rows).null, rows.height))

        return Expression({name: part(compute) for name, compute in self.parts.items()})

    def fill_null(self, value: Expression, *, strategy: None, limit: None) -> Expression:
        return self.binary(first_known, value)

    def is_in(self, other: Sequence[Any]) -> Expression:
        wanted = frozenset(other)
        return self.each(lambda column: _among(operations.among, column, wanted))

    def cast(self, dtype: Any) -> Expression:
        if dtype in (nw.String, nw.Datetime):
            return self
        return self.elementwise(operations.cast, "f8" if dtype == nw.Float64 else "i8")

    def shift(self, n: int) -> Expression:
        supported(n == 1)
        return Expression(self.parts, _previous)

    def cum_count(self, *, reverse: bool) -> Expression:
        supported(not reverse)
        return Expression(self.parts, _counted)

    def over(self, partition_by: Sequence[str], order_by: Sequence[str]) -> Expression:
        """Its window over the rows in order."""
        compute, window = self.compute, self.window
        if window is None:
            raise NotImplementedError("an aggregate is not taken over a window")

        def windowed(rows: TracedRows) -> Traced:
            groups = rows.codes(partition_by)
            then = (rows.columns[name].values for name in order_by)
            order = node(grouping.ordered, groups, *then)
            return window(compute(rows), order, node(grouping.firsts, groups, order))

        return Expression(dict.fromkeys(self.parts, windowed))

    def sum(self) -> Expression:
        return self._aggregate(_sum)

    def min(self) -> Expression:
        return self._aggregate(functools.partial(_extreme, last=False))

    def max(self) -> Expression:
        return self._aggregate(functools.partial(_extreme, last=True))

    def _aggregate(self, function: Callable[[Traced, Node], Traced]) -> Expression:
        def aggregated(compute: Compute) -> Compute:
            return lambda rows: function(compute(rows).spread(rows.height), _groups(rows))

        return Expression({name: aggregated(part) for name, part in self.parts.items()})


def _groups(rows: TracedRows) -> Node:
    if rows.groups is None:
        raise NotImplementedError("an aggregate is taken of groups")
    return rows.groups


def _after(function: Callable[[Traced], Traced], compute: Compute) -> Compute:
    return lambda rows: function(compute(rows))


def _among(operation: Callable[..., Array], column: Traced, values: frozenset[Any]) -> Traced:
    return Traced(node(operation, column.levels, values), column.null)


def _equality(operation: Callable[..., Array], of_texts: Callable[..., Array]) -> Any:
    """A comparison, with a given text by the levels of the column."""

    def compared(one: Traced, other: Traced) -> Traced:
        text = other.values.value if other.values.constant else None
        if text is not None and text.dtype == object:
            return _among(of_texts, one, frozenset([text.item()]))
        return applied(operation, one, other)

    return lambda self, other: self.binary(compared, other)


def _operator(operation: Callable[..., Array]) -> Any:
    return lambda self, other: self.binary(functools.partial(applied, operation), other)


def _plain(operation: Callable[..., Array]) -> Any:
    return lambda self: self.elementwise(operation)


def _reversed_sub(one: Array, other: Array) -> Array:
    return other - one


def _reversed_div(one: Array, other: Array) -> Array:
    return other / one


PLAIN: dict[str, Callable[..., Array]] = {
    "__invert__": np.logical_not,
    "__neg__": np.negative,
    "abs": np.abs,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
}
OPERATORS: dict[str, Callable[..., Array]] = {
    "__add__": np.add,
    "__sub__": np.subtract,
    "__rsub__": _reversed_sub,
    "__mul__": np.multiply,
    "__truediv__": operations.divided,
    "__rtruediv__": _reversed_div,
    "__floordiv__": np.floor_divide,
    "__mod__": np.mod,
    "__pow__": np.power,
    "clip_lower": np.maximum,
    "clip_upper": np.minimum,
    "__lt__": operator.lt,
    "__le__": operator.le,
    "__gt__": operator.gt,
    "__ge__": operator.ge,
}
for _name, _operation in PLAIN.items():
    setattr(Expression, _name, _plain(_operation))
for _name, _operation in OPERATORS.items():
    setattr(Expression, _name, _operator(_operation))

Expression.__eq__ = _equality(operator.eq, operations.among)  # type: ignore[method-assign]
Expression.__ne__ = _equality(operator.ne, operations.not_among)  # type: ignore[method-assign]


class Times:
    """What can be asked of times and durations."""

    def __init__(self, times: Expression) -> None:
        self.times = times

    def truncate(self, every: str) -> Expression:
        return self.times.elementwise(operations.truncated, UNITS[every])

    def total_microseconds(self) -> Expression:
        return self.times.elementwise(operations.whole)

    def total_seconds(self) -> Expression:
        return self.times.elementwise(operations.seconds)

    def hour(self) -> Expression:
        return self.times.elementwise(operations.hour)

    def weekday(self) -> Expression:
        return self.times.elementwise(operations.weekday)

    def minute(self) -> Expression:
        return self.times.elementwise(operations.minute)

    def year(self) -> Expression:
        return self.times.elementwise(operations.year)

    def month(self) -> Expression:
        return self.times.elementwise(operations.month)

    def day(self) -> Expression:
        return self.times.elementwise(operations.day_of_month)


def _previous(column: Traced, order: Node, first: Node) -> Traced:
    """The value of the row before; null for the first."""
    before = column.at(node(grouping.rows_before, order))
    is_first = Traced(before.values, node(grouping.in_rows, first, order))
    return Traced(before.values, unknown(before, is_first))


def _counted(column: Traced, order: Node, first: Node) -> Traced:
    """How many values other than null there are up to each row."""
    return Traced(node(grouping.counted, column.null, order, first))


def _sum(column: Traced, groups: Node) -> Traced:
    return Traced(node(grouping.group_sums, column.values, column.null, groups))


def _extreme(column: Traced, groups: Node, *, last: bool) -> Traced:
    found = node(grouping.group_extremes, column.values, column.null, groups, last)
    return Traced(*(node(operator.getitem, found, part) for part in (0, 1)))


class Namespace:
    """What Narwhals asks for where an expression begins."""

    def col(self, *names: str) -> Expression:
        def column(name: str) -> Compute:
            return lambda rows: rows.columns[name]

        return Expression({name: column(name) for name in names})

    def lit(self, value: Any, dtype: Any) -> Expression:
        column = Traced.literal(value)
        return Expression({"literal": lambda _rows: column})

    def len(self) -> Expression:
        return Expression({"len": lambda rows: Traced(node(grouping.group_sizes, _groups(rows)))})

    def when_then(
        self, flags: Expression, then: Expression, otherwise: Expression | None = None
    ) -> Expression:
        holds, other = flags.compute, otherwise.compute if otherwise else None

        def part(rows: TracedRows, then: Compute) -> Traced:
            return chosen(holds(rows), then(rows), other(rows) if other else None)

        return Expression(
            {name: functools.partial(part, then=compute) for name, compute in then.parts.items()}
        )

    def coalesce(self, *parts: Expression) -> Expression:
        return _joined(first_known, parts)

    def max_horizontal(self, *parts: Expression) -> Expression:
        return _joined(functools.partial(extreme, np.maximum), parts)

    def min_horizontal(self, *parts: Expression) -> Expression:
        return _joined(functools.partial(extreme, np.minimum), parts)

    def all_horizontal(self, *parts: Expression, ignore_nulls: bool) -> Expression:
        supported(not ignore_nulls)
        return _joined(both, parts)

    def any_horizontal(self, *parts: Expression, ignore_nulls: bool) -> Expression:
        supported(not ignore_nulls)
        return _joined(either, parts)


def _joined(
    function: Callable[[Traced, Traced], Traced], parts: Sequence[Expression]
) -> Expression:
    return functools.reduce(lambda one, other: one.binary(function, other), parts)
