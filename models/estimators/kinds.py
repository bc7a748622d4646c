"""The kinds of model: a sum of terms (logistic regression), boosted trees, or both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cases.numeric import Floats
from models.estimators.boosting import Trees
from models.estimators.linear import Linear
from models.estimators.scorer import Scorer
from models.matrix import Columns

LOGISTIC, TREES, BLEND = "logistic", "trees", "blend"


@dataclass(frozen=True)
class Blend:
    """The mean of the log-odds of a regression and of trees that read the same columns."""

    linear: Linear
    trees: Trees

    @property
    def columns(self) -> Columns:
        """The columns both read."""
        return self.trees.columns

    def raw(self, x: pl.DataFrame) -> Floats:
        """Log-odds per row, shape (rows,)."""
        return mean_of(self.linear.raw(x), self.trees.raw(x))

    def contributions(self, x: pl.DataFrame) -> Floats:
        """The mean of both, as a mean of sums is the sum of means; shape (rows, columns + 1)."""
        return mean_of(self.linear.contributions(x), self.trees.contributions(x))

    def as_json(self) -> dict[str, Any]:
        """Both parts."""
        return {"linear": self.linear.as_json(), "trees": self.trees.as_json()}

    def text(self) -> str:
        """The text of the trees."""
        return self.trees.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Blend:
        """The blend that `as_json` and `text` described; `ValueError` for anything else."""
        blend = cls(Linear.from_json(saved["linear"]), Trees.from_json(saved["trees"], text))
        if blend.linear.columns != blend.trees.columns:
            raise ValueError("the two parts of a blend read different columns")
        return blend


def mean_of(linear: Floats, trees: Floats) -> Floats:
    """How two log-odds become one."""
    return (linear + trees) / 2


KINDS: dict[str, type[Scorer]] = {LOGISTIC: Linear, TREES: Trees, BLEND: Blend}


def scorer_from_json(kind: str, saved: Mapping[str, Any], text: str) -> Scorer:
    """The saved scorer of a kind; `ValueError` for a kind that is none of `KINDS`."""
    if kind not in KINDS:
        raise ValueError("a kind of model that is not known")
    return KINDS[kind].from_json(saved, text)
