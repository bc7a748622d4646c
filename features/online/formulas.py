"""Formulas of a few cases: features that share one are computed together, one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np

from features.feature import Feature, Formula
from features.online.arrays.columns import Column
from features.online.arrays.frames import Run, source
from features.online.arrays.rows import Rows

NUMBER = "f"  # the kind of a quantity as NumPy has it; texts are "O" and times "M"
RESULT = "result"


@dataclass
class Shared:
    """A formula with the kinds of its inputs, traced, and the features that are computed by it."""

    formula: Formula
    kinds: tuple[str, ...]
    code: bool
    features: list[Feature] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [f"input {position}" for position in range(len(self.kinds))]
        self.source, frame = source(names)
        value = self.formula(*map(nw.col, names)).cast(nw.String() if self.code else nw.Float64())
        self.frame = frame.select(value.alias(RESULT))

    def values(self, inputs: Mapping[str, Column], count: int) -> Column:
        """The features of `count` cases, one below the other, of inputs as `prepared`."""
        rows = {
            name: _below(
                [inputs[feature.inputs[position].column] for feature in self.features],
                self.kinds[position],
            )
            for position, name in enumerate(self.source.columns)
        }
        run = Run()
        run.give(self.source, lambda: Rows(rows, count * len(self.features)))
        return run.of(self.frame).columns[RESULT]


def prepared(inputs: Mapping[str, Column], kinds: Mapping[str, str]) -> dict[str, Column]:
    """The inputs as formulas take them: numbers and flags as floats, NaN for null."""
    return {
        name: Column(column.numbers()) if kinds[name] == NUMBER else column
        for name, column in inputs.items()
    }


def shared(features: Sequence[Feature], kinds: Mapping[str, str]) -> list[Shared]:
    """The formulas of the features; `kinds` are those of the inputs, by column."""
    groups: dict[tuple[Any, ...], Shared] = {}
    for feature in features:
        of = tuple(kinds[part.column] for part in feature.inputs)
        code = feature.type == "code"
        key = (feature.formula, code, *of)
        if key not in groups:
            groups[key] = Shared(feature.formula, of, code)
        groups[key].features.append(feature)
    return list(groups.values())


def _below(columns: Sequence[Column], kind: str) -> Column:
    """The columns one below the other; numbers that are not known are NaN."""
    if kind == NUMBER:
        numbers = np.concatenate([column.values for column in columns])
        null = np.isnan(numbers)
        return Column(numbers, null if null.any() else None)
    values = np.concatenate([column.values for column in columns])
    if all(column.null is None for column in columns):
        return Column(values)
    return Column(values, np.concatenate([~column.known() for column in columns]))
