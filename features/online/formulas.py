"""Formulas of a few cases: features that share one are computed together, one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from cases.numeric import Floats
from features.feature import Feature, Formula
from features.online.deferred import Deferred, run

TIME = pl.Datetime("us")
NUMBER, TEXT = pl.Float64(), pl.String()


@dataclass(frozen=True)
class Shared:
    """A formula with the types of its inputs, and the features that are computed by it."""

    formula: Formula
    types: tuple[pl.DataType, ...]
    features: list[Feature]


class Formulas:
    """The formulas of some features as one plan; `types` are those of the inputs, by column."""

    def __init__(self, features: Sequence[Feature], types: Mapping[str, pl.DataType]) -> None:
        groups: dict[tuple[object, ...], Shared] = {}
        for feature in features:
            of = tuple(types[part.column] for part in feature.inputs)
            shared = Shared(feature.formula, of, [])
            groups.setdefault((feature.formula, feature.type, *of), shared).features.append(feature)
        self.groups = list(groups.values())
        self.most = max((len(group.features) for group in self.groups), default=0)
        self.source = Deferred(
            {
                _input(number, position): kind
                for number, group in enumerate(self.groups)
                for position, kind in enumerate(group.types)
            }
        )
        results = map(_result, range(len(self.groups)), self.groups)
        computed = self.source.frame.select(nw.lit(None).alias("nothing"), *results)
        self.plan: pl.LazyFrame = computed.to_native()

    def values(self, inputs: Mapping[str, Floats | pl.Series], count: int) -> dict[str, pl.Series]:
        """Each feature of `count` cases, by name; numbers and times come as floats, NaN if unknown.

        All groups are as long as the longest, so that they are columns of one frame.
        """
        length = self.most * count
        stacked = {
            _input(number, position): _stacked(
                [inputs[feature.inputs[position].column] for feature in group.features],
                kind,
                length,
            )
            for number, group in enumerate(self.groups)
            for position, kind in enumerate(group.types)
        }
        self.source.given = pl.DataFrame(stacked)
        results = run(self.plan)
        return {
            feature.name: results[f"of_{number}"].slice(place * count, count)
            for number, group in enumerate(self.groups)
            for place, feature in enumerate(group.features)
        }


def _input(number: int, position: int) -> str:
    return f"in_{number}_{position}"


def _result(number: int, group: Shared) -> nw.Expr:
    columns = (nw.col(_input(number, position)) for position in range(len(group.types)))
    kind = nw.String() if group.features[0].type == "code" else nw.Float64()
    return group.formula(*columns).cast(kind).alias(f"of_{number}")


def _stacked(parts: Sequence[Floats | pl.Series], kind: pl.DataType, length: int) -> pl.Series:
    """The parts below each other, filled up with what is unknown."""
    if kind == TEXT:
        texts = pl.concat([pl.Series(part, dtype=TEXT) for part in parts])
        return texts.extend_constant(None, length - len(texts))
    numbers = np.full(length, np.nan)
    numbers[: len(parts) * len(parts[0])] = np.concatenate(parts)
    values = pl.Series(numbers, nan_to_null=True)
    return values if kind == NUMBER else values.cast(pl.Int64).cast(TIME)
