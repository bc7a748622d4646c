"""A risk model of the kind that suits the data, calibrated on time it was not fitted on.

Four steps, all in order of time:

1. *Scores out of time.* The later half of the cases is cut into folds, each half as long as
   the one before. A fold is scored by models fitted only on the cases before it, which is how
   the model will be used: on cases later than its own. The newest scores come from models
   nearly as new as the final one. The trees of all folds are boosted together, until log loss
   on what they score stops falling.
2. *Kind.* Boosted trees, logistic regression or a weighted sum of both, by these scores
   (`choice.py`).
3. *Calibration.* On the scores of that kind, recent ones counting more, the level is set and
   the interval fitted (`models/calibration/level_and_interval.py`).
4. *Refit.* The model that is kept is fitted on all cases, its trees with the same rounds, and the
   calibration stays: it says what such models fitted up to a date are worth on what comes
   after, and the final one is one more in that series.

Models are fitted with every case counting once; weights set the level alone. A case that a
draw over-sampled was drawn for what the model can see of it, so that weighting it down
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
from models.estimators.boosting import fit_folds, fit_trees
from models.estimators.choice import Choice, choose
from models.estimators.estimator import TrainingSample
from models.estimators.kinds import LOGISTIC, TREES, Blend, scorer_from_json
from models.estimators.linear import Linear, fit_linear
from models.estimators.scorer import Scorer
from models.matrix import Columns

FOLDS = 4  # of the later half, each scored by models fitted before it
HALF_LIFE = 500  # cases after which a score counts half in the calibration
PRIOR_VARIANCE = 0.01  # of the regression's coefficients; the features are many
FEWEST_SURVEYED = 50  # of either outcome, for the probability sample to calibrate alone


@dataclass
class CalibratedModel:
    """A risk model on `names`, calibrated on later time; see the module's text for how.

    `monotone` holds +1 for features with which the probability may only rise, -1 for those with
    which it may only fall.
    """

    names: Sequence[str]
    monotone: Mapping[str, int] = field(default_factory=dict)

    def fit(self, sample: TrainingSample) -> Self:
        """Fit on cases with known outcomes; both outcomes must occur in the earlier half."""
        self.columns_ = Columns.learn(sample.x, self.names)
        # Step 1: scores of the later half out of time, of every kind.
        logistic, trees, self.rounds_ = self._scores_out_of_time(sample.unweighted())
        # Step 2: the kind, by log loss on them.
        seen = sample.between(_edges(sample)[0])
        self.choice_ = choose(logistic, trees, seen.y, seen.offset)
        # Step 3: level and interval.
        self._calibrate(seen, seen.as_seen(self.choice_.combined(logistic, trees)))
        # Step 4: the model that is kept, on all cases.
        self.scorer_ = self._fitted(self.choice_, sample.unweighted())
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
            "choice": self.choice_.as_json(),
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
        choice = Choice.from_json(saved["choice"])
        scorer = scorer_from_json(choice.kind, saved["scorer"], text)
        model = cls(scorer.columns.names, dict(saved["monotone"]))
        model.choice_, model.scorer_ = choice, scorer
        model.rounds_ = int(saved["rounds"])
        model.shift_ = float(saved["shift"])
        model.interval_ = VennAbers.from_json(saved["interval"])
        return model

    def _scores_out_of_time(self, sample: TrainingSample) -> tuple[Floats, Floats, int]:
        """Log-odds of the later half from regressions and from trees fitted before; the rounds."""
        folds = [
            (sample.between(0, start), sample.between(start, end))
            for start, end in pairwise([*_edges(sample), len(sample)])
        ]
        fitted, rounds = fit_folds(self.columns_, folds, self.monotone)
        trees = [part.raw(later.x) for part, (_, later) in zip(fitted, folds, strict=True)]
        linear = [self._linear(earlier).raw(later.x) for earlier, later in folds]
        return np.concatenate(linear), np.concatenate(trees), rounds

    def _calibrate(self, seen: TrainingSample, score: Floats) -> None:
        """Set level and interval on cases with scores given out of time, as their reviewers saw."""
        used = _calibrates(seen)
        score, y = score[used], seen.y[used]
        weight = seen.weight[used] * 0.5 ** (np.arange(len(y))[::-1] / HALF_LIFE)
        self.shift_ = level_shift(score, y, weight)
        self.interval_ = VennAbers.fit(score, y, weight)

    def _fitted(self, choice: Choice, sample: TrainingSample) -> Scorer:
        if choice.kind == TREES:
            return fit_trees(self.columns_, sample, self.rounds_, self.monotone)
        linear = self._linear(sample).scaled(choice.of_linear, choice.level)
        if choice.kind == LOGISTIC:
            return linear
        trees = fit_trees(self.columns_, sample, self.rounds_, self.monotone)
        return Blend(linear, trees, choice.of_trees)

    def _linear(self, sample: TrainingSample) -> Linear:
        return fit_linear(self.columns_, sample, PRIOR_VARIANCE, self.monotone)


def _edges(sample: TrainingSample) -> list[int]:
    """Where the folds begin."""
    return [len(sample) - (len(sample) >> fold) for fold in range(1, FOLDS + 1)]


def _calibrates(seen: TrainingSample) -> Flags:
    """The rows that may calibrate: the probability sample if it is large enough, else all."""
    outcomes = seen.y[seen.surveyed]
    enough = min(outcomes.sum(), (1 - outcomes).sum()) >= FEWEST_SURVEYED
    return seen.surveyed if enough else np.ones(len(seen), dtype=bool)
