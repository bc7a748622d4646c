"""Boosted trees whose probabilities are calibrated on time they were not fitted on.

Three steps, all in order of time:

1. *Rounds.* Boosting stops where log loss on the last fifth of the cases stops falling.
2. *Calibration.* The later half of the cases is cut into folds, each half as long as the
   one before. A fold is scored by trees fitted only on the cases before it, which is how
   the model will be used: on cases later than its own. The newest scores come from trees
   nearly as new as the final ones. On all of them, recent ones counting more, the level
   is set and the interval fitted (`models/calibration/level_and_interval.py`).
3. *Refit.* The trees that are kept are fitted on all cases, with the same rounds, and the
   calibration stays: it says what trees fitted up to a date are worth on what comes after,
   and the final trees are one more in that series.

Trees are fitted with every case counting once; weights set the level alone. A case that a
draw over-sampled was drawn for what the trees can see of it, so that weighting it down
again would gain nothing and lose most of what the reviews taught (Shimodaira 2000, on
covariate shift). The level of all cases does depend on which were drawn.

Only cases from a probability sample calibrate where there are enough of them: cases
that were chosen by hand are not a sample, and would set the level of every risk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Self

import numpy as np
import polars as pl
from scipy.special import expit

from cases.numeric import Flags, Floats
from models.calibration.level_and_interval import VennAbers, level_shift
from models.estimators.boosting import Trees, fit_trees, rounds_needed
from models.estimators.estimator import TrainingSample
from models.estimators.kinds import TREES, scorer_from_json
from models.estimators.scorer import Scorer
from models.matrix import Columns

LATER_SHARE = 0.2  # decides when boosting stops
FOLDS = 5  # of the later half, each scored by trees fitted before it
HALF_LIFE = 500  # cases after which a score counts half in the calibration
FEWEST_SURVEYED = 50  # of either outcome, for the probability sample to calibrate alone


@dataclass
class CalibratedModel:
    """LightGBM on `names`, calibrated on later time; see the module's text for how.

    `monotone` holds +1 for features with which the probability may only rise, -1 for those with
    which it may only fall.
    """

    names: Sequence[str]
    monotone: Mapping[str, int] = field(default_factory=dict)

    def fit(self, sample: TrainingSample) -> Self:
        """Fit on cases with known outcomes; both outcomes must occur in the earlier half."""
        # Step 1: how many rounds, by the last fifth of the cases.
        self.columns_ = Columns.learn(sample.x, self.names)
        later = round(len(sample) * (1 - LATER_SHARE))
        self.rounds_ = rounds_needed(
            self.columns_,
            sample.between(0, later).unweighted(),
            sample.between(later, len(sample)).unweighted(),
            self.monotone,
        )
        # Step 2: level and interval, on scores of the later half out of time.
        scored = self._scores_out_of_time(sample)
        used = np.flatnonzero(np.isfinite(scored) & _calibrates(sample))
        score, y = scored[used], sample.y[used]
        if sample.offset is not None:
            score = score + sample.offset[used]
        weight = sample.weight[used] * 0.5 ** (np.arange(len(used))[::-1] / HALF_LIFE)
        self.shift_ = level_shift(score, y, weight)
        self.interval_ = VennAbers.fit(score, y, weight)
        # Step 3: the trees that are kept, on all cases.
        self.kind_: str = TREES
        self.scorer_: Scorer = self._trees(sample)
        return self

    def predict(self, x: pl.DataFrame) -> Floats:
        """Calibrated probability per row."""
        return np.asarray(expit(self.scorer_.raw(x) + self.shift_))

    def interval(self, x: pl.DataFrame) -> tuple[Floats, Floats]:
        """Low and high per row: the Venn-Abers interval, widened to hold `predict`."""
        raw = self.scorer_.raw(x)
        low, high = self.interval_.interval(raw)
        probability = expit(raw + self.shift_)
        return np.minimum(low, probability), np.maximum(high, probability)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""
        return {
            "kind": self.kind_,
            "scorer": self.scorer_.as_json(),
            "monotone": dict(self.monotone),
            "rounds": self.rounds_,
            "shift": self.shift_,
            "interval": self.interval_.as_json(),
        }

    def text(self) -> str:
        """The text of the scorer's trees, if it has any."""
        return self.scorer_.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """The fitted model that `as_json` and `text` describe.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
        scorer = scorer_from_json(saved["kind"], saved["scorer"], text)
        model = cls(scorer.columns.names, dict(saved["monotone"]))
        model.kind_, model.scorer_ = str(saved["kind"]), scorer
        model.rounds_ = int(saved["rounds"])
        model.shift_ = float(saved["shift"])
        model.interval_ = VennAbers.from_json(saved["interval"])
        return model

    def _scores_out_of_time(self, sample: TrainingSample) -> Floats:
        """Log-odds of the later half from trees fitted before; NaN for the earlier half."""
        scored = np.full(len(sample), np.nan)
        edges = [
            *(len(sample) - (len(sample) >> fold) for fold in range(1, FOLDS + 1)),
            len(sample),
        ]
        for start, end in pairwise(edges):
            trees = self._trees(sample.between(0, start))
            scored[start:end] = trees.raw(sample.x[start:end])
        return scored

    def _trees(self, sample: TrainingSample) -> Trees:
        return fit_trees(self.columns_, sample.unweighted(), self.rounds_, self.monotone)


def _calibrates(sample: TrainingSample) -> Flags:
    """The rows that may calibrate: the probability sample if it is large enough, else all."""
    outcomes = sample.y[len(sample) // 2 :][sample.surveyed[len(sample) // 2 :]]
    enough = min(outcomes.sum(), (1 - outcomes).sum()) >= FEWEST_SURVEYED
    return sample.surveyed if enough else np.ones(len(sample), dtype=bool)
