"""What is usual of each feature, among the cases that a model learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from features.feature import Feature

Value = float | str | None

MOST_CASES = 0.5  # share of the cases from which on a code or a flag is the usual one
KEPT_VALUES = 50  # of a code, by share of the cases; all others are rare
STAND_INS = 5  # values that are tried in place of a code where none is usual


@dataclass(frozen=True)
class Usual:
    """What is usual of one feature.

    `value` is the median of a number, the commonest of codes and flags; None where most cases
    have no value. `shares` are the values of a code or flag with their shares of the cases, the
    commonest first (None: without a value); empty for a number. `contribution` is what the
    feature adds to the log-odds in the mean of the latest cases.
    """

    value: Value
    shares: tuple[tuple[Value, float], ...] = ()
    contribution: float = 0.0

    @property
    def is_usual(self) -> bool:
        """Whether at least half of the cases have `value`; of a number the median always counts."""
        return not self.shares or self.shares[0][1] >= MOST_CASES

    @property
    def stand_ins(self) -> list[tuple[Value, float]]:
        """What to put in place of a case's own value, with weights that sum to 1.

        The usual value; of a code without one the commonest, by their shares.

        >>> Usual("a", (("a", 0.375), ("b", 0.125))).stand_ins
        [('a', 0.75), ('b', 0.25)]
        """
        if self.is_usual:
            return [(self.value, 1.0)]
        chosen = self.shares[:STAND_INS]
        total = sum(share for _value, share in chosen)
        return [(value, share / total) for value, share in chosen]

    def share(self, value: Value) -> float | None:
        """The share of the cases that have a value of a code or flag; None if it is rare."""
        return dict(self.shares).get(value)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {
            "value": self.value,
            "shares": [list(pair) for pair in self.shares],
            "contribution": self.contribution,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Usual:
        """As it was saved; `ValueError`, `KeyError` or `TypeError` for anything else."""
        shares = tuple((_value(value), float(share)) for value, share in saved["shares"])
        return cls(_value(saved["value"]), shares, float(saved["contribution"]))


def usual_values(
    x: pl.DataFrame, features: Mapping[str, Feature], contributions: Mapping[str, float]
) -> dict[str, Usual]:
    """What is usual among the rows of `x`, of the features that `contributions` names."""
    return {name: _usual(x[name], features[name], adds) for name, adds in contributions.items()}


def _usual(column: pl.Series, feature: Feature, contribution: float) -> Usual:
    if feature.unit in ("code", "flag"):
        return _of_code(column, contribution)
    median = None if column.null_count() * 2 > len(column) else column.median()
    value = float(median) if isinstance(median, int | float) else None
    return Usual(value, contribution=contribution)


def _of_code(column: pl.Series, contribution: float) -> Usual:
    counts = column.alias("value").value_counts(name="cases")
    counts = counts.sort("cases", "value", descending=[True, False], nulls_last=True)
    shares = tuple(
        (value, cases / len(column)) for value, cases in islice(counts.iter_rows(), KEPT_VALUES)
    )
    if shares and shares[0][1] >= MOST_CASES:
        return Usual(shares[0][0], shares, contribution)
    commonest = next((value for value, _share in shares if value is not None), None)
    return Usual(commonest, shares, contribution)


def _value(saved: object) -> Value:
    if saved is None or isinstance(saved, str):
        return saved
    if isinstance(saved, int | float):
        return float(saved)
    raise TypeError("is no value of a feature")
