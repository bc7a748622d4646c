"""What an office plans by before a model could be fitted: its rule of thumb, or equal risks.

The log-odds of a defect are a level plus a slope times the points of the rule, in units of
their spread among the closed cases. Both are known beforehand, within wide bounds, and are
moved by the labels there are (posterior mode under normal priors on the level and on the
logarithm of the slope; spreads by Laplace's approximation, MacKay 2003, Information Theory,
chapter 27). So the slope stays positive whatever a few labels say: more points never mean
less risk. Without points every case has the level: equal risks.

The priors are judgement, not measured on any office:

- *Level.* 10 in 100 cases with a defect, with nine chances in ten of 1 to 57.
- *Slope.* 0.5 per spread. Where points are spread alike among cases with and without a defect,
  that is an AUC of 0.64, and 0.22 to 1.14, the bounds of nine chances in ten, 0.56 to 0.79.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.special import expit, logit

from cases.numeric import Floats
from features.online.features import FeatureRows
from models.calibration.level_and_band import Z_BAND
from models.estimators.estimator import TrainingSample
from models.estimators.scorer import OnFrames
from models.matrix import Columns

USUAL = np.array([logit(0.1), np.log(0.5)])  # level, logarithm of the slope
SPREAD = np.array([1.5, 0.5])
MOVES = 0.3  # log-odds; how far the level moves from quarter to quarter


@dataclass
class StartModel(OnFrames):
    """Risk by points: `points` holds what each flag is worth where it is 1, by its feature.

    >>> nothing = pl.DataFrame({"a": []}, schema={"a": pl.Float64})
    >>> none = TrainingSample(nothing, *np.empty((2, 0)), np.empty(0, dtype=bool))
    >>> cases = pl.DataFrame({"a": [0.0, 1.0]})
    >>> StartModel({"a": 2.0}).fit(none, cases).predict(cases).round(3).tolist()
    [0.063, 0.155]
    """

    points: Mapping[str, float]

    def fit(self, sample: TrainingSample, cases: pl.DataFrame | None = None) -> Self:
        """Calibrate on the cases with known outcomes, of which there may be none.

        `cases` are those whose points are usual, by default those of the sample. Weights count
        by the effective number of cases (Kish 1965), which uneven ones make smaller.
        """
        total = self._total(self.columns.matrix(sample.x if cases is None else cases))
        self.centre_ = float(total.mean()) if total.size else 0.0
        self.unit_ = (float(total.std()) if total.size else 0.0) or 1.0
        weight = sample.weight
        if len(sample):
            weight = weight * (weight.sum() / (weight**2).sum())
        offset = np.zeros(len(sample)) if sample.offset is None else sample.offset
        known = _Labels(self._scaled(self.columns.matrix(sample.x)), sample.y, weight, offset)
        mode = minimize(known.loss, USUAL, jac=True, method="BFGS").x
        self.level_, self.slope_ = float(mode[0]), float(np.exp(mode[1]))
        self.covariance_ = np.linalg.inv(known.curvature(mode))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The flags it reads, in order."""
        return tuple(self.points)

    @property
    def columns(self) -> Columns:
        """The flags as columns."""
        return Columns(self.names, {})

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row, shape (rows,)."""
        return self.level_ + self.slope_ * self._scaled(matrix)

    def contributions_of(self, matrix: Floats) -> Floats:
        """What each flag adds, shape (rows, flags + 1).

        The last column is what a case without points has; a row sums to its `raw`.
        """
        parts = self._parts(matrix) * (self.slope_ / self.unit_)
        base = self.level_ - self.slope_ * self.centre_ / self.unit_
        return np.column_stack([parts, np.full(len(matrix), base)])

    def predict(self, x: FeatureRows) -> Floats:
        """The probability per row."""
        return np.asarray(expit(self.raw(x)))

    def interval(self, x: FeatureRows) -> tuple[Floats, Floats]:
        """Low and high per row: what 90 % of the frequencies of such cases lie between.

        From what is not known of level and slope, and what the level moves in a quarter.
        """
        scaled = self._scaled(self.columns.matrix(x))
        gradient = _gradient(scaled, self.slope_)
        variance = ((gradient @ self.covariance_) * gradient).sum(axis=1) + MOVES**2
        raw, reach = self.level_ + self.slope_ * scaled, Z_BAND * np.sqrt(variance)
        return expit(raw - reach), expit(raw + reach)

    def estimate(self, x: FeatureRows) -> tuple[Floats, Floats, Floats]:
        """`predict` and the two of `interval`."""
        return self.predict(x), *self.interval(x)

    def text(self) -> str:
        """Nothing: all of it is in `as_json`."""
        return ""

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        return {
            "points": dict(self.points),
            "centre": self.centre_,
            "unit": self.unit_,
            "level": self.level_,
            "slope": self.slope_,
            "covariance": self.covariance_.tolist(),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str = "") -> Self:
        """The fitted model that `as_json` described.

        `ValueError`, `KeyError` or `TypeError` if it describes none.
        """
        del text
        model = cls({str(name): float(worth) for name, worth in saved["points"].items()})
        model.centre_, model.unit_ = float(saved["centre"]), float(saved["unit"])
        model.level_, model.slope_ = float(saved["level"]), float(saved["slope"])
        model.covariance_ = np.array(saved["covariance"], dtype=np.float64)
        numbers = [*model.points.values(), model.centre_, model.level_, model.unit_, model.slope_]
        if model.covariance_.shape != (2, 2) or not np.isfinite(model.covariance_).all():
            raise ValueError("what is not known of level and slope is not two by two numbers")
        if not np.isfinite(numbers).all() or min(model.unit_, model.slope_) <= 0:
            raise ValueError("a number of the rule of thumb is out of bounds")
        return model

    def _parts(self, matrix: Floats) -> Floats:
        """The points of each flag per row, shape (rows, flags)."""
        return matrix * np.array(list(self.points.values()), dtype=np.float64)

    def _total(self, matrix: Floats) -> Floats:
        return np.asarray(self._parts(matrix).sum(axis=1))

    def _scaled(self, matrix: Floats) -> Floats:
        return (self._total(matrix) - self.centre_) / self.unit_


@dataclass(frozen=True)
class _Labels:
    """Cases with known outcomes: points in units of their spread, all of shape (n,)."""

    score: Floats
    y: Floats
    weight: Floats
    offset: Floats

    def loss(self, at: Floats) -> tuple[float, Floats]:
        """The negative log posterior at (level, logarithm of the slope), and its gradient."""
        raw = self._raw(at)
        loss = (self.weight * (np.logaddexp(0, raw) - self.y * raw)).sum()
        away = (at - USUAL) / SPREAD
        missed = self.weight * (expit(raw) - self.y)
        gradient = missed @ _gradient(self.score, float(np.exp(at[1]))) + away / SPREAD
        return float(loss + (away**2).sum() / 2), gradient

    def curvature(self, at: Floats) -> Floats:
        """The expected second derivative of the loss, shape (2, 2)."""
        p, gradient = expit(self._raw(at)), _gradient(self.score, float(np.exp(at[1])))
        return np.asarray((gradient.T * (self.weight * p * (1 - p))) @ gradient) + np.diag(
            SPREAD**-2
        )

    def _raw(self, at: Floats) -> Floats:
        return np.asarray(at[0] + np.exp(at[1]) * self.score + self.offset)


def _gradient(score: Floats, slope: float) -> Floats:
    """Of the log-odds, by level and logarithm of the slope, shape (rows, 2)."""
    return np.column_stack([np.ones_like(score), slope * score])
