"""Aggregates over the events of a few cases: what `features/events.py` gives, as nodes."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cases.numeric import Floats, Ints
from cases.tables.cells.arrays import Column
from features.feature import OfEvents
from features.online.arrays.columns import Traced
from features.online.arrays.nodes import Node, node
from features.online.arrays.operations import Array, Levels, Null, by_level

TAKEN = {"sum": np.add, "min": np.fmin, "max": np.fmax}  # NaN counts for no extreme
OF_NONE = {"sum": 0.0, "min": np.nan, "max": np.nan}  # where the office has no such activity
Cells = tuple[Ints, Ints, int]  # of each event its row and activity, and how many rows there are


def aggregated(
    activities: Sequence[str],
    parts: Sequence[OfEvents],
    happened: Mapping[str, Traced],
    elements: Mapping[int, Traced],
    count: Node,
) -> Iterator[tuple[list[OfEvents], Node]]:
    """The values of parts, shape (parts, count), as far as they are read from the same table.

    `elements` are by the identity of theirs. Times are microseconds, what is unknown is NaN.
    """
    activity = happened["activity"].levels
    cells = node(_cells, happened["row"].values, activity, tuple(activities), count)
    tables: dict[tuple[int, str], list[OfEvents]] = {}
    for part in parts:
        tables.setdefault((id(part.element), part.how), []).append(part)
    for (element, how), of_table in tables.items():
        values, null = elements[element].values, elements[element].null
        columns = tuple(_columns(activities, part) for part in of_table)
        if how == "distinct":
            value = node(_distinct, cells, elements[element].levels, null, columns)
        else:
            table = node(_table, cells, values, null, len(activities) + 1, how)
            value = node(_of_parts, table, columns, how)
        yield of_table, value


def _columns(activities: Sequence[str], part: OfEvents) -> tuple[int, ...]:
    """The columns of the activities that count; of undeclared ones too where all do."""
    if part.activities is None:
        return tuple(range(len(activities) + 1))
    return tuple(activities.index(name) for name in part.activities)


@functools.lru_cache(maxsize=16)
def _places(activities: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(activities)}


def _cells(rows: Ints, activity: Levels, activities: tuple[str, ...], count: int) -> Cells:
    places, other = _places(activities), len(activities)
    return rows, by_level(activity, lambda name: places.get(name, other), int), count


def _table(cells: Cells, values: Array, null: Null, width: int, how: str) -> Floats:
    """The sums or extremes of values per activity and row, shape (activities + 1, count)."""
    rows, codes, count = cells
    numbers, nothing = Column(values, null).numbers(), np.nan
    if how == "sum":
        nothing = 0.0
        numbers = np.where(np.isnan(numbers), 0.0, numbers)
    table = np.full(width * count, nothing)
    TAKEN[how].at(table, codes * count + rows, numbers)
    return table.reshape(width, count)


def _of_parts(table: Floats, columns: tuple[tuple[int, ...], ...], how: str) -> Floats:
    """What a `_table` says of the activities that count; NaN where there is no extreme."""
    found = table[[places[0] if places else 0 for places in columns]]
    for part, places in enumerate(columns):
        if not places:
            found[part] = OF_NONE[how]
        elif len(places) > 1:
            # One after the other, as a batch does: `reduce` would add up in another order.
            found[part] = TAKEN[how].accumulate(table[list(places)])[-1]
    return found


def _distinct(
    cells: Cells, values: Levels, null: Null, columns: tuple[tuple[int, ...], ...]
) -> Floats:
    """How many different values other than null each row has of the activities that count."""
    rows, codes, count = cells
    numbers, width = values[0], len(values[1]) + 1
    seen, of_activity = rows * width + numbers, codes
    if null is not None:
        seen, of_activity = seen[~null], codes[~null]
    found = []
    for places in columns:
        different = np.unique(seen[np.isin(of_activity, places)])
        found.append(np.bincount(different // width, minlength=count).astype(float))
    return np.array(found)
