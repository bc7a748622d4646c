"""How well later cases can be told to be one person's or another's, beyond what kind they are.

The measure is the share of pairs told right: of a case of a person (or unit) and a case of
another, both of the same stratum, the first has the higher probability of being that person's.
Half is chance. It is the mean of the areas under the curve of one against the rest (Hand and
Till 2001, Machine Learning 45), each inside the strata; its interval is that of a ratio of two
U-statistics by their projections (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import polars as pl

from cases.numeric import Floats, Ints, Z
from evaluation.statistics.metrics import Figure
from models.estimators.boosting import SETTINGS
from models.matrix import Columns

ROUNDS = 30
# Shallow trees, which find a weekday as well as deep ones, and one tree a person and round.
SHALLOW = {"objective": "multiclass", "num_leaves": 7, "learning_rate": 0.1}


@dataclass(frozen=True)
class Classifier:
    """Trees that give each case a probability per class."""

    columns: Columns
    booster: lgb.Booster

    @classmethod
    def fit(cls, x: pl.DataFrame, names: Sequence[str], classes: Ints) -> Classifier:
        """On the features `names`; `classes` are numbered from 0, one per row."""
        columns = Columns.learn(x, names)
        data = lgb.Dataset(columns.matrix(x), classes, categorical_feature=columns.codes)
        settings = SETTINGS | SHALLOW | {"num_class": int(classes.max()) + 1}
        return cls(columns, lgb.train(settings, data, num_boost_round=ROUNDS))

    def scores(self, x: pl.DataFrame) -> Floats:
        """Probability per row and class, shape (rows, classes)."""
        return np.asarray(self.booster.predict(self.columns.matrix(x), num_threads=1))

    def most_used(self, most: int) -> list[str]:
        """The features that gained most, the first the most."""
        gain = self.booster.feature_importance("gain")
        return [self.columns.names[place] for place in np.argsort(-gain)[:most] if gain[place] > 0]


def told_right(scores: Floats, classes: Ints, strata: Ints) -> Figure:
    """The share of pairs of the same stratum told right, with its 95% interval.

    `scores` has shape (rows, classes). Without a pair of different classes in one stratum there
    is no figure.

    >>> scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    >>> told_right(scores, np.array([0, 1, 1]), np.array([0, 0, 0])).value
    1.0
    """
    right, pairs = np.zeros(len(classes)), np.zeros(len(classes))  # of the pairs each case is in
    for stratum in np.unique(strata):
        for one in np.unique(classes[strata == stratum]):
            own = np.flatnonzero((strata == stratum) & (classes == one))
            others = np.flatnonzero((strata == stratum) & (classes != one))
            gap = scores[own, one][:, None] - scores[others, one]
            won = (gap > 0) + 0.5 * (gap == 0)
            right[own] += won.sum(axis=1)
            right[others] += won.sum(axis=0)
            pairs[own] += len(others)
            pairs[others] += len(own)
    if not pairs.any():
        return Figure.of_few(len(classes))
    share = float(right.sum() / pairs.sum())
    # Every pair was counted for both of its cases; a case's part in the share is twice that of one.
    margin = Z * float(np.sqrt(np.square(2 * (right - share * pairs) / pairs.sum()).sum()))
    return Figure(share, max(0.0, share - margin), min(1.0, share + margin), len(classes))
