"""Features of a few cases as arrays: what a model reads, without a data frame in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags, Floats
from cases.tables.cells.arrays import Column

KEYS = ("case_id", "moment")


class FeatureRows(Protocol):
    """Rows of features: a frame, or `FewFeatures`."""

    @property
    def height(self) -> int:
        """How many there are."""

    def __getitem__(self, name: str, /) -> pl.Series:
        """A column."""


@dataclass(frozen=True)
class FewFeatures:
    """Rows of features, sorted by `case_id` and `moment` (`keys`).

    `numbers` has the row `places[name]` of each feature that is no code, NaN for unknown; `codes`
    are the others. `names` are in the order asked for. Reads as a frame does.
    """

    names: Sequence[str]
    keys: Mapping[str, Column]
    places: Mapping[str, int]
    numbers: Floats
    codes: Mapping[str, Column]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> FewFeatures:
        """The rows of a frame."""
        names = [name for name in frame.columns if name not in KEYS]
        codes = [name for name in names if frame.schema[name] == pl.String]
        plain = [name for name in names if frame.schema[name] != pl.String]
        numbers = [frame[name].cast(pl.Float64).to_numpy() for name in plain]
        return cls(
            names,
            {name: Column.of(frame[name]) for name in KEYS},
            {name: place for place, name in enumerate(plain)},
            np.array(numbers, dtype=np.float64).reshape(len(plain), frame.height),
            {name: Column.of(frame[name]) for name in codes},
        )

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.keys["case_id"].values)

    def __getitem__(self, name: str) -> pl.Series:
        """A column."""
        if name in self.places:
            return pl.Series(name, self.numbers[self.places[name]], nan_to_null=True)
        return (self.keys.get(name) or self.codes[name]).series(name)

    def numbers_of(self, names: Sequence[str]) -> Floats:
        """Some features, none of them a code, shape (rows, names); NaN for unknown."""
        return self.numbers[[self.places[name] for name in names]].T

    def where(self, kept: Flags) -> FewFeatures:
        """Some of the rows."""
        places = np.flatnonzero(kept)
        return replace(
            self,
            keys={name: column.at(places) for name, column in self.keys.items()},
            numbers=self.numbers[:, places],
            codes={name: column.at(places) for name, column in self.codes.items()},
        )

    @cached_property
    def frame(self) -> pl.DataFrame:
        """As a frame."""
        numbers = dict(zip(self.places, self._series(), strict=True))
        columns = [self[name] for name in KEYS]
        columns += [numbers[name] if name in numbers else self[name] for name in self.names]
        return pl.DataFrame(columns)

    def _series(self) -> list[pl.Series]:
        """A series a row of the numbers; each one alone would take as long as all."""
        names = list(self.places)
        if not self.numbers.size:
            return [pl.Series(name, [], dtype=pl.Float64) for name in names]
        matrix: NDArray[np.float64] = np.ascontiguousarray(self.numbers.T)
        every = pl.Series(matrix, nan_to_null=True)
        return every.arr.to_struct(names).struct.unnest().get_columns()
