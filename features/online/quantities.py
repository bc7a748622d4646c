"""The quantities that features of a few cases are made from, as nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cases.numeric import Flags, Floats
from cases.tables.cells.arrays import Column
from features.online.arrays.columns import Traced
from features.online.arrays.nodes import Node, node
from features.online.arrays.operations import Array, Null

NUMBER, TIME, TEXT = (
    "f",
    "M",
    "O",
)  # kinds, as NumPy calls them; whole numbers and flags are numbers


def kind_of(values: Array) -> str:
    """The kind of a quantity with such values."""
    kind = values.dtype.kind
    return kind if kind in (TIME, TEXT) else NUMBER


@dataclass
class Quantities:
    """Numbers and times in matrices of a row each, and texts, of `count` cases.

    What is not known is NaN where it is a number.
    """

    count: Node
    texts: dict[str, Traced] = field(default_factory=dict)
    _numbers: list[Node] = field(default_factory=list)
    _times: list[Traced] = field(default_factory=list)
    _places: dict[str, tuple[str, int]] = field(default_factory=dict)
    _heights: dict[str, int] = field(default_factory=dict)

    def add(self, column: str, values: Traced, kind: str) -> None:
        """One quantity, with what it is called."""
        if kind == TEXT:
            self.texts[column] = values
        elif kind == TIME:
            self._add_times([column], values)
        else:
            self.add_numbers([column], node(as_numbers, values.values, values.null))

    def add_numbers(self, columns: Sequence[str], values: Node, kind: str = NUMBER) -> None:
        """Quantities in a matrix of a row each; times in microseconds, where they are times."""
        if kind == TIME:
            self._add_times(columns, Traced(node(_as_times, values), node(unknown, values)))
            return
        self._numbers.append(values)
        self._place(columns, NUMBER)

    def _add_times(self, columns: Sequence[str], values: Traced) -> None:
        self._times.append(values)
        self._place(columns, TIME)

    def _place(self, columns: Sequence[str], kind: str) -> None:
        first = self._heights.get(kind, 0)
        self._places |= {column: (kind, first + n) for n, column in enumerate(columns)}
        self._heights[kind] = first + len(columns)

    def kind(self, column: str) -> str:
        """What a quantity is: a number, a time or a text."""
        return TEXT if column in self.texts else self._places[column][0]

    def below(self, columns: Sequence[str]) -> Traced:
        """Quantities of one kind, one below the other."""
        kind = self.kind(columns[0])
        if kind == TEXT:
            return self._texts_below(columns)
        places = np.array([self._places[column][1] for column in columns])
        if kind == TIME:
            parts = [part for times in self._times for part in (times.values, times.null)]
            matrix, null = (
                node(_matrix, *(part.values for part in self._times)),
                node(_nulls, *parts),
            )
            return Traced(node(_rows, matrix, places), node(_rows, null, places))
        values = node(_rows, node(_matrix, *self._numbers), places)
        return Traced(values, node(unknown, values))

    def _texts_below(self, columns: Sequence[str]) -> Traced:
        texts = [self.texts[column] for column in columns]
        parts = [part for text in texts for part in (text.values, text.null)]
        values = texts[0].values if len(texts) == 1 else node(_joined, *(t.values for t in texts))
        return Traced(values, node(_flat_nulls, *parts))


def unknown(numbers: Floats) -> Null:
    """Which are NaN; None for none."""
    null: Flags = np.isnan(numbers)
    return null if null.any() else None


def as_numbers(values: Array, null: Null) -> Floats:
    """As floats, NaN for null."""
    return Column(values, null).numbers()


def _as_times(numbers: Floats) -> Array:
    return np.where(np.isnan(numbers), 0.0, numbers).astype(np.int64).view("datetime64[us]")


def _matrix(*parts: Array) -> Array:
    return np.vstack(parts)


def _nulls(*parts: Any) -> Null:
    """The nulls of a `_matrix`, from the values and nulls of its parts by turns; None for none."""
    values, nulls = parts[::2], parts[1::2]
    if all(null is None for null in nulls):
        return None
    each = zip(values, nulls, strict=True)
    return np.vstack([np.zeros(v.shape, dtype=bool) if null is None else null for v, null in each])


def _flat_nulls(*parts: Any) -> Null:
    null = _nulls(*parts)
    return None if null is None else null.ravel()


def _rows(matrix: Array | None, places: Array) -> Array | None:
    """Rows of a matrix, one below the other."""
    return None if matrix is None else matrix[places].ravel()


def _joined(*texts: Array) -> Array:
    return np.concatenate(texts)
