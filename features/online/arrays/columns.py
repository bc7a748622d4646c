"""Columns of few rows: NumPy values, and which of them are null."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags, Floats, Ints

Values = NDArray[Any]
Operation = Callable[..., Values]


@dataclass(frozen=True, slots=True)
class Column:
    """Values of shape (rows,), or (), which stands for any number of rows.

    Texts are objects, times datetime64 in microseconds. What stands where `null` is set means
    nothing; None for no null at all.
    """

    values: Values
    null: Flags | None = None

    @classmethod
    def of(cls, series: pl.Series) -> Column:
        """A column of a table."""
        values = series.to_numpy()
        if not series.null_count():
            return cls(values)
        null = series.to_arrow().is_null().to_numpy(zero_copy_only=False)
        if series.dtype == pl.Boolean:
            values = np.where(null, False, values).astype(bool)
        return cls(values, null)

    @classmethod
    def literal(cls, value: Any) -> Column:
        """One value for every row, None for null."""
        if value is None:
            return cls(np.array(np.nan), np.array(True))
        kinds: dict[type, Any] = {
            str: object,
            datetime: "datetime64[us]",
            timedelta: "timedelta64[us]",
        }
        return cls(np.array(value, dtype=kinds.get(type(value))))

    def series(self, name: str) -> pl.Series:
        """As Polars has it; NaN is null too."""
        values = self.values
        if values.dtype == object:
            return pl.Series(name, self.listed(), dtype=pl.String)
        if self.null is None:
            return pl.Series(name, values, nan_to_null=True)
        if values.dtype == bool:
            return pl.Series(name, self.listed(), dtype=pl.Boolean)
        unknown = np.datetime64("NaT") if values.dtype.kind == "M" else np.nan
        return pl.Series(name, np.where(self.null, unknown, values), nan_to_null=True)

    def listed(self) -> list[Any]:
        """The values as Python has them, None for null."""
        values: list[Any] = self.values.tolist()
        if self.null is None:
            return values
        return [None if null else value for value, null in zip(values, self.null, strict=True)]

    def numbers(self) -> Floats:
        """Numbers, flags and times (in microseconds, exactly) as floats; null is NaN."""
        values = self.values.view(np.int64) if self.values.dtype.kind in "mM" else self.values
        floats: Floats = values.astype(np.float64, copy=False)
        return floats if self.null is None else np.where(self.null, np.nan, floats)

    def known(self) -> Flags:
        """Which are not null."""
        none = np.ones(self.values.shape, dtype=bool)
        return none if self.null is None else ~self.null

    def at(self, places: Ints | slice) -> Column:
        """The rows at these places."""
        return Column(self.values[places], None if self.null is None else self.null[places])

    def spread(self, rows: int) -> Column:
        """With a value for each of the rows."""
        if self.values.shape == (rows,) and (self.null is None or self.null.shape == (rows,)):
            return self
        null = None if self.null is None else np.broadcast_to(self.null, rows)
        return Column(np.broadcast_to(self.values, rows), null)

    def holds(self) -> Flags:
        """Of flags, which are set; those that are null are not."""
        flags: Flags = self.values.astype(bool)
        return flags if self.null is None else flags & ~self.null


def unknown(columns: Sequence[Column]) -> Flags | None:
    """Where any of the columns is null."""
    nulls = [column.null for column in columns if column.null is not None]
    return functools.reduce(operator.or_, nulls) if nulls else None


def applied(operation: Operation, *columns: Column) -> Column:
    """The operation row by row, null where any of the columns is."""
    values = operation(*(column.values for column in columns))
    return Column(values, unknown(columns))


def compared(operation: Operation, one: Column, other: Column) -> Column:
    """A comparison row by row; of texts too, of which NumPy would make no flags."""
    flags = operation(one.values, other.values)
    return Column(flags.astype(bool), unknown((one, other)))


def both(one: Column, other: Column) -> Column:
    """And; false where either is known to be false."""
    null = unknown((one, other))
    if null is not None:
        null = null & (one.values | _nowhere(one)) & (other.values | _nowhere(other))
    return Column(one.values & other.values, null)


def either(one: Column, other: Column) -> Column:
    """Or; true where either is known to be true."""
    null = unknown((one, other))
    if null is not None:
        null = null & ~one.holds() & ~other.holds()
    return Column(one.holds() | other.holds(), null)


def _nowhere(column: Column) -> Any:
    return False if column.null is None else column.null


def chosen(flags: Column, then: Column, otherwise: Column | None = None) -> Column:
    """The values of one column where the flag is set, of the other or null where it is not."""
    holds = flags.holds()
    if otherwise is None:
        return Column(then.values, ~holds if then.null is None else ~holds | then.null)
    values = np.where(holds, then.values, otherwise.values)
    if then.null is None and otherwise.null is None:
        return Column(values)
    return Column(values, np.where(holds, _nowhere(then), _nowhere(otherwise)))


def first_known(one: Column, other: Column) -> Column:
    """The values of one column, of the other where it is null."""
    if one.null is None:
        return one
    return chosen(Column(~one.null), Column(one.values), other)


def extreme(operation: Operation, one: Column, other: Column) -> Column:
    """The larger or the smaller of two values; one that is null does not count."""
    values = operation(first_known(one, other).values, first_known(other, one).values)
    if one.null is None or other.null is None:
        return Column(values)
    return Column(values, one.null & other.null)


def among(column: Column, values: Sequence[Any]) -> Column:
    """Whether it is one of these values."""
    wanted = set(values)
    found = [value in wanted for value in column.values.ravel().tolist()]
    return Column(np.array(found, dtype=bool).reshape(column.values.shape), column.null)


def codes(columns: Sequence[Column]) -> tuple[Ints, Ints]:
    """A number for each row, the same for rows of equal values, and a row for each number."""
    if len(columns) == 1 and columns[0].values.dtype != object and columns[0].null is None:
        _values, first, numbers = np.unique(
            columns[0].values, return_index=True, return_inverse=True
        )
        return numbers, first
    seen: dict[Any, int] = {}
    keys = zip(*(column.listed() for column in columns), strict=True)
    numbers = np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64)
    first = np.zeros(len(seen), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return numbers, first


def divided(one: Values, other: Values) -> Values:
    """One by the other; by a literal to the last bit as Polars does, with its reciprocal."""
    return one * (1.0 / other) if other.shape == () else np.true_divide(one, other)


PLAIN: dict[str, Operation] = {
    "__invert__": np.logical_not,
    "__neg__": np.negative,
    "abs": np.abs,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
}
ARITHMETIC: dict[str, Operation] = {
    "__add__": np.add,
    "__sub__": np.subtract,
    "__rsub__": lambda one, other: other - one,
    "__mul__": np.multiply,
    "__truediv__": divided,
    "__rtruediv__": lambda one, other: other / one,
    "__floordiv__": np.floor_divide,
    "__mod__": np.mod,
    "__pow__": np.power,
    "clip_lower": np.maximum,
    "clip_upper": np.minimum,
}
COMPARISONS: dict[str, Operation] = {
    "__eq__": operator.eq,
    "__ne__": operator.ne,
    "__lt__": operator.lt,
    "__le__": operator.le,
    "__gt__": operator.gt,
    "__ge__": operator.ge,
}
