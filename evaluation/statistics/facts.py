"""Case facts cut into levels, by which groups of cases are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.language.messages import Sayable, _
from cases.language.texts import Text
from cases.numeric import Floats, Ints
from cases.office.model import Office
from features.families.attributes import BUILT_IN

DAYS_OPEN = "days_open"
MEANINGS: dict[str, Sayable] = {**BUILT_IN, DAYS_OPEN: _("days from opening to closing")}
YES_NO = {True: _("yes"), False: _("no")}
QUARTILES = (0.25, 0.5, 0.75)
MOST_LEVELS = 10  # of a code; rarer ones are taken for unknown


@dataclass(frozen=True)
class Fact:
    """One attribute of some cases: its `levels` in order, and which one each case has.

    `level` has shape (cases,) and holds indices of `levels`, -1 where the value is unknown or
    one of the rarer codes.
    """

    attribute: str
    meaning: Sayable
    levels: tuple[Sayable, ...]
    level: Ints


def fact(office: Office, cases: pl.DataFrame, attribute: str) -> Fact:
    """An attribute of `cases`, rows of the case table.

    Numbers are cut at their quartiles, dates into years; of a code the `MOST_LEVELS` most
    frequent count. `attribute` is one of the office's own or of `MEANINGS`.
    """
    values, meaning = _values(office, cases, attribute), meaning_of(office, attribute)
    if values.dtype.is_numeric():
        return Fact(attribute, meaning, *_quartiles(values))
    return Fact(attribute, meaning, *_named(values))


def meaning_of(office: Office, attribute: str) -> Sayable:
    """What an attribute of the office's own, or one of `MEANINGS`, means."""
    declared = office.attributes.get(attribute)
    return declared.meaning if declared else MEANINGS[attribute]


def _values(office: Office, cases: pl.DataFrame, attribute: str) -> pl.Series:
    if attribute == DAYS_OPEN and attribute not in office.attributes:
        lasted = pl.col("closed_at") - pl.col("opened_at")
        return cases.select(lasted.dt.total_seconds() / 86_400).to_series().round(1)
    values = cases[attribute]
    return values.dt.year().cast(pl.String) if values.dtype.is_temporal() else values


def _quartiles(values: pl.Series) -> tuple[tuple[Sayable, ...], Ints]:
    numbers = values.cast(pl.Float64).to_numpy()
    known = np.isfinite(numbers)
    level: Ints = np.full(len(numbers), -1)
    if not known.any():
        return (), level
    # Quartiles that are values of cases; equal ones, and parts without a case, fall away.
    breaks = np.unique(np.quantile(numbers[known], QUARTILES, method="inverted_cdf"))
    _unique, parts = np.unique(np.searchsorted(breaks, numbers[known]), return_inverse=True)
    level[known] = parts
    return tuple(_range(numbers[level == part]) for part in range(parts.max() + 1)), level


def _range(numbers: Floats) -> Sayable:
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        return _("{value:g}", value=low)
    return _("{low:g}–{high:g}", low=low, high=high)


def _named(values: pl.Series) -> tuple[tuple[Sayable, ...], Ints]:
    known = values.drop_nulls()
    known = known.filter(known != "") if known.dtype == pl.String else known
    counts = known.value_counts(name="times").sort(["times", values.name], descending=[True, False])
    kept: list[Any] = sorted(counts[values.name].head(MOST_LEVELS))
    index = {value: number for number, value in enumerate(kept)}
    level = np.array([index.get(value, -1) for value in values], dtype=np.int64)
    return tuple(_level_name(value) for value in kept), level


def _level_name(value: bool | str) -> Sayable:
    return YES_NO[value] if isinstance(value, bool) else Text(en=value)
