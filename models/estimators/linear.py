"""Regressions with a normal prior on the coefficients (ridge), saved as numbers.

The prior keeps small what only few cases support (Hoerl and Kennard 1970;
le Cessie and van Houwelingen 1992, Ridge estimators in logistic regression).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csc_array

from cases.numeric import Floats, Ints
from models.estimators.estimator import TrainingSample
from models.estimators.ridge_logistic import Regression, least_squares, most_likely
from models.estimators.scorer import OnFrames
from models.matrix import Changes, Columns

PRIOR_VARIANCE = 0.1  # of every coefficient but the intercept, in log-odds squared
# Of a logarithm: the prior variance of a coefficient as a share of what is left unexplained.
PRIOR_SHARE = 1 / 30


@dataclass(frozen=True)
class Linear(OnFrames):
    """Log-odds, or the logarithm of an amount, as a sum over the columns, one term each (`terms`).

    A code has a coefficient per level, 0 for a level that is rare or unknown. A number
    counts as it is, or with `magnitudes` by its order of magnitude, `sign(v) log(1 + |v|)`,
    less `centre`, in units of `spread`; missing, it counts as usual plus a coefficient for being
    missing. `centre` and `spread` have the shape (columns,), 0 and 1 for codes.
    """

    columns: Columns
    centre: Floats
    spread: Floats
    coefficients: Floats
    average: Floats
    intercept: float
    magnitudes: bool

    @property
    def level(self) -> float:
        """The mean of `raw` over the cases it was fitted on, by their weights."""
        return self.intercept + float(self.average.sum())

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row, shape (rows,)."""
        added = self.added(self._scaled(matrix))
        return np.asarray(added.sum(axis=1) + self.intercept, dtype=np.float64)

    def contributions_of(self, matrix: Floats) -> Floats:
        """What each column adds against the average case, shape (rows, columns + 1).

        The last column is `level`; a row sums to its `raw_of`.
        """
        added = self.added(self._scaled(matrix)) - self.average
        return np.column_stack([added, np.full(len(matrix), self.level)])

    def changed(self, matrix: Floats, changes: Changes) -> Floats:
        """Log-odds of rows of `matrix` with some values changed, shape (asked,).

        What the changed terms add more or less.
        """
        before = self._added_by(matrix[changes.of[changes.at], changes.column], changes.column)
        more = self._added_by(changes.value, changes.column) - before
        return self.raw_of(matrix)[changes.of] + np.bincount(changes.at, more, len(changes.of))

    def scaled(self, slope: float, level: float) -> Linear:
        """The model whose `raw` is `slope` times that of this one, plus `level`."""
        return replace(
            self,
            coefficients=slope * self.coefficients,
            average=slope * self.average,
            intercept=slope * self.intercept + level,
        )

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        arrays = {name: getattr(self, name).tolist() for name in ARRAYS}
        rest = {"intercept": self.intercept, "magnitudes": self.magnitudes}
        return {"columns": self.columns.as_json()} | rest | arrays

    def text(self) -> str:
        """Nothing: all of it is in `as_json`."""
        return ""

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str = "") -> Linear:
        """The model that `as_json` described; `ValueError` for anything else."""
        if text:
            raise ValueError("a regression is kept without a text")
        columns = Columns.from_json(saved["columns"])
        arrays = {name: np.array(saved[name], dtype=np.float64) for name in ARRAYS}
        intercept, magnitudes = float(saved["intercept"]), bool(saved["magnitudes"])
        model = cls(columns, **arrays, intercept=intercept, magnitudes=magnitudes)
        per_column = (len(columns.names),)
        shapes = [per_column, per_column, (sum(_widths(columns)),), per_column]
        if [array.shape for array in arrays.values()] != shapes:
            raise ValueError("the coefficients are not those of the columns")
        if not np.isfinite([*np.concatenate([*arrays.values()]), model.intercept]).all():
            raise ValueError("a coefficient is not a number")
        if not (model.spread > 0).all():
            raise ValueError("a spread is not positive")
        return model

    def _scaled(self, matrix: Floats) -> Floats:
        sizes = _sizes(matrix, self.columns.codes, self.magnitudes)
        return (sizes - self.centre) / self.spread

    def added(self, scaled: Floats) -> Floats:
        """What each column adds to the intercept, shape (rows, columns).

        From numbers in units of their spread and positions of levels.
        """
        own, absent, levels = self._by_column
        added = np.where(np.isnan(scaled), absent, own * scaled)
        for code, coefficients in levels.items():
            added[:, code] = _of_levels(coefficients, scaled[:, code])
        return added

    def _added_by(self, value: Floats, column: Ints) -> Floats:
        """What each `value` of a `column` of the matrix adds, shape (values,)."""
        own, absent, levels = self._by_column
        size = _magnitude(value) if self.magnitudes else value
        scaled = (size - self.centre[column]) / self.spread[column]
        added = np.where(np.isnan(scaled), absent[column], own[column] * scaled)
        for code, coefficients in levels.items():
            at = column == code
            added[at] = _of_levels(coefficients, value[at])
        return added

    @cached_property
    def _by_column(self) -> tuple[Floats, Floats, dict[int, Floats]]:
        """The coefficients of numbers and of their being missing, shape (columns,); of levels."""
        widths = _widths(self.columns)
        each = np.split(self.coefficients, np.cumsum(widths)[:-1])
        own, absent = np.zeros((2, len(widths)))
        levels = {code: np.append(each[code], 0.0) for code in self.columns.codes}
        for column in set(range(len(widths))) - levels.keys():
            own[column], absent[column] = each[column]
        return own, absent, levels


