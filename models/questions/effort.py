"""The effort model: how much work a new case will be, with an interval, and what is left of it.

Effort is what the office file says: the days from opening to closing, or a number recorded
at closing. Learnt from the facts at intake alone; how busy the office was and how long other
cases took lately made the estimates worse where durations drift (docs/models.md).

1. *Size.* Ridge regression of the logarithm (`estimators/linear.py`) on the cases closed in the
   last two years, weighted so that they stand for all cases, those still open included
   (`estimators/duration.py`).
2. *Level.* On scores given before the outcome was known, of the cases closed in the last
   year: expected efforts add up to the true ones (a ratio estimator), so that loads can be
   added up.
3. *Interval.* On the same scores and cases the quantiles of effort / expected (split conformal
   prediction with a normalised score: Papadopoulos, Gammerman, Vovk 2008; weighted as in
   Barber, Candes, Ramdas, Tibshirani 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.office.model import Office
from features.catalogue import intake_features
from models.estimators.duration import closing_shares, weighted_quantile
from models.estimators.linear import Linear, fit_log_amount
from models.matrix import Columns

FIT_DAYS, CALIBRATE_DAYS = 730.0, 365.0  # how far back closings count
COVERAGE = 0.8
LEAST = 0.01  # of the mean: less effort than that has no logarithm worth fitting
FEWEST_OF_A_KIND = 100  # closings; a rarer kind is taken to go as all cases do
AGES = 40  # at which what is left is tabulated
LAST_AGE = 0.98  # share of the cases closed by the last of them: beyond, too few to tell
ANY = ""  # kinds that are rare or unknown
KIND = "attribute.kind"


@dataclass(frozen=True)
class Work:
    """Cases as they stand at some moment, closed or not.

    `x` has a row per case, with the features; `age` is the days since it was opened, `lasted`
    the days it was open so far, `effort` what it took, NaN while it is open or where nobody
    recorded it. All of shape (rows,).
    """

    x: pl.DataFrame
    age: Floats
    lasted: Floats
    closed: np.ndarray[Any, np.dtype[np.bool_]]
    effort: Floats

    def known(self, window: float) -> tuple[pl.DataFrame, Floats, Floats, Floats]:
        """Of the cases closed in the last `window` days with a known effort: `x`, effort, days
        open, and the share of all cases that each stands for (sums to 1)."""
        share = closing_shares(self.age, self.lasted, self.closed, window)
        known = (share > 0) & np.isfinite(self.effort)
        share = share[known] / share[known].sum()
        return self.x.filter(pl.Series(known)), self.effort[known], self.lasted[known], share


@dataclass
class EffortModel:
    """What is known of a case at intake, and nothing that is known later."""

    names: Sequence[str]

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(intake_features(office))

    def fit(self, work: Work) -> Self:
        """Learn the size of cases, and how the rest of a case goes by its age."""
        x, effort, lasted, share = work.known(FIT_DAYS)
        floor = max(LEAST * float(np.average(effort, weights=share)), np.finfo(float).tiny)
        columns = Columns.learn(x, self.names)
        self.linear_ = fit_log_amount(columns, x, np.maximum(effort, floor), share)
        self.ages_, self.left_ = _remaining(x[KIND], effort, lasted, share)
        return self

    def calibrate(self, work: Work, score: Floats) -> Self:
        """Set level and interval on `scores` given before the outcome was known.

        `score` is of shape (rows of `work`,).
        """
        scored = Work(work.x.select(score=pl.Series(score)), *_times(work))
        x, effort, _, share = scored.known(CALIBRATE_DAYS)
        size = np.exp(x["score"].to_numpy())
        total, expected = (np.average(one, weights=share) for one in (effort, size))
        self.level_ = float(np.log(total / expected))
        ratio = effort / (np.exp(self.level_) * size)
        tail = (1 - COVERAGE) / 2
        self.low_, self.high_ = (weighted_quantile(ratio, share, q) for q in (tail, 1 - tail))
        return self

    def scores(self, x: pl.DataFrame) -> Floats:
        """Logarithm of the size, shape (rows,)."""
        return self.linear_.raw(x)

    def predict(self, x: pl.DataFrame) -> Floats:
        """Expected effort per row, in the office's unit."""
        return np.asarray(np.exp(self.level_ + self.scores(x)))

    def interval(self, x: pl.DataFrame) -> tuple[Floats, Floats]:
        """Low and high per row: four cases in five lie between."""
        expected = self.predict(x)
        return self.low_ * expected, self.high_ * expected

    def remaining(self, kind: pl.Series, age_days: Floats) -> Floats:
        """The share of its expected effort that a case open for `age_days` has still to come.

        By kind, E[e (1 - t/T) | T > t] / E[e] for effort `e`, days from opening to closing `T`
        and age `t`: work is taken to be spread evenly over the time a case is open. More than
        1 where only the large cases get as old. Shape (rows,).
        """
        names = list(self.left_)
        place = kind.replace_strict(names, range(len(names)), default=None).fill_null(
            names.index(ANY)
        )
        left = np.array(list(self.left_.values()))
        column = np.searchsorted(self.ages_, age_days, side="right") - 1
        return np.asarray(left[place.to_numpy(), np.maximum(column, 0)], dtype=np.float64)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {
            "linear": self.linear_.as_json(),
            "ages": self.ages_.tolist(),
            "left": {kind: shares.tolist() for kind, shares in self.left_.items()},
            **{name: getattr(self, f"{name}_") for name in NUMBERS},
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """The fitted model that `as_json` described.

        `ValueError`, `KeyError` or `TypeError` if it describes none.
        """
        linear = Linear.from_json(saved["linear"])
        model = cls(linear.columns.names)
        model.linear_ = linear
        for name in NUMBERS:
            setattr(model, f"{name}_", float(saved[name]))
        model.ages_ = np.array(saved["ages"], dtype=np.float64)
        left = {str(kind): np.array(one, dtype=np.float64) for kind, one in saved["left"].items()}
        model.left_ = left
        numbers = [*(float(saved[name]) for name in NUMBERS), *model.ages_.ravel()]
        numbers += [share for one in left.values() for share in one.ravel()]
        shaped = model.ages_.ndim == 1 and all(
            one.shape == model.ages_.shape for one in left.values()
        )
        if ANY not in left or not model.ages_.size or not shaped:
            raise ValueError("what is left of a case is not told by age")
        if not np.isfinite(numbers).all() or not 0 <= model.low_ <= model.high_:
            raise ValueError("a number of the effort model is none")
        return model


NUMBERS = ("level", "low", "high")


def _times(work: Work) -> tuple[Any, ...]:
    return work.age, work.lasted, work.closed, work.effort


def _remaining(
    kind: pl.Series, effort: Floats, lasted: Floats, share: Floats
) -> tuple[Floats, dict[str, Floats]]:
    """Ages in days, and per kind the share of the effort that is left at each."""
    last = weighted_quantile(lasted, share, LAST_AGE)
    ages = np.linspace(0.0, last, AGES)
    every = kind.fill_null(ANY)
    common = every.value_counts().filter(pl.col("count") >= FEWEST_OF_A_KIND)[every.name]
    left = {ANY: _left(ages, effort, lasted, share)}
    for name in common.sort():
        rows = (every == name).to_numpy()
        left.setdefault(name, _left(ages, effort[rows], lasted[rows], share[rows]))
    return ages, left


def _left(ages: Floats, effort: Floats, lasted: Floats, share: Floats) -> Floats:
    """E[e (1 - t/T) | T > t] / E[e] at each age t; from the last with a longer case on as there."""
    mean = np.average(effort, weights=share)
    found: list[float] = []
    for age in ages:
        open_ = lasted > age
        weight = share[open_]
        rest = effort[open_] * (1 - age / lasted[open_])
        some = weight.sum() > 0 and mean > 0
        before = found[-1] if found else 1.0
        found.append(float(np.average(rest, weights=weight) / mean) if some else before)
    return np.array(found)
