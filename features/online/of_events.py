"""Aggregates over the events of a few cases: what `features/events.py` gives, in NumPy."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cases.numeric import Floats, Ints
from features.feature import OfEvents
from features.online.arrays.columns import Column

TAKEN = {"sum": np.add, "min": np.fmin, "max": np.fmax}  # NaN counts for no extreme


@dataclass(frozen=True)
class EventTable:
    """Events of `count` rows: which `row` and which of the `activities` each is of."""

    count: int
    rows: Ints
    activities: Sequence[str]
    activity: Iterable[str]

    @cached_property
    def _codes(self) -> Ints:
        other = len(self.activities)
        return np.array([self._places.get(name, other) for name in self.activity], dtype=np.int64)

    @cached_property
    def _cells(self) -> Ints:
        return self.rows * (len(self.activities) + 1) + self._codes

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.activities)}

    def _columns(self, part: OfEvents) -> list[int]:
        """The columns of the activities that count; of undeclared ones too where all do."""
        if part.activities is None:
            return list(range(len(self.activities) + 1))
        return [self._places[name] for name in part.activities]

    def table(self, values: Floats, how: str) -> Floats:
        """The sums or extremes of values per row and activity, shape (count, activities + 1)."""
        width = len(self.activities) + 1
        table = np.full(self.count * width, 0.0 if how == "sum" else np.nan)
        TAKEN[how].at(
            table, self._cells, np.where(np.isnan(values), 0.0, values) if how == "sum" else values
        )
        return table.reshape(self.count, width)

    def of_part(self, part: OfEvents, table: Floats) -> Floats:
        """What a `table` says of the activities that count; NaN where there is no extreme."""
        of_part = (table[:, column] for column in self._columns(part))
        # One after the other, as a batch does: `ufunc.reduce` would add up in another order.
        taken: Floats = functools.reduce(TAKEN[part.how], of_part)
        return taken

    def distinct(self, part: OfEvents, values: Column) -> Floats:
        """How many different values other than null each row has."""
        counts = part.activities is None or np.isin(self._codes, self._columns(part))
        seen = {
            (row, value)
            for row, value, counting in zip(
                self.rows.tolist(),
                values.listed(),
                np.broadcast_to(counts, len(self.rows)),
                strict=True,
            )
            if counting and value is not None
        }
        return np.bincount([row for row, _value in seen], minlength=self.count).astype(float)


def aggregated(
    table: EventTable, parts: Sequence[OfEvents], elements: Mapping[int, Column]
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
            tables[cell] = table.table(values.numbers(), part.how)
        found[part.column] = table.of_part(part, tables[cell])
    return found
