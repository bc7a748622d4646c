"""Effort: how much work a new case will be, with an interval, and what is left of it.

Effort is what the office file says: the days from opening to closing, or a number recorded
at closing. Learnt from the facts at intake alone; how busy the office was and how long other
cases took lately made the estimates worse where durations drift (docs/models.md). What is fitted
is a `Forecast` (`estimators/forecast.py`); where effort is the days a case is open, the cases
still open tell of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
import polars as pl

from cases.language.messages import _
from cases.numeric import Floats
from cases.office.model import Office
from cases.tables.tables import Tables, moments_of, rows
from features.as_of import open_moments
from features.build import known_at
from features.catalogue import intake_features
from features.online.features import FeatureRows
from models.estimators.duration import weighted_quantile
from models.estimators.forecast import FIT_DAYS, Forecast, Work
from models.questions.question import Question

FEWEST_OF_A_KIND = 100  # closings; a rarer kind is treated as all cases together
AGES = 40  # at which the remaining share is tabulated
LAST_AGE = 0.98  # share of the cases closed by the last of these ages: later, too few are left
ANY = ""  # kinds that are rare or unknown
KIND = "attribute.kind"


class EffortModel(Forecast):
    """What is known of a case at intake, and nothing that is known later."""

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(intake_features(office), days=office.effort.attribute is None)

    def fit(self, work: Work) -> Self:
        """Learn the hazard, and by age the share of a case that is still to come."""
        super().fit(work)
        x, effort, lasted, share = work.known(FIT_DAYS)
        self.ages_, self.left_ = _remaining(x[KIND], effort, lasted, share)
        return self

    def predict(self, x: FeatureRows) -> Floats:
        """Expected effort per row, in the office's unit."""
        return self.curves(x).expected()

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
        return super().as_json() | {
            "ages": self.ages_.tolist(),
            "left": {kind: shares.tolist() for kind, shares in self.left_.items()},
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """The fitted model that `as_json` and `text` described.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
        model = super().from_json(saved, text)
        model.ages_ = np.array(saved["ages"], dtype=np.float64)
        model.left_ = {
            str(kind): np.array(shares, dtype=np.float64) for kind, shares in saved["left"].items()
        }
        model._check_shares()
        return model

    def _check_shares(self) -> None:
        """`ValueError` for shares that a fitted model cannot have."""
        shares, shape = list(self.left_.values()), self.ages_.shape
        shaped = len(shape) == 1 and all(values.shape == shape for values in shares)
        if ANY not in self.left_ or not self.ages_.size or not shaped:
            raise ValueError("the remaining shares do not stand by age")
        if not np.isfinite(np.concatenate([self.ages_, *shares])).all():
            raise ValueError("a remaining share is not finite")


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
