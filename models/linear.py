"""Logistic regression held back by a normal prior (ridge), saved as numbers.

A prior for every coefficient keeps small what only few cases tell (Hoerl and Kennard 1970;
le Cessie and van Houwelingen 1992, Ridge estimators in logistic regression).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from models.estimator import Sample
from models.matrix import Columns, Floats

PRIOR_VARIANCE = 0.1  # of every coefficient but the intercept, in log-odds squared


@dataclass(frozen=True)
class Linear:
    """Log-odds as a sum over the columns, one term each (`terms`).

    A code has one coefficient per level, 0 for a level that is rare or unknown. A number
    counts by its order of magnitude, `sign(v) log(1 + |v|)`, less `centre`, in units of
    `spread`; missing, it counts as usual plus a coefficient for being missing. `centre` and
    `spread` have the shape (columns,), 0 and 1 for codes.
    """

    columns: Columns
    centre: Floats
    spread: Floats
    coefficients: Floats
    intercept: float

    def raw(self, x: pl.DataFrame) -> Floats:
        """Log-odds per row, shape (rows,)."""
        return terms(self.columns, self.centre, self.spread, x) @ self.coefficients + self.intercept

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        arrays = {name: getattr(self, name).tolist() for name in ARRAYS}
        return {"columns": self.columns.as_json(), "intercept": self.intercept} | arrays

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Linear:
        """The model that `as_json` described; `ValueError` if it is none."""
        columns = Columns.from_json(saved["columns"])
        arrays = {name: np.array(saved[name], dtype=np.float64) for name in ARRAYS}
        model = cls(columns, **arrays, intercept=float(saved["intercept"]))
        shapes = [(len(columns.names),), (len(columns.names),), (_width(columns),)]
        if [array.shape for array in arrays.values()] != shapes:
            raise ValueError("the coefficients are not those of the columns")
        if not np.isfinite([*np.concatenate([*arrays.values()]), model.intercept]).all():
            raise ValueError("a coefficient is no number")
        if not (model.spread > 0).all():
            raise ValueError("a spread is not positive")
        return model


ARRAYS = ("centre", "spread", "coefficients")


def fit_linear(columns: Columns, sample: Sample) -> Linear:
    """The most likely coefficients under the prior; the case that weighs most counts once."""
    places = range(len(columns.names))
    scales = [
        (0.0, 1.0) if place in columns.codes else _scale(column)
        for place, column in zip(places, _sizes(columns, sample.x).T, strict=True)
    ]
    centre, spread = np.array(scales, dtype=np.float64).reshape(-1, 2).T
    if not _width(columns):
        rate = np.average(sample.y, weights=sample.weight)
        return Linear(columns, centre, spread, np.empty(0), float(logit(rate)))
    fitted = LogisticRegression(C=PRIOR_VARIANCE, solver="newton-cholesky")
    weight = sample.weight / sample.weight.max()
    fitted.fit(terms(columns, centre, spread, sample.x), sample.y, weight)
    return Linear(columns, centre, spread, fitted.coef_[0], float(fitted.intercept_[0]))


def _scale(size: Floats) -> tuple[float, float]:
    """Mean and spread of what is known of a number; a spread of 1 where it is always the same."""
    known = size[np.isfinite(size)]
    if not known.size or known.min() == known.max():
        return float(known[0]) if known.size else 0.0, 1.0
    return float(known.mean()), float(known.std())


def terms(columns: Columns, centre: Floats, spread: Floats, x: pl.DataFrame) -> Floats:
    """What the coefficients multiply, shape (rows, sum of the columns' widths)."""
    scaled = (_sizes(columns, x) - centre) / spread
    parts = []
    for place, name in enumerate(columns.names):
        column = scaled[:, [place]]
        if place in columns.codes:
            parts.append(column == np.arange(len(columns.levels[name])))
        else:
            missing = np.isnan(column)
            parts += [np.where(missing, 0.0, column), missing]
    return np.hstack(parts, dtype=np.float64) if parts else np.empty((x.height, 0))


def _sizes(columns: Columns, x: pl.DataFrame) -> Floats:
    """The matrix of `x` with numbers as orders of magnitude."""
    matrix = columns.matrix(x)
    numbers = [place for place in range(len(columns.names)) if place not in columns.codes]
    matrix[:, numbers] = np.sign(matrix[:, numbers]) * np.log1p(np.abs(matrix[:, numbers]))
    return matrix


def _width(columns: Columns) -> int:
    numbers = len(columns.names) - len(columns.codes)
    return sum(map(len, columns.levels.values())) + 2 * numbers
