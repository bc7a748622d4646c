"""What Narwhals asks of an expression, as functions of NumPy columns.

Only what features, conditions and rules are written with is there; anything else fails when a
plan is made.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from cases.numeric import Flags, Ints
from features.online.arrays.columns import (
    ARITHMETIC,
    COMPARISONS,
    PLAIN,
    Column,
    Operation,
    Values,
    among,
    applied,
    both,
    chosen,
    compared,
    either,
    extreme,
    first_known,
)
from features.online.arrays.rows import Rows

SECOND = 1_000_000  # microseconds
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND
UNITS = {"1d": "D", "1mo": "M"}


def supported(condition: bool) -> None:
    """`NotImplementedError` for what no feature is written with."""
    if not condition:
        raise NotImplementedError("features of a few cases are not computed with this")


Compute = Callable[[Rows], Column]
Window = Callable[[Column, Flags], Column]


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

    def each(self, function: Callable[[Column], Column]) -> Expression:
        """A function of each of the columns."""
        return Expression({name: _after(function, compute) for name, compute in self.parts.items()})

    def elementwise(self, operation: Operation) -> Expression:
        """An operation on the values; null stays null."""
        return self.each(lambda column: applied(operation, column))

    def binary(
        self, operation: Callable[[Column, Column], Column], other: Expression
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
        return self.elementwise(lambda values: np.log(values) / np.log(base))

    def is_null(self) -> Expression:
        return self.each(lambda column: Column(~column.known()))

    def fill_null(self, value: Expression, *, strategy: None, limit: None) -> Expression:
        return self.binary(first_known, value)

    def is_in(self, other: Sequence[Any]) -> Expression:
        return self.each(lambda column: among(column, other))

    def cast(self, dtype: Any) -> Expression:
        if dtype in (nw.String, nw.Datetime):
            return self
        kind = np.float64 if dtype == nw.Float64 else np.int64
        return self.elementwise(lambda values: values.astype(kind))

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

        def windowed(rows: Rows) -> Column:
            order, first = rows.order(partition_by, order_by)
            back = np.empty(rows.height, dtype=np.int64)
            back[order] = np.arange(rows.height)
            return window(compute(rows).at(order), first).at(back)

        return Expression(dict.fromkeys(self.parts, windowed))

    def sum(self) -> Expression:
        return self._aggregate(_sum)

    def min(self) -> Expression:
        return self._aggregate(functools.partial(_extreme, last=False))

    def max(self) -> Expression:
        return self._aggregate(functools.partial(_extreme, last=True))

    def _aggregate(self, function: Callable[[Column, Rows], Column]) -> Expression:
        def aggregated(compute: Compute) -> Compute:
            return lambda rows: function(compute(rows).spread(rows.height), rows)

        return Expression({name: aggregated(part) for name, part in self.parts.items()})


def _after(function: Callable[[Column], Column], compute: Compute) -> Compute:
    return lambda rows: function(compute(rows))


def _operator(operation: Operation, apply: Callable[..., Column]) -> Any:
    def method(self: Expression, other: Expression) -> Expression:
        return self.binary(functools.partial(apply, operation), other)

    return method


def _plain(operation: Operation) -> Any:
    return lambda self: self.elementwise(operation)


for _name, _operation in PLAIN.items():
    setattr(Expression, _name, _plain(_operation))
for _name, _operation in ARITHMETIC.items():
    setattr(Expression, _name, _operator(_operation, applied))
for _name, _operation in COMPARISONS.items():
    setattr(Expression, _name, _operator(_operation, compared))


class Times:
    """What can be asked of times and durations."""

    def __init__(self, times: Expression) -> None:
        self.times = times

    def truncate(self, every: str) -> Expression:
        unit = UNITS[every]
        return self.times.elementwise(
            lambda values: values.astype(f"datetime64[{unit}]").astype("datetime64[us]")
        )

    def total_microseconds(self) -> Expression:
        return self.times.elementwise(_whole)

    def total_seconds(self) -> Expression:
        return self.times.elementwise(
            lambda values: np.sign(_whole(values)) * (abs(_whole(values)) // SECOND)
        )

    def hour(self) -> Expression:
        return self.times.elementwise(lambda values: _whole(values) // HOUR % 24)

    def weekday(self) -> Expression:
        """1 for Monday; the first of January 1970 was a Thursday."""
        return self.times.elementwise(lambda values: (_counted_in(values, "D") + 3) % 7 + 1)

    def minute(self) -> Expression:
        return self.times.elementwise(lambda values: _whole(values) // MINUTE % 60)

    def year(self) -> Expression:
        return self.times.elementwise(lambda values: _counted_in(values, "Y") + 1970)

    def month(self) -> Expression:
        return self.times.elementwise(lambda values: _counted_in(values, "M") % 12 + 1)

    def day(self) -> Expression:
        return self.times.elementwise(_day_of_month)


def _whole(values: Values) -> Ints:
    numbers: Ints = values.astype(np.int64)
    return numbers


def _counted_in(values: Values, unit: str) -> Ints:
    return _whole(values.astype(f"datetime64[{unit}]"))


def _day_of_month(values: Values) -> Ints:
    days = values.astype("datetime64[D]")
    first = values.astype("datetime64[M]").astype("datetime64[D]")
    return _whole(days - first) + 1


def _previous(column: Column, first: Flags) -> Column:
    """The value of the row before; null for the first."""
    null = first if column.null is None else first | np.roll(column.null, 1)
    return Column(np.roll(column.values, 1), null)


def _counted(column: Column, first: Flags) -> Column:
    """How many values other than null there are up to each row."""
    known = column.known()
    count = np.cumsum(known)
    start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    return Column(count - (count - known)[start])


def _sum(column: Column, rows: Rows) -> Column:
    values = column.values if column.null is None else np.where(column.null, 0, column.values)
    return Column(np.bincount(rows.groups, values, rows.count))


def _extreme(column: Column, rows: Rows, *, last: bool) -> Column:
    """The smallest or largest value of each group; null where all are."""
    known = np.flatnonzero(column.known())
    groups, values = rows.groups[known], column.values[known]
    order = np.lexsort((values if not last else _descending(values), groups))
    found, first = np.unique(groups[order], return_index=True)
    result = np.zeros(rows.count, dtype=values.dtype)
    result[found] = values[order][first]
    null = np.ones(rows.count, dtype=bool)
    null[found] = False
    return Column(result, null if null.any() else None)


def _descending(values: Values) -> Values:
    return -(values.astype(np.int64) if values.dtype.kind in "mM" else values)


class Namespace:
    """What Narwhals asks for where an expression begins."""

    def col(self, *names: str) -> Expression:
        def column(name: str) -> Compute:
            return lambda rows: rows.columns[name]

        return Expression({name: column(name) for name in names})

    def lit(self, value: Any, dtype: Any) -> Expression:
        column = Column.literal(value)
        return Expression({"literal": lambda _rows: column})

    def len(self) -> Expression:
        return Expression(
            {"len": lambda rows: Column(np.bincount(rows.groups, minlength=rows.count))}
        )

    def when_then(
        self, flags: Expression, then: Expression, otherwise: Expression | None = None
    ) -> Expression:
        holds, other = flags.compute, otherwise.compute if otherwise else None

        def part(rows: Rows, then: Compute) -> Column:
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
    function: Callable[[Column, Column], Column], parts: Sequence[Expression]
) -> Expression:
    return functools.reduce(lambda one, other: one.binary(function, other), parts)
