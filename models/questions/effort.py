"""Effort: how much work a new case will be, with an interval, and what is left of it.

Effort is what the office file says: the days from opening to closing, or a number recorded
at closing. Learnt from the facts at intake alone; how busy the office was and how long other
cases took lately made the estimates worse where durations drift (docs/models.md).

1. *Hazard.* A discrete-time hazard model (`estimators/hazard.py`) of what was seen in the last two
   years. Where effort is the days a case is open, each case counts for the days of these years
   that it was open, so that the cases still open tell of today. Where it is recorded at closing,
   those closed then count, weighted to stand for all (`estimators/duration.py`).
2. *Interval.* Models of earlier quarters forecast cases that have gone on since. Of the last year
   of these it is measured how far from the middle of its forecast an effort must lie to be among
   the fifth furthest; between these two quantiles four cases in five lie (distributional conformal
   prediction: Chernozhukov, Wuthrich, Zhu 2021, PNAS 118; here with cases still open, by
   product-limit shares on the scale of the forecast).
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
from cases.office.model import Office
from cases.tables.tables import Tables, moments_of, rows
from features.as_of import open_moments
from features.build import known_at
from features.catalogue import intake_features
from features.online.features import FeatureRows
from models.estimators.duration import (
    FROM_THE_BEGINNING,
    Spells,
    closing_shares,
    days_open,
    weighted_quantile,
)
from models.estimators.hazard import Curves, HazardModel, fit_hazard
from models.questions.question import Question

FIT_DAYS, CALIBRATE_DAYS = 730.0, 365.0  # how far back what was seen counts
COVERAGE = 0.8
# Of the forecast, below and above the interval at least: how far out an effort may lie is learnt
# from few cases, and from times when the office was another.
LEAST_TAIL = 0.05
MIDDLE = 0.5  # of a forecast
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

    @classmethod
    def together(cls, parts: Sequence[Work]) -> Work:
        """The cases of all parts, one after the other."""
        arrays = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("age", "lasted", "closed", "effort")
        )
        return cls(pl.concat([part.x for part in parts]), *arrays)

    def known(self, window: float) -> tuple[pl.DataFrame, Floats, Floats, Floats]:
        """Of the cases closed in the last `window` days with a known effort: `x`, effort, days
        open, and the share of all cases that each stands for (sums to 1)."""
        share = closing_shares(self.age, self.lasted, self.closed, window)
        known = (share > 0) & np.isfinite(self.effort)
        share = share[known] / share[known].sum()
        return self.x.filter(pl.Series(known)), self.effort[known], self.lasted[known], share

    def spells(self, window: float, days: bool) -> Spells:
        """What was seen of the effort of each case in the last `window` days; shape (rows,).

        `days` says whether effort is the days from opening to closing.
        """
        if days:
            return days_open(self.age, self.lasted, self.closed, window)
        share = closing_shares(self.age, self.lasted, self.closed, window)
        known = (share > 0) & np.isfinite(self.effort)
        start = np.full(len(known), FROM_THE_BEGINNING)
        usual = share[known].mean() if known.any() else 1.0
        weight = np.where(known, share / usual, 0.0)
        return Spells(start, np.where(known, self.effort, 0.0), known, weight)


@dataclass
class EffortModel:
    """What is known of a case at intake, and nothing that is known later.

    `days` says whether effort is the days from opening to closing, so that a case still open
    tells of it.
    """

    names: Sequence[str]
    days: bool

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(intake_features(office), days=office.effort.attribute is None)

    def fit(self, work: Work) -> Self:
        """Learn the hazard, and by age the share of a case that is still to come."""
        # Step 1: what was seen in the last two years.
        self.hazard_ = fit_hazard(self.names, work.x, work.spells(FIT_DAYS, self.days))
        x, effort, lasted, share = work.known(FIT_DAYS)
        self.ages_, self.left_ = _remaining(x[KIND], effort, lasted, share)
        self.tail_ = LEAST_TAIL
        return self

    def calibrate(self, earlier: Sequence[tuple[Work, Curves]]) -> Self:
        """Set the interval by what became of cases that earlier models forecast.

        It stays at its widest where there are none.
        """
        if not earlier:
            return self
        works, curves = zip(*earlier, strict=True)
        spells = Work.together(works).spells(CALIBRATE_DAYS, self.days)
        # Step 2: on the scale of each forecast, and there how far from its middle.
        on_scale = _on_scale(spells, curves)
        share = on_scale.shares()
        off = np.abs(on_scale.last - MIDDLE)
        # What was never seen to end lies at the far end.
        off, share = np.append(off, MIDDLE), np.append(share, max(0.0, 1.0 - share.sum()))
        self.tail_ = max(MIDDLE - weighted_quantile(off, share, COVERAGE), LEAST_TAIL)
        return self

    def curves(self, x: FeatureRows) -> Curves:
        """How far each case will come."""
        return self.hazard_.curves(x)

    def predict(self, x: FeatureRows) -> Floats:
        """Expected effort per row, in the office's unit."""
        return self.curves(x).expected()

    def between(self, curves: Curves) -> tuple[Floats, Floats]:
        """Low and high of each of the curves: four cases in five lie between."""
        return curves.quantile(self.tail_), curves.quantile(1 - self.tail_)

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
        """What `from_json` reads back, with `text`."""
        return {
            "days": self.days,
            "hazard": self.hazard_.as_json(),
            "tail": self.tail_,
            "ages": self.ages_.tolist(),
            "left": {kind: shares.tolist() for kind, shares in self.left_.items()},
        }

    def text(self) -> str:
        """The text of the hazard's trees."""
        return self.hazard_.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """The fitted model that `as_json` and `text` described.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
        hazard = HazardModel.from_json(saved["hazard"], text)
        model = cls(hazard.size.columns.names, days=bool(saved["days"]))
        model.hazard_, model.tail_ = hazard, float(saved["tail"])
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
        numbers = np.concatenate([self.ages_, *shares])
        if not np.isfinite(numbers).all() or not LEAST_TAIL <= self.tail_ <= MIDDLE:
            raise ValueError("a number of the effort model is not finite or out of order")


def _on_scale(spells: Spells, curves: Sequence[Curves]) -> Spells:
    """The spells of all cases of `curves`, one after the other, on the scale of their forecasts.

    There a case has come as far as the probability that it would have ended by then.
    """
    ends = np.cumsum([len(part.reach) for part in curves])[:-1]
    start, last = (
        np.concatenate(
            [part.rank(own) for part, own in zip(curves, np.split(of, ends), strict=True)]
        )
        for of in (spells.start, spells.last)
    )
    start = np.where(spells.start < 0, FROM_THE_BEGINNING, start)
    return replace(spells, start=start, last=last)


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
    estimate = "effort"
    model: EffortModel

    @property
    def names(self) -> tuple[str, ...]:
        """The intake features it was fitted on."""
        return tuple(self.model.names)

    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """Expectation and interval per row."""
        curves = self.model.curves(x)
        low, high = self.model.between(curves)
        return pl.DataFrame({"effort": curves.expected(), "effort_low": low, "effort_high": high})

    def remaining(self, tables: Tables, as_of: datetime) -> pl.DataFrame:
        """What is left to do of every case open at `as_of`, sorted by `case_id`.

        Columns `case_id, handler, kind` (as known by then, null where unknown), `age_days` and
        `remaining_effort`, the expected effort times the share of it that is still to come.
        """
        still_open = rows(known_at(tables, open_moments(tables, as_of)).cases)
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
        """The model, with `text`."""
        return self.model.as_json()

    def text(self) -> str:
        """The trees of its hazard."""
        return self.model.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        return cls(EffortModel.from_json(saved, text))
