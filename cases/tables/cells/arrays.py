"""Rows of few cases as NumPy columns, which are quicker to make and to read than a data frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags, Floats, Ints

TIME = "datetime64[us]"
EPOCH, MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)
KINDS: dict[Any, tuple[Any, Any]] = {  # how NumPy has each type, and what stands for null
    pl.String: (object, None),
    pl.Float64: (np.float64, np.nan),
    pl.Int64: (np.int64, 0),
    pl.Boolean: (bool, False),
    pl.Datetime: (TIME, EPOCH),
}

Name = TypeVar("Name")
Made = TypeVar("Made")


class OnDemand(Mapping[Name, Made]):
    """Values that are made when one is asked for, and once."""

    def __init__(self, names: Iterable[Name], make: Callable[[Name], Made]) -> None:
        self._made: dict[Name, Made | None] = dict.fromkeys(names)
        self._make = make

    def __getitem__(self, name: Name) -> Made:
        found = self._made[name]
        if found is None:
            found = self._made[name] = self._make(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._made

    def __iter__(self) -> Iterator[Name]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True, slots=True)
class Column:
    """Values of shape (rows,).

    Texts are objects, times datetime64 in microseconds. What stands where `null` is set means
    nothing; None for no null at all.
    """

    values: NDArray[Any]
    null: Flags | None = None

    @classmethod
    def of(cls, series: pl.Series) -> Column:
        """A column of a table."""
        if not series.null_count():
            return cls(series.to_numpy())
        null = series.is_null().to_numpy()
        if series.dtype == pl.Boolean or series.dtype.is_integer():  # else they become others
            series = series.fill_null(value=False if series.dtype == pl.Boolean else 0)
        return cls(series.to_numpy(), null)

    @classmethod
    def of_values(cls, values: Sequence[Any], dtype: Any) -> Column:
        """A column of this type; None for null."""
        (kind, nothing), null = KINDS[dtype.base_type()], None
        if None in values:
            null = np.array([value is None for value in values])
            values = [nothing if value is None else value for value in values]
        if kind == TIME:  # NumPy takes several times as long
            values = [(value - EPOCH) // MICROSECOND for value in values]
        return cls(np.array(values, dtype=kind), null)

    def series(self, name: str) -> pl.Series:
        """As Polars has it; NaN is null too."""
        values = self.values
        if values.dtype == object:
            return pl.Series(name, self.listed(), dtype=pl.String)
        if self.null is None:
            return pl.Series(name, values, nan_to_null=True)
        if values.dtype.kind in "bi":
            return pl.Series(
                name, self.listed(), dtype=pl.Boolean if values.dtype == bool else pl.Int64
            )
        unknown = np.datetime64("NaT") if values.dtype.kind == "M" else np.nan
        return pl.Series(name, np.where(self.null, unknown, values), nan_to_null=True)

    def listed(self) -> list[Any]:
        """The values as Python has them, None for null."""
        values: list[Any] = self.values.tolist()
        if self.null is None:
            return values
        return [
            None if unknown else value for value, unknown in zip(values, self.null, strict=True)
        ]

    def numbers(self) -> Floats:
        """Numbers, flags and times (in microseconds, exactly) as floats; null is NaN."""
        values = self.values.view(np.int64) if self.values.dtype.kind in "mM" else self.values
        floats: Floats = values.astype(np.float64, copy=False)
        return floats if self.null is None else np.where(self.null, np.nan, floats)

    def holds(self) -> Flags:
        """Of flags, which are set; those that are null are not."""
        return self.values if self.null is None else self.values & ~self.null

    def at(self, places: Ints) -> Column:
        """The rows at these places."""
        return Column(self.values[places], None if self.null is None else self.null[places])


@dataclass(frozen=True)
class Rows:
    """Columns of some rows."""

    columns: Mapping[str, Column]
    height: int

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Rows:
        """The rows of a Polars frame."""
        columns = OnDemand(frame.columns, lambda name: Column.of(frame[name]))
        return cls(columns, frame.height)

    def at(self, places: Ints) -> Rows:
        """The rows at these places."""
        columns = OnDemand(self.columns, lambda name: self.columns[name].at(places))
        return Rows(columns, len(places))

    def frame(self) -> pl.DataFrame:
        """As a Polars frame."""
        return pl.DataFrame([column.series(name) for name, column in self.columns.items()])
