"""What the model itself says of a case with usual values in place of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.numeric import Floats
from models.reasons.usual import Usual, Value


@dataclass(frozen=True)
class Substitution:
    """Row `row` with the usual values of the features `names` (by default none), else as it is."""

    row: int
    names: tuple[str, ...] = ()


def substituted(
    probability: Callable[[pl.DataFrame], Floats],
    x: pl.DataFrame,
    usual: Mapping[str, Usual],
    tried: Sequence[Substitution],
) -> Floats:
    """The probability of each row so changed, shape (tried,), in one call of `probability`.

    Where no value of a code is usual, the mean over its stand-ins by their weights: what is
    to be expected of the case if nothing is known of this fact.
    """
    rows: list[int] = []  # of `x`, one for each row that is asked
    asked_for: list[int] = []  # the position in `tried`
    weights: list[float] = []
    changes: dict[str, list[tuple[int, Value]]] = {}
    for position, one in enumerate(tried):
        for values, weight in _scenarios(one.names, usual):
            for name, value in values.items():
                changes.setdefault(name, []).append((len(rows), value))
            rows.append(one.row)
            asked_for.append(position)
            weights.append(weight)
    if not rows:
        return np.zeros(0)
    asked = x[rows].with_columns(_changed(x[name][rows], new) for name, new in changes.items())
    answers = probability(asked) * weights
    return np.bincount(asked_for, weights=answers).astype(np.float64)


def _scenarios(
    names: tuple[str, ...], usual: Mapping[str, Usual]
) -> list[tuple[dict[str, Value], float]]:
    """The values to put in together, with the weight of each answer."""
    if len(names) != 1:  # several are numbers about other cases: each has one usual value
        return [({name: usual[name].value for name in names}, 1.0)]
    (name,) = names
    return [({name: value}, weight) for value, weight in usual[name].stand_ins]


def _changed(column: pl.Series, new: Sequence[tuple[int, Value]]) -> pl.Series:
    positions, values = zip(*new, strict=True)
    return column.scatter(positions, pl.Series(values, dtype=column.dtype))
