"""Case facts cut into levels, by which groups of cases are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Office

BUILT_IN = {
    "kind": _("kind of case"),
    "unit": _("unit"),
    "days_open": _("days from opening to closing"),
}
YES_NO = {True: _("yes"), False: _("no")}
QUARTILES = (0.25, 0.5, 0.75)
MOST_LEVELS = 10  # of a code; rarer ones are taken for unknown


@dataclass(frozen=True)
class Fact:
    """One attribute of some cases: its `levels` in order, and which one each case has.

    `level` has shape (cases,) and holds places in `levels`, -1 where the value is unknown or
    one of the rarer codes.
    """

    attribute: str
    meaning: Text
    levels: tuple[Text, ...]
    level: NDArray[np.int64]


def fact(office: Office, cases: pl.DataFrame, attribute: str) -> Fact:
    """An attribute of `cases`, rows of the case table.

    Numbers are cut at their quartiles, dates into years; of a code the `MOST_LEVELS` most
    frequent count. `attribute` is one of the office's own or of `BUILT_IN`.
    """
    values, meaning = _values(office, cases, attribute), _meaning(office, attribute)
    if values.dtype.is_numeric():
        return Fact(attribute, meaning, *_quartiles(values))
    return Fact(attribute, meaning, *_named(values))


def _meaning(office: Office, attribute: str) -> Text:
    declared = office.attributes.get(attribute)
    return declared.meaning if declared else BUILT_IN[attribute]


def _values(office: Office, cases: pl.DataFrame, attribute: str) -> pl.Series:
    if attribute == "days_open" and attribute not in office.attributes:
        lasted = pl.col("closed_at") - pl.col("opened_at")
        return cases.select(lasted.dt.total_seconds() / 86_400).to_series().round(1)
    values = cases[attribute]
    return values.dt.year().cast(pl.String) if values.dtype.is_temporal() else values


def _quartiles(values: pl.Series) -> tuple[tuple[Text, ...], NDArray[np.int64]]:
    numbers = values.cast(pl.Float64).to_numpy()
    known = np.isfinite(numbers)
    if not known.any():
        return (), np.full(len(numbers), -1)
    breaks = np.unique(np.quantile(numbers[known], QUARTILES, method="inverted_cdf"))
    _, parts = np.unique(np.searchsorted(breaks, numbers[known]), return_inverse=True)
    level = np.full(len(numbers), -1)
    level[known] = parts
    return tuple(_range(numbers[level == part]) for part in range(parts.max() + 1)), level


def _range(numbers: NDArray[np.float64]) -> Text:
    low, high = float(numbers.min()), float(numbers.max())
    return Text(en=f"{low:g}" if low == high else f"{low:g}–{high:g}")


def _named(values: pl.Series) -> tuple[tuple[Text, ...], NDArray[np.int64]]:
    known = values.drop_nulls()
    known = known.filter(known != "") if known.dtype == pl.String else known
    counts = known.value_counts(name="times").sort(["times", values.name], descending=[True, False])
    kept: list[Any] = sorted(counts[values.name].head(MOST_LEVELS))
    place = {value: number for number, value in enumerate(kept)}
    level = np.array([place.get(value, -1) for value in values], dtype=np.int64)
    return tuple(YES_NO[one] if isinstance(one, bool) else Text(en=one) for one in kept), level
