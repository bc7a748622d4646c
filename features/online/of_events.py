"""Aggregates over the events of a few cases: what `features/events.py` gives, in NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Floats, Ints
from features.feature import OfEvents

EXTREMES = {"min": (np.minimum, np.inf), "max": (np.maximum, -np.inf)}


@dataclass(frozen=True)
class EventTable:
    """Events of `count` rows: which `row` and which of the `activities` each is of."""

    count: int
    rows: Ints
    activities: Sequence[str]
    activity: pl.Series

    @cached_property
    def _codes(self) -> Ints:
        codes = {name: n for n, name in enumerate(self.activities)}
        other = len(codes)
        return np.array([codes.get(name, other) for name in self.activity], dtype=np.int64)

    @cached_property
    def _cells(self) -> Ints:
        return self.rows * (len(self.activities) + 1) + self._codes

    def _columns(self, part: OfEvents) -> list[int]:
        """The columns of the activities that count; of undeclared ones too where all do."""
        if part.activities is None:
            return list(range(len(self.activities) + 1))
        return [self.activities.index(name) for name in part.activities]

    def sums(self, part: OfEvents, table: Floats) -> Floats:
        """Of a table made by `summed`."""
        return np.asarray(table[:, self._columns(part)].sum(axis=1), dtype=np.float64)

    def summed(self, values: Floats) -> Floats:
        """The sums of values per row and activity, shape (count, activities + 1)."""
        width = len(self.activities) + 1
        sums = np.bincount(self._cells, np.nan_to_num(values), self.count * width)
        return np.asarray(sums, dtype=np.float64).reshape(self.count, width)

    def extreme(self, values: Floats, how: str) -> Floats:
        """The smallest or largest values per row and activity, infinite where there is none."""
        ufunc, worst = EXTREMES[how]
        known = ~np.isnan(values)
        width = len(self.activities) + 1
        table = np.full(self.count * width, worst)
        ufunc.at(table, self._cells[known], values[known])
        return table.reshape(self.count, width)

    def extremes(self, part: OfEvents, table: Floats) -> Floats:
        """Of a table made by `extreme`; NaN where there is none."""
        ufunc, worst = EXTREMES[part.how]
        columns = table[:, self._columns(part)]
        found = ufunc.reduce(columns, axis=1, initial=worst)
        return np.where(np.isinf(found), np.nan, found)

    def distinct(self, part: OfEvents, values: pl.Series) -> Floats:
        """How many different values other than null each row has."""
        counts = part.activities is None or np.isin(self._codes, self._columns(part))
        seen = {
            (row, value)
            for row, value, counting in zip(
                self.rows.tolist(), values, np.broadcast_to(counts, len(self.rows)), strict=True
            )
            if counting and value is not None
        }
        return np.bincount([row for row, _value in seen], minlength=self.count).astype(float)


def aggregated(
    table: EventTable, parts: Sequence[OfEvents], elements: Mapping[int, pl.Series]
) -> dict[str, Floats]:
    """By column the value of each part, shape (count,); `elements` by the identity of theirs.

    Times are microseconds, what is unknown is NaN.
    """
    tables: dict[tuple[int, str], Floats] = {}
    found = {}
    for part in parts:
        values, cell = elements[id(part.element)], (id(part.element), part.how)
        if part.how == "distinct":
            found[part.column] = table.distinct(part, values)
            continue
        if cell not in tables:
            numbers = as_numbers(values)
            summed = part.how == "sum"
            tables[cell] = table.summed(numbers) if summed else table.extreme(numbers, part.how)
        of_part = table.sums if part.how == "sum" else table.extremes
        found[part.column] = of_part(part, tables[cell])
    return found


def as_numbers(values: pl.Series) -> NDArray[np.float64]:
    """Numbers, flags and times (in microseconds, exactly) as floats; null is NaN."""
    numbers: NDArray[np.float64] = values.to_physical().cast(pl.Float64).to_numpy()
    return numbers
