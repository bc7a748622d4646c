"""The kinds of model: a sum of terms (logistic regression), boosted trees, or both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from cases.numeric import Floats
from models.estimators.boosting import Trees
from models.estimators.linear import Linear
from models.estimators.scorer import OnFrames, Scorer
from models.matrix import Changes, Columns

LOGISTIC, TREES, BLEND = "logistic", "trees", "blend"


@dataclass(frozen=True)
class Blend(OnFrames):
    """The log-odds of a regression plus `of_trees` times those of trees, on the same columns."""

    linear: Linear
    trees: Trees
    of_trees: float

    @property
    def columns(self) -> Columns:
        """The columns both read."""
        return self.trees.columns

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row, shape (rows,)."""
        return self._sum(self.linear.raw_of(matrix), self.trees.raw_of(matrix))

    def contributions_of(self, matrix: Floats) -> Floats:
        """The same sum of both, exact as sums are; shape (rows, columns + 1)."""
        return self._sum(self.linear.contributions_of(matrix), self.trees.contributions_of(matrix))

    def changed(self, matrix: Floats, changes: Changes) -> Floats:
        """Log-odds of rows of `matrix` with some values changed, shape (asked,)."""
        of_linear = self.linear.changed(matrix, changes)
        return self._sum(of_linear, self.trees.changed(matrix, changes))

    def as_json(self) -> dict[str, Any]:
        """Both parts, and what the trees count."""
        parts = {"linear": self.linear.as_json(), "trees": self.trees.as_json()}
        return parts | {"of_trees": self.of_trees}

    def text(self) -> str:
        """The text of the trees."""
        return self.trees.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Blend:
        """The blend that `as_json` and `text` described; `ValueError` for anything else."""
        linear = Linear.from_json(saved["linear"])
        trees = Trees.from_json(saved["trees"], text)
        if linear.columns != trees.columns:
            raise ValueError("the two parts of a blend read different columns")
        of_trees = float(saved["of_trees"])
        if not 0 <= of_trees < inf:  # below 0 no direction would hold
            raise ValueError("the weight of the trees is no weight")
        return cls(linear, trees, of_trees)

    def _sum(self, linear: Floats, trees: Floats) -> Floats:
        return linear + self.of_trees * trees


KINDS: dict[str, type[Scorer]] = {LOGISTIC: Linear, TREES: Trees, BLEND: Blend}


def scorer_from_json(kind: str, saved: Mapping[str, Any], text: str) -> Scorer:
    """The saved scorer of a kind; `ValueError` for a kind that is none of `KINDS`."""
    if kind not in KINDS:
        raise ValueError("a kind of model that is not known")
    return KINDS[kind].from_json(saved, text)
