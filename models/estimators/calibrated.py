"""A risk model of the kind that suits the data, calibrated on time it was not fitted on.

Four steps, all in order of time:

1. *Scores out of time.* The later half of the cases is cut into folds, each half as long as
   the one before. A fold is scored by models fitted only on the cases before it, which is how
   the model will be used: on cases later than its own. The newest scores come from models
   nearly as new as the final one. The trees of all folds are boosted together, until log loss
   on what they score stops falling.
2. *Kind.* Boosted trees, logistic regression or a weighted sum of both, by these scores
   (`choice.py`).
3. *Calibration.* A score is measured from the (weighted) mean score that its model gives to all
   the cases, the same for all folds, so that models of a time with few defects and those of today
   mean the same by it. On the scores of that kind level, slope and band are set
   (`models/calibration/level_and_band.py`).
4. *Refit.* The model that is kept is fitted on all cases, its trees with the same rounds, and the
   calibration stays: it says what such models fitted up to a date are worth on what comes
   after, and the final one is one more in that series.

Models are fitted with every case counting once; weights set level and slope alone. A case
that a draw over-sampled was drawn for what the model can see of it, so that weighting it down
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
from threadpoolctl import threadpool_limits

from cases.numeric import Flags, Floats
from features.online.features import FeatureRows
from models.calibration.level_and_band import Calibration, fit_calibration
from models.estimators.boosting import fit_folds, fit_trees
from models.estimators.choice import Choice, choose, log_loss
from models.estimators.estimator import TrainingSample
from models.estimators.kinds import LOGISTIC, TREES, Blend, scorer_from_json
from models.estimators.linear import Linear, fit_linear
from models.estimators.scorer import OnFrames, Scorer
from models.matrix import Changes, Columns

FOLDS = 4  # of the later half, each scored by models fitted before it
PRIOR_VARIANCE = 0.01  # of the regression's coefficients; the features are many
FEWEST_SURVEYED = 50  # of either outcome, for the probability sample to calibrate alone

Pair = tuple[Floats, Floats]  # each of shape (rows,)


@dataclass
class CalibratedModel(OnFrames):
    """A risk model on `names`, calibrated on later time; see the module's text for how.

    `monotone` holds +1 for features with which the probability may only rise, -1 for those with
    which it may only fall.
    """

    names: Sequence[str]
    monotone: Mapping[str, int] = field(default_factory=dict)

    def fit(self, sample: TrainingSample) -> Self:
        """Fit on cases with known outcomes; both outcomes must occur."""
        # More threads would wait for each other, at several times the processor time.
        with threadpool_limits(1, user_api="blas"):
            self.columns_ = Columns.learn(sample.x, self.names)
            sample = sample.read_by(self.columns_)
            # Step 1: scores of the later half out of time, of every kind.
            scores, usual, self.rounds_ = self._scores_out_of_time(sample)
            # Step 2: the kind, by log loss on them.
            seen = sample.between(_edges(sample)[0])
            self.choice_ = choose(*scores, seen.y, seen.offset)
            # Step 3: level, slope and band.
            beyond = self.choice_.combined(*scores) - self.choice_.combined(*usual)
            self.calibration_ = _calibrated(seen, beyond)
            # Step 4: the model that is kept, on all cases.
            self.scorer_ = self._fitted(self.choice_, sample.unweighted())
            self.usual_ = _usual(self.scorer_.raw_of(sample.matrix(self.columns_)), sample)
        return self

    def predict(self, x: FeatureRows) -> Floats:
        """Calibrated probability per row."""
        return self.calibration_.probability(self._score(x))

    def interval(self, x: FeatureRows) -> tuple[Floats, Floats]:
        """Low and high per row: the 90 % band of the frequency among such cases.

        `x` holds the `moment` each case is asked about.
        """
        return self.estimate(x)[1:]

    def estimate(self, x: FeatureRows) -> tuple[Floats, Floats, Floats]:
        """`predict` and the two of `interval`, from one score."""
        score = self._score(x)
        return self.calibration_.probability(score), *self.calibration_.band(score, x["moment"])

    @property
    def columns(self) -> Columns:
        """What it reads, in order."""
        return self.scorer_.columns

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds of `predict`, shape (rows,)."""
        return self.calibration_.log_odds(self.scorer_.raw_of(matrix) - self.usual_)

    def contributions_of(self, matrix: Floats) -> Floats:
        """What each column adds to `raw_of`, shape (rows, columns + 1), the base last."""
        added = self.calibration_.slope * self.scorer_.contributions_of(matrix)
        added[:, -1] += self.calibration_.log_odds(np.array(-self.usual_))
        return added

    def changed(self, matrix: Floats, changes: Changes) -> Floats:
        """Log-odds of rows of `matrix` with some values changed, shape (asked,)."""
        return self.calibration_.log_odds(self.scorer_.changed(matrix, changes) - self.usual_)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""
        return {
            "choice": self.choice_.as_json(),
            "scorer": self.scorer_.as_json(),
            "monotone": dict(self.monotone),
            "rounds": self.rounds_,
            "usual": self.usual_,
            "calibration": self.calibration_.as_json(),
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
        model.usual_ = float(saved["usual"])
        model.calibration_ = Calibration.from_json(saved["calibration"])
        return model

    def _score(self, x: FeatureRows) -> Floats:
        """Log-odds beyond the mean of the cases it was fitted on, shape (rows,)."""
        return self.scorer_.raw(x) - self.usual_

    def _scores_out_of_time(self, sample: TrainingSample) -> tuple[Pair, Pair, int]:
        """Of regressions and of trees that were fitted before: scores of the later half.

        With them, for each of these cases, the mean score that the same model gives to all
        cases; and the rounds of the trees.
        """
        edges = [*_edges(sample), len(sample)]
        spans = list(pairwise(edges))
        once = sample.unweighted()
        folds = [(once.between(0, a), once.between(a, b)) for a, b in spans]
        trees, rounds = fit_folds(self.columns_, folds, self.monotone)
        boosted, usual_boosted = _spliced(trees, sample, spans)
        # The regression's numbers by order of magnitude or as they are, whichever does better.
        regressions = {
            magnitudes: _spliced(
                [self._linear(earlier, magnitudes) for earlier, _later in folds], sample, spans
            )
            for magnitudes in (True, False)
        }
        seen = sample.between(edges[0])
        self.magnitudes_ = min(
            regressions, key=lambda form: log_loss(regressions[form][0], seen.y, seen.offset)
        )
        logistic, usual_logistic = regressions[self.magnitudes_]
        return (logistic, boosted), (usual_logistic, usual_boosted), rounds

    def _fitted(self, choice: Choice, sample: TrainingSample) -> Scorer:
        if choice.kind == TREES:
            return fit_trees(self.columns_, sample, self.rounds_, self.monotone)
        linear = self._linear(sample, self.magnitudes_).scaled(choice.of_linear, choice.level)
        if choice.kind == LOGISTIC:
            return linear
        trees = fit_trees(self.columns_, sample, self.rounds_, self.monotone)
        return Blend(linear, trees, choice.of_trees)

    def _linear(self, sample: TrainingSample, magnitudes: bool) -> Linear:
        return fit_linear(
            self.columns_, sample, PRIOR_VARIANCE, self.monotone, magnitudes=magnitudes
        )


def _spliced(
    models: Sequence[Scorer], sample: TrainingSample, spans: Sequence[tuple[int, int]]
) -> Pair:
    """Scores of the rows of each span by its own model, and that model's mean score of all rows."""
    raws = [model.raw_of(sample.matrix(model.columns)) for model in models]
    scores = [raw[a:b] for raw, (a, b) in zip(raws, spans, strict=True)]
    usual = np.repeat([_usual(raw, sample) for raw in raws], [b - a for a, b in spans])
    return np.concatenate(scores), usual


def _edges(sample: TrainingSample) -> list[int]:
    """Where the folds begin."""
    return [len(sample) - (len(sample) >> fold) for fold in range(1, FOLDS + 1)]


def _usual(raw: Floats, sample: TrainingSample) -> float:
    """The mean score of all that the sample stands for."""
    return float(np.average(raw, weights=sample.weight))


def _calibrated(seen: TrainingSample, score: Floats) -> Calibration:
    """Level, slope and band, on cases with scores given out of time."""
    used = _calibrates(seen)
    offset = None if seen.offset is None else seen.offset[used]
    moment = seen.x["moment"].filter(pl.Series(used))
    return fit_calibration(score[used], seen.y[used], seen.weight[used], moment, offset)


def _calibrates(seen: TrainingSample) -> Flags:
    """The rows that may calibrate: the probability sample if it is large enough, else all."""
    outcomes = seen.y[seen.surveyed]
    enough = min(outcomes.sum(), (1 - outcomes).sum()) >= FEWEST_SURVEYED
    return seen.surveyed if enough else np.ones(len(seen), dtype=bool)
