"""Boosted trees whose probabilities are calibrated on time they were not fitted on.

Three steps, all in order of time:

1. *Rounds.* Boosting stops where log loss on the last fifth of the cases stops falling.
2. *Calibration.* The later half of the cases is cut into folds, each half as long as the
   one before. A fold is scored by trees fitted only on the cases before it, which is how
   the model will be used: on cases later than its own. The newest scores come from trees
   nearly as new as the final ones. A score is measured from the (weighted) mean score that
   its trees give to all the cases, the same for all folds, so that trees of a time with few
   defects and trees of today mean the same by it. On all of them level, slope and band are set
   (`models/calibration/level_and_band.py`).
3. *Refit.* The trees that are kept are fitted on all cases, with the same rounds, and the
   calibration stays: it says what trees fitted up to a date are worth on what comes after,
   and the final trees are one more in that series.

Trees are fitted with every case counting once; weights set level and slope alone. A case that
a draw over-sampled was drawn for what the trees can see of it, so that weighting it down
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

from cases.numeric import Flags, Floats
from models.calibration.level_and_band import Calibration, fit_calibration
from models.estimators.boosting import Trees, fit_trees, rounds_needed
from models.estimators.estimator import TrainingSample
from models.matrix import Columns

LATER_SHARE = 0.2  # decides when boosting stops
FOLDS = 5  # of the later half, each scored by trees fitted before it
FEWEST_SURVEYED = 50  # of either outcome, for the probability sample to calibrate alone


@dataclass
class CalibratedTrees:
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
        # Step 2: level, slope and band, on scores of the later half out of time.
        self.calibration_ = self._calibrated(sample)
        # Step 3: the trees that are kept, on all cases.
        self.trees_ = self._trees(sample)
        self.usual_ = _usual(self.trees_.raw(sample.x), sample)
        return self

    def predict(self, x: pl.DataFrame) -> Floats:
        """Calibrated probability per row."""
        return self.calibration_.probability(self._score(x))

    def interval(self, x: pl.DataFrame) -> tuple[Floats, Floats]:
        """Low and high per row: the 90 % band of the frequency among such cases.

        `x` holds the `moment` each case is asked about.
        """
        return self.calibration_.band(self._score(x), x["moment"])

    def as_json(self) -> dict[str, Any]:
        """Everything but the trees, for `from_json`."""
        return {
            "columns": self.columns_.as_json(),
            "monotone": dict(self.monotone),
            "rounds": self.rounds_,
            "usual": self.usual_,
            "calibration": self.calibration_.as_json(),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: str) -> Self:
        """The fitted model that `as_json` and the text of its trees describe.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
        columns = Columns.from_json(saved["columns"])
        model = cls(columns.names, dict(saved["monotone"]))
        model.columns_, model.rounds_ = columns, int(saved["rounds"])
        model.usual_ = float(saved["usual"])
        model.calibration_ = Calibration.from_json(saved["calibration"])
        model.trees_ = Trees.from_text(columns, trees)
        return model

    def _score(self, x: pl.DataFrame) -> Floats:
        """Log-odds beyond the mean of the cases it was fitted on, shape (rows,)."""
        return self.trees_.raw(x) - self.usual_

    def _calibrated(self, sample: TrainingSample) -> Calibration:
        scored = self._scores_out_of_time(sample)
        used = np.flatnonzero(np.isfinite(scored) & _calibrates(sample))
        offset = None if sample.offset is None else sample.offset[used]
        moment = sample.x["moment"][used]
        return fit_calibration(scored[used], sample.y[used], sample.weight[used], moment, offset)

    def _scores_out_of_time(self, sample: TrainingSample) -> Floats:
        """As `_score`, from trees fitted before each case; NaN for the earlier half."""
        scored = np.full(len(sample), np.nan)
        edges = [
            *(len(sample) - (len(sample) >> fold) for fold in range(1, FOLDS + 1)),
            len(sample),
        ]
        for start, end in pairwise(edges):
            raw = self._trees(sample.between(0, start)).raw(sample.x)
            scored[start:end] = raw[start:end] - _usual(raw, sample)
        return scored

    def _trees(self, sample: TrainingSample) -> Trees:
        return fit_trees(self.columns_, sample.unweighted(), self.rounds_, self.monotone)


def _usual(raw: Floats, sample: TrainingSample) -> float:
    """The mean score of all that the sample stands for."""
    return float(np.average(raw, weights=sample.weight))


def _calibrates(sample: TrainingSample) -> Flags:
    """The rows that may calibrate: the probability sample if it is large enough, else all."""
    outcomes = sample.y[len(sample) // 2 :][sample.surveyed[len(sample) // 2 :]]
    enough = min(outcomes.sum(), (1 - outcomes).sum()) >= FEWEST_SURVEYED
    return sample.surveyed if enough else np.ones(len(sample), dtype=bool)
