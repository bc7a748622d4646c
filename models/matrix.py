"""Feature frames as the numeric matrix LightGBM takes.

Numbers and flags stay as they are, codes become the position of their level. The
levels are learnt when a model is fitted and kept with it, so a frame always becomes
the same matrix; what is unknown, rare or was never seen becomes missing (NaN).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats, Ints
from features.online.features import FeatureRows, FewFeatures

FEWEST_OF_A_LEVEL = 10  # cases; a code seen in fewer is treated as unknown


@dataclass(frozen=True)
class Columns:
    """The columns of a matrix, in order, and the levels of those that are codes.

    >>> x = pl.DataFrame({"n": [1.0, None] * 10, "c": ["a", "b"] * 10})
    >>> columns = Columns.learn(x, ["n", "c"])
    >>> columns.matrix(pl.DataFrame({"n": [5.0], "c": ["b"]})).tolist()
    [[5.0, 1.0]]
    """

    names: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]

    @classmethod
    def learn(cls, x: pl.DataFrame, names: Sequence[str]) -> Columns:
        """The columns called `names`, with the levels that are common enough in `x`."""
        codes = [name for name in names if x.schema[name] == pl.String]
        return cls(tuple(names), {name: _levels(x[name]) for name in codes})

    @cached_property
    def codes(self) -> list[int]:
        """Positions of the columns that are codes."""
        return [position for position, name in enumerate(self.names) if name in self.levels]

    def matrix(self, x: FeatureRows) -> Floats:
        """`x` as an array of shape (rows, columns), Float64, NaN for missing."""
        matrix = np.empty((x.height, len(self.names)))
        numbers, at = self._numbers
        if numbers:
            matrix[:, at] = _plain(x, numbers)
        for position in self.codes:
            name = self.names[position]
            matrix[:, position] = self._positions(name, _listed(x, name))
        return matrix

    def cell(self, name: str, value: float | str | None) -> float:
        """What a value of the column called `name` is in the matrix."""
        if value is None:
            return np.nan
        places = self._position_of.get(name)
        return float(value) if places is None else places.get(str(value), np.nan)

    @cached_property
    def _numbers(self) -> tuple[list[str], list[int]]:
        """The columns that are no codes, and their positions."""
        at = [place for place, name in enumerate(self.names) if name not in self.levels]
        return [self.names[place] for place in at], at

    @cached_property
    def _position_of(self) -> dict[str, dict[str, float]]:
        return {
            name: {level: float(place) for place, level in enumerate(levels)}
            for name, levels in self.levels.items()
        }

    def _positions(self, name: str, codes: Sequence[Any]) -> Floats:
        """Of the level of each code, NaN for none."""
        places = self._position_of[name]
        return np.array([places.get(code, np.nan) for code in codes], dtype=np.float64)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {"names": list(self.names), "levels": {k: list(v) for k, v in self.levels.items()}}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Columns:
        """The columns that `as_json` described."""
        return cls(
            tuple(str(name) for name in saved["names"]),
            {name: tuple(map(str, levels)) for name, levels in saved["levels"].items()},
        )


def _plain(x: FeatureRows, names: Sequence[str]) -> Floats:
    """Columns that are no codes, shape (rows, names); NaN for missing."""
    if isinstance(x, FewFeatures):
        return x.numbers_of(names)
    plain = pl.DataFrame([x[name] for name in names])
    values = plain.to_numpy()
    if values.dtype == object:  # such as flags alone, some of them missing
        values = plain.cast(pl.Float64).to_numpy()
    return values


def _listed(x: FeatureRows, name: str) -> list[Any]:
    """The codes of a column, None for missing."""
    return x.codes[name].listed() if isinstance(x, FewFeatures) else x[name].to_list()


def _levels(column: pl.Series) -> tuple[str, ...]:
    counts = column.drop_nulls().value_counts(name="cases")
    common = counts.filter(pl.col("cases") >= FEWEST_OF_A_LEVEL)
    return tuple(common[column.name].sort().to_list())


@dataclass(frozen=True)
class Changes:
    """Rows of a matrix with some values changed.

    Row i asked for is row `of[i]`, with `value` in `column` for the changes from `starts[i]` to
    `starts[i + 1]`. Shapes (asked,), (asked + 1,), (changes,) and (changes,).
    """

    of: Ints
    starts: Ints
    column: Ints
    value: Floats

    @property
    def at(self) -> Ints:
        """Which of those asked for each change belongs to, shape (changes,)."""
        return np.repeat(np.arange(len(self.of)), np.diff(self.starts))

    def applied(self, matrix: Floats) -> Floats:
        """The rows asked for, shape (asked, columns)."""
        rows = matrix[self.of]
        rows[self.at, self.column] = self.value
        return rows
