"""Aggregates over the events of many cases: what `features/events.py` gives, in a few passes.

Events are sorted once. An element that several quantities share is taken once and added up per row
and activity; each quantity is then read from that table.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from cases.numeric import Floats, Ints
from cases.tables.tables import Tables, rows
from features.blocks import sorted_by
from features.events import PREVIOUS, rarity
from features.feature import OfEvents
from features.steps import steps_before

EXTREMES = {"min": (np.minimum, np.inf), "max": (np.maximum, -np.inf)}


def in_order(events: pl.DataFrame) -> pl.DataFrame:
    """As `events.in_order`."""
    ordered = sorted_by(events, "row", "at", "sequence")
    same = pl.col("row") == pl.col("row").shift(1)
    return ordered.with_columns(
        pl.when(same).then(pl.col(name).shift(1)).alias(f"previous_{name}") for name in PREVIOUS
    )


def with_rarity(tables: Tables, ordered: pl.DataFrame) -> pl.DataFrame:
    """As `events.with_rarity`: each step of a month is looked up once."""
    code = pl.col("activity").cast(pl.Categorical).to_physical().cast(pl.Int64)
    coded = ordered.select("row", "previous_activity", "activity", "moment", code=code)
    previous = pl.when(pl.col("previous_activity").is_not_null()).then(pl.col("code").shift(1))
    month = pl.col("moment").dt.year().cast(pl.Int64) * 12 + pl.col("moment").dt.month()
    codes = pl.col("code").max() + 1
    coded = coded.with_columns(step=(month * codes + previous) * codes + pl.col("code"))
    steps = coded.drop_nulls("step").unique("step")
    before = steps_before(tables, nw.from_native(steps.lazy()))
    bits = rows(before.with_columns(bits=rarity(tables.office)))
    key = ["previous_activity", "activity", "month"]
    steps = steps.with_columns(month=pl.col("moment").dt.truncate("1mo")).join(bits, on=key)
    found = coded.join(steps.select("step", "bits"), on="step", how="left", maintain_order="left")
    return ordered.with_columns(found["bits"])


@dataclass(frozen=True)
class EventTable:
    """Events of `count` rows: the row each is of, and its place among the `activities`.

    Those that the office file does not declare have the place behind the last.
    """

    count: int
    rows: Ints
    activities: Sequence[str]
    codes: Ints

    @classmethod
    def of(
        cls, count: int, rows: Ints, activities: Sequence[str], activity: pl.Series
    ) -> EventTable:
        """Of the activity of each event."""
        places = {name: place for place, name in enumerate(activities)}
        codes = activity.replace_strict(places, default=len(places), return_dtype=pl.Int64)
        return cls(count, rows, activities, codes.to_numpy())

    def aggregated(
        self, parts: Sequence[OfEvents], elements: Mapping[int, pl.Series]
    ) -> dict[str, pl.Series]:
        """Each part by its column; `elements` by the identity of theirs."""
        tables: dict[tuple[int, str], Floats] = {}
        found = {}
        for part in parts:
            values, cell = elements[id(part.element)], (id(part.element), part.how)
            if part.how == "distinct":
                found[part.column] = self._distinct(part, values)
                continue
            if cell not in tables:
                tables[cell] = self._table(values, part.how)
            found[part.column] = self._of(part, tables[cell], values.dtype)
        return found

    def _table(self, values: pl.Series, how: str) -> Floats:
        """The aggregate per activity and row, shape (activities + 1, count); times as numbers."""
        shape = (len(self.activities) + 1, self.count)
        size = shape[0] * self.count
        numbers = values.to_physical().cast(pl.Float64).to_numpy()
        cells = self.codes * self.count + self.rows
        if how == "sum":
            sums = np.bincount(cells, np.nan_to_num(numbers), size)
            return sums.astype(np.float64).reshape(shape)
        ufunc, worst = EXTREMES[how]
        table = np.full(size, worst)
        known = ~np.isnan(numbers)
        ufunc.at(table, cells[known], numbers[known])
        return table.reshape(shape)

    def _places(self, part: OfEvents) -> list[int]:
        """The activities that count; the undeclared ones too where all do."""
        if part.activities is None:
            return list(range(len(self.activities) + 1))
        return [self.activities.index(name) for name in part.activities]

    def _of(self, part: OfEvents, table: Floats, kind: pl.DataType) -> pl.Series:
        """A part from the table of its element: a sum, or an extreme, which may be unknown."""
        of_part = table[self._places(part)]
        if part.how == "sum":
            # One after the other, so that it is to the last bit what a lookup gives; 0 of none.
            return pl.Series(functools.reduce(np.add, of_part, np.zeros(self.count)))
        ufunc, worst = EXTREMES[part.how]
        extreme = ufunc.reduce(of_part, axis=0, initial=worst)
        found = pl.Series(np.where(np.isinf(extreme), np.nan, extreme), nan_to_null=True)
        return found.cast(pl.Int64).cast(kind) if kind.is_temporal() else found

    def _distinct(self, part: OfEvents, values: pl.Series) -> pl.Series:
        """How many different values other than null each row has."""
        seen = pl.DataFrame({"row": self.rows, "value": values})
        if part.activities is not None:
            seen = seen.filter(np.isin(self.codes, self._places(part)))
        counted = seen.drop_nulls().group_by("row").agg(pl.col("value").n_unique())
        counts = np.zeros(self.count)
        counts[counted["row"].to_numpy()] = counted["value"].to_numpy()
        return pl.Series(counts)