def _of_levels(coefficients: Floats, position: Floats) -> Floats:
    """Of each position of a level; the last coefficient for a missing one."""
    missing = len(coefficients) - 1
    return coefficients[np.where(np.isnan(position), missing, position).astype(np.intp)]


Fit = Callable[[csc_array], tuple[Floats, float]]
ARRAYS = ("centre", "spread", "coefficients", "average")


def fit_linear(
    columns: Columns,
    sample: TrainingSample,
    variance: float = PRIOR_VARIANCE,
    monotone: Mapping[str, int] | None = None,
    *,
    magnitudes: bool = True,
) -> Linear:
    """The most likely log-odds under the prior: the posterior mode of a logistic regression.

    `variance` is the prior's, of every coefficient but the intercept. Weights are scaled so that
    the case with the largest counts once, which keeps the prior's strength in cases. `monotone`
    says +1 or -1 for a number's name: its coefficient then has this sign or is zero. The result
    is the log-odds of a case without the sample's offset.
    """
    weight = sample.weight / sample.weight.max()
    offset = np.zeros(len(sample)) if sample.offset is None else sample.offset
    signs = _signs(columns, monotone or {})

    def fit(design: csc_array) -> tuple[Floats, float]:
        return most_likely(Regression(design, sample.y, weight, offset, variance), signs)

    return _fit(columns, sample.matrix(columns), weight, fit, magnitudes)


def fit_log_amount(columns: Columns, x: pl.DataFrame, amount: Floats, weight: Floats) -> Linear:
    """The most likely logarithm of a positive amount under the prior; arrays of shape (rows,)."""
    log, scaled = np.log(amount), weight / weight.mean()

    def fit(design: csc_array) -> tuple[Floats, float]:
        # The penalty is the residual over the prior variance.
        return least_squares(design, log, scaled, 1 / PRIOR_SHARE)

    return _fit(columns, columns.matrix(x), scaled, fit, magnitudes=True)


def _fit(columns: Columns, matrix: Floats, weight: Floats, fit: Fit, magnitudes: bool) -> Linear:
    """The coefficients and the intercept that `fit` finds for the terms of a matrix."""
    sizes = _sizes(matrix, columns.codes, magnitudes)
    # Numbers are centred and scaled, so that one prior variance fits all; codes stay 0 or 1.
    scales = [
        (0.0, 1.0) if position in columns.codes else _scale(column)
        for position, column in enumerate(sizes.T)
    ]
    centre, spread = np.array(scales, dtype=np.float64).reshape(-1, 2).T
    scaled = (sizes - centre) / spread
    coefficients, intercept = fit(terms(columns, scaled))
    none = np.zeros(len(columns.names))
    model = Linear(columns, centre, spread, coefficients, none, intercept, magnitudes)
    # What the average case has of every column: contributions are said against it.
    return replace(model, average=np.average(model.added(scaled), axis=0, weights=weight))


def _signs(columns: Columns, monotone: Mapping[str, int]) -> Floats:
    """The direction of every term: that of its number, 0 for a missing number and for codes."""
    signs: list[float] = []
    for name in columns.names:
        levels = columns.levels.get(name)
        signs += [monotone.get(name, 0), 0] if levels is None else [0] * len(levels)
    return np.array(signs, dtype=np.float64)


def _scale(size: Floats) -> tuple[float, float]:
    """Mean and spread of what is known of a number; a spread of 1 where it is always the same."""
    known = size[np.isfinite(size)]
    if not known.size or known.min() == known.max():
        return float(known[0]) if known.size else 0.0, 1.0
    return float(known.mean()), float(known.std())


def terms(columns: Columns, scaled: Floats) -> csc_array:
    """What the coefficients multiply, shape (rows, sum of the columns' widths).

    `scaled`, of shape (rows, columns), holds numbers in units of their spread and positions
    of levels.
    """
    values, rows, counts = [np.empty(0)], [np.empty(0, int)], [np.zeros(1, int)]  # of every term
    for column, name in zip(scaled.T, columns.names, strict=True):
        known = ~np.isnan(column)
        at = np.flatnonzero(known)
        if name in columns.levels:
            level = column[at].astype(np.intp)
            rows.append(at[np.argsort(level, kind="stable")])
            values.append(np.ones(at.size))
            counts.append(np.bincount(level, minlength=len(columns.levels[name])))
        else:
            rows += [at, np.flatnonzero(~known)]
            values += [column[at], np.ones(known.size - at.size)]
            counts.append(np.array([at.size, known.size - at.size]))
    starts = np.cumsum(np.concatenate(counts))
    joined = np.concatenate(values), np.concatenate(rows)
    return csc_array((*joined, starts), shape=(len(scaled), len(starts) - 1))


def _sizes(matrix: Floats, codes: Sequence[int], magnitudes: bool) -> Floats:
    """The matrix, with `magnitudes` its numbers as orders of magnitude."""
    if not magnitudes:
        return matrix
    sizes = _magnitude(matrix)
    sizes[:, codes] = matrix[:, codes]
    return sizes


def _magnitude(value: Floats) -> Floats:
    return np.copysign(np.log1p(np.abs(value)), value)


def _widths(columns: Columns) -> list[int]:
    """How many terms each column has: one per level, for a number its own and one for missing."""
    return [len(columns.levels.get(name, "ab")) for name in columns.names]
