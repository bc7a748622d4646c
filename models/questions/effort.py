"""Effort: how much work a new case will be, with an interval, and what is left of it.

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
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

import numpy as np
import polars as pl

from cases.language.messages import _
from cases.numeric import Flags, Floats
from cases.office.model import INTAKE, Office
from cases.tables.tables import Tables, moments_of, rows
from features.as_of import open_moments
from features.catalogue import intake_features
from models.estimators.duration import closing_shares, weighted_quantile
from models.estimators.linear import Linear, fit_log_amount
from models.matrix import Columns
from models.questions.question import Question

FIT_DAYS, CALIBRATE_DAYS = 730.0, 365.0  # how far back closings count
COVERAGE = 0.8
LEAST = 0.01  # of the mean: a smaller effort counts as this much, so that it has a logarithm
FEWEST_OF_A_KIND = 100  # closings; a rarer kind is treated as all cases together
AGES = 40  # at which the remaining share is tabulated
LAST_AGE = 0.98  # share of the cases closed by the last of these ages: later, too few are left
ANY = ""  # kinds that are rare or unknown
KIND = "attribute.kind"


@dataclass(frozen=True)
class Work:
    """Cases as they stand at some moment, closed or not.

    `x` has a row per case, with the features; `age` is the days since it was opened, `lasted`
    the days it was open so far, `effort` what it took, NaN while it is open or where none
    was recorded. All of shape (rows,).
    """

    x: pl.DataFrame
    age: Floats
    lasted: Floats
    closed: Flags
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
        """Learn the size of cases, and by age the share of a case that is still to come."""
        # Recent closings, each weighted by the share of all cases it stands for.
        x, effort, lasted, share = work.known(FIT_DAYS)
        floor = max(LEAST * float(np.average(effort, weights=share)), np.finfo(float).tiny)
        columns = Columns.learn(x, self.names)
        # Step 1: the size, a ridge regression of the logarithm.
        self.linear_ = fit_log_amount(columns, x, np.maximum(effort, floor), share)
        self.ages_, self.left_ = _remaining(x[KIND], effort, lasted, share)
        return self

    def calibrate(self, work: Work, score: Floats) -> Self:
        """Set level and interval on `scores` given before the outcome was known.

        `score` is of shape (rows of `work`,).
        """
        scored = replace(work, x=work.x.select(score=pl.Series(score)))
        x, effort, _lasted, share = scored.known(CALIBRATE_DAYS)
        size = np.exp(x["score"].to_numpy())
        # Step 2: the level, so that expected efforts add up to the true ones (ratio estimator).
        total, expected = (np.average(values, weights=share) for values in (effort, size))
        self.level_ = float(np.log(total / expected))
        # Step 3: the interval, quantiles of the normalised score effort / expected.
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
        and age `t`: work is assumed to be spread evenly over the time a case is open. More than
        1 where only large cases reach that age. Shape (rows,).
        """
        names = list(self.left_)
        row = kind.replace_strict(names, range(len(names)), default=None).fill_null(
            names.index(ANY)
        )
        left = np.array(list(self.left_.values()))
        column = np.searchsorted(self.ages_, age_days, side="right") - 1
        return np.asarray(left[row.to_numpy(), np.maximum(column, 0)], dtype=np.float64)

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
        model.left_ = {
            str(kind): np.array(shares, dtype=np.float64) for kind, shares in saved["left"].items()
        }
        model._check_numbers()
        return model

    def _check_numbers(self) -> None:
        """`ValueError` for numbers that a fitted model cannot have."""
        shares, shape = list(self.left_.values()), self.ages_.shape
        shaped = len(shape) == 1 and all(values.shape == shape for values in shares)
        if ANY not in self.left_ or not self.ages_.size or not shaped:
            raise ValueError("the remaining shares do not stand by age")
        numbers = [self.level_, self.low_, self.high_, *np.concatenate([self.ages_, *shares])]
        if not np.isfinite(numbers).all() or not 0 <= self.low_ <= self.high_:
            raise ValueError("a number of the effort model is not finite or out of order")


NUMBERS = ("level", "low", "high")


def _remaining(
    kind: pl.Series, effort: Floats, lasted: Floats, share: Floats
) -> tuple[Floats, dict[str, Floats]]:
    """Ages in days, and per kind the share of the effort that is left at each."""
    last = weighted_quantile(lasted, share, LAST_AGE)
    ages = np.linspace(0.0, last, AGES)
    kinds = kind.fill_null(ANY)
    common = kinds.value_counts().filter(pl.col("count") >= FEWEST_OF_A_KIND)[kinds.name]
    left = {ANY: _left(ages, effort, lasted, share)}
    for name in common.sort():
        of_kind = (kinds == name).to_numpy()
        left.setdefault(name, _left(ages, effort[of_kind], lasted[of_kind], share[of_kind]))
    return ages, left


def _left(ages: Floats, effort: Floats, lasted: Floats, share: Floats) -> Floats:
    """E[e (1 - t/T) | T > t] / E[e] at each age t; as at the age before where no case is open."""
    mean = np.average(effort, weights=share)
    left: list[float] = []
    for age in ages:
        open_ = lasted > age  # T > t
        weight = share[open_]
        rest = effort[open_] * (1 - age / lasted[open_])  # e (1 - t/T)
        known = weight.sum() > 0 and mean > 0
        before = left[-1] if left else 1.0
        left.append(float(np.average(rest, weights=weight) / mean) if known else before)
    return np.array(left)


@dataclass(frozen=True)
class EffortQuestion(Question):
    """Asked of a new case; answers `effort, effort_low, effort_high` in the office's unit.

    The expected effort, and between which two values it lies in four cases of five.
    """

    code = "effort"
    meaning = _("effort")
    moment = INTAKE
    estimate = "effort"
    model: EffortModel

    @property
    def names(self) -> tuple[str, ...]:
        """The intake features it was fitted on."""
        return tuple(self.model.names)

    def answer(self, x: pl.DataFrame) -> pl.DataFrame:
        """Expectation and interval per row."""
        low, high = self.model.interval(x)
        return pl.DataFrame(
            {"effort": self.model.predict(x), "effort_low": low, "effort_high": high}
        )

    def remaining(self, tables: Tables, as_of: datetime) -> pl.DataFrame:
        """What is left to do of every case open at `as_of`, sorted by `case_id`.

        Columns `case_id, handler, kind` (as known by then, null where unknown), `age_days` and
        `remaining_effort`, the expected effort times the share of it that is still to come.
        """
        still_open = rows(open_moments(tables, as_of))
        opened = moments_of(still_open.select("case_id", moment="opened_at"))
        x = self.features(tables, opened)
        expected = x.select("case_id", KIND, effort=pl.Series(self.model.predict(x)))
        cases = expected.join(still_open, on="case_id")
        age = (as_of - cases["opened_at"]).dt.total_microseconds() / 86_400_000_000
        left = self.model.remaining(cases[KIND], age.to_numpy())
        return cases.select(
            "case_id",
            "handler",
            "kind",
            age_days=age,
            remaining_effort=pl.col("effort") * pl.Series(left),
        ).sort("case_id")

    def as_json(self) -> dict[str, Any]:
        """The model."""
        return self.model.as_json()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        del text
        return cls(EffortModel.from_json(saved))
