"""What every estimator of an outcome's probability learns from and can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np
import polars as pl
from scipy.special import logit

from cases.numeric import Flags, Floats
from models.matrix import Columns


@dataclass(frozen=True)
class TrainingSample:
    """Cases with known outcomes, in order of time.

    `x` has one row per case, the `moment` it is asked about, and may hold more columns than an
    estimator reads; `y` is 0 or 1, `weight` positive (1 / inclusion probability, as far as it is
    known), `surveyed` marks the cases of a probability sample. `offset`,
    if known, is what the reviewer's severity adds to a case's log-odds: an estimator that
    uses it predicts without it. All of shape (rows,). `read`, if given, is the matrix of `x` by
    the columns that are fitted on: it is made once for all parts of a sample.
    """

    x: pl.DataFrame
    y: Floats
    weight: Floats
    surveyed: Flags
    offset: Floats | None = None
    read: Floats | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def level(self) -> float:
        """Log-odds of the share of cases with the outcome; both outcomes must occur."""
        return float(logit(np.average(self.y, weights=self.weight)))

    def read_by(self, columns: Columns) -> TrainingSample:
        """The same cases with their matrix."""
        return replace(self, read=columns.matrix(self.x))

    def matrix(self, columns: Columns) -> Floats:
        """Of its cases, shape (rows, columns)."""
        return columns.matrix(self.x) if self.read is None else self.read

    def unweighted(self) -> TrainingSample:
        """The same cases, each counting once."""
        return replace(self, weight=np.ones(len(self)))

    def between(self, start: int, end: int | None = None) -> TrainingSample:
        """Rows `start` to `end` (exclusive), or to the last."""
        part = slice(start, end)
        offset = None if self.offset is None else self.offset[part]
        read = None if self.read is None else self.read[part]
        return TrainingSample(
            self.x[part], self.y[part], self.weight[part], self.surveyed[part], offset, read
        )


class Estimator(Protocol):
    """Fitted once on a sample, then used on cases that are not in it."""

    def fit(self, sample: TrainingSample) -> Self:
        """Learn from these cases; the fitted state ends in `_`."""

    def predict(self, x: pl.DataFrame) -> Floats:
        """The probability of the outcome per row, shape (rows,)."""
