"""What nodes compute of whole columns: orders, groups and joins of few rows.

A column is its `operations.levels` and its nulls. Groups are a number for each row, and a row for
each number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cases.numeric import Flags, Floats, Ints
from features.online.arrays.operations import Array, Levels, Null, by_level, known

Groups = tuple[Ints, Ints]
Matches = tuple[Ints, Ints, Ints]


def codes(*columns: Any) -> Groups:
    """The groups of rows of equal values.

    `columns` are the levels of each column, then the nulls of each.
    """
    half = len(columns) // 2
    of_columns = [
        numbers if null is None else np.where(null, len(different), numbers)
        for (numbers, different), null in zip(columns[:half], columns[half:], strict=True)
    ]
    together = of_columns[0]
    for numbers in of_columns[1:]:
        _values, together = np.unique(together, return_inverse=True)
        together = together * (numbers.max(initial=0) + 1) + numbers
    _values, first, found = np.unique(together, return_index=True, return_inverse=True)
    return found, first


def ordered(groups: Groups, *then: Array) -> Ints:
    """The rows in the order of groups (`codes`), and by these columns within each."""
    return np.lexsort((*reversed(then), groups[0]))


def firsts(groups: Groups, order: Ints) -> Flags:
    """Of rows in order, which come first in their group."""
    first = np.ones(len(order), dtype=bool)
    sorted_groups = groups[0][order]
    np.not_equal(sorted_groups[1:], sorted_groups[:-1], out=first[1:])
    return first


def rows_before(order: Ints) -> Ints:
    """The row before each one in this order; of the first one the last."""
    before = np.empty_like(order)
    before[order] = np.roll(order, 1)
    return before


def in_rows(values: Array, order: Ints) -> Array:
    """Values that are in this order as their rows are."""
    rows = np.empty_like(values)
    rows[order] = values
    return rows


def counted(null: Null, order: Ints, first: Flags) -> Ints:
    """How many values other than null there are in each group up to each row, in this order."""
    values = known(null, len(order))[order]
    count = np.cumsum(values)
    start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    return in_rows(count - (count - values)[start], order)


def group_sums(values: Array, null: Null, groups: Groups) -> Floats:
    """The sum of each group; null counts as 0."""
    kept = values if null is None else np.where(null, 0, values)
    return np.bincount(groups[0], kept, len(groups[1])).astype(np.float64, copy=False)


def group_sizes(groups: Groups) -> Ints:
    """The rows of each group."""
    return np.bincount(groups[0], minlength=len(groups[1]))


def group_extremes(values: Array, null: Null, groups: Groups, last: bool) -> tuple[Array, Null]:
    """The smallest or largest value of each group; null where all are."""
    numbers, rows = values, groups[0]
    if null is not None:
        numbers, rows = values[~null], rows[~null]
    order = np.lexsort((numbers, rows))
    if last:
        order = order[::-1]
    found, first = np.unique(rows[order], return_index=True)
    result = np.zeros(len(groups[1]), dtype=values.dtype)
    result[found] = numbers[order][first]
    if len(found) == len(result):
        return result, None
    unknown = np.ones(len(result), dtype=bool)
    unknown[found] = False
    return result, unknown


def matched(*columns: Any) -> Matches:
    """Of each row of the first where its matches begin, how many there are, and their rows.

    `columns` are the levels, then the nulls of the keys of the first, then those of the second. A
    null is like no other.
    """
    size = len(columns) // 4
    ours, our_nulls, theirs, their_nulls = (columns[n * size : (n + 1) * size] for n in range(4))
    here, there = _alike(ours[0], theirs[0])
    for one, other in zip(ours[1:], theirs[1:], strict=True):
        more, others = _alike(one, other)
        count = max(more.max(initial=0), others.max(initial=0)) + 1
        here = np.where((here < 0) | (more < 0), -1, here * count + more)
        there = there * count + others
    here, there = _unless(here, our_nulls, -1), _unless(there, their_nulls, -2)
    order = np.argsort(there, kind="stable")
    in_order = there[order]
    begin = np.searchsorted(in_order, here)
    return begin, np.searchsorted(in_order, here, "right") - begin, order


def _alike(one: Levels, other: Levels) -> tuple[Ints, Ints]:
    """Numbers that are the same for equal values of both; -1 for what the other has not."""
    if one[1] is other[1]:
        return one[0], other[0]
    numbers = {value: number for number, value in enumerate(other[1])}
    return by_level(one, lambda value: numbers.get(value, -1), int), other[0]


def _unless(numbers: Ints, nulls: Sequence[Null], number: int) -> Ints:
    for null in nulls:
        if null is not None:
            numbers = np.where(null, number, numbers)
    return numbers


def inner(matches: Matches) -> tuple[Ints, Ints]:
    """The rows that match, of both sides."""
    starts, counts, rows = matches
    here = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts)
    return here, rows[np.repeat(starts, counts) + within]


def left(matches: Matches) -> tuple[Ints | slice, Ints]:
    """Every row of the first side, -1 where the other has none."""
    starts, counts, rows = matches
    more = np.append(rows, -1)
    if counts.max(initial=0) <= 1:
        return slice(None), np.where(counts > 0, more[starts], -1)
    here, there = inner((starts, np.maximum(counts, 1), more))
    return here, np.where(counts[here] > 0, there, -1)
