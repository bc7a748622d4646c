"""Remaining time: how many days a running case still takes, with an interval.

Asked at any moment between opening and closing, from the facts of the case and how it went so far.
A `Forecast` (`estimators/forecast.py`) on the days that follow the moment: it is fitted on cases
at their landmarks (`training/landmarks.py`), and so on those that are still open too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.model import Office
from features.catalogue import running_features
from features.feature import RUNNING
from features.online.features import FeatureRows
from models.estimators.forecast import MIDDLE, Forecast
from models.questions.question import Question

# Half of what is grown for effort: what a case has done so far says much, and drifts sooner.
ROUNDS = 50
NO_LIMITS = _("the office file states no limits of running cases ([[limits]]).")


class RemainingModel(Forecast):
    """What is known of a case at a moment between its opening and its closing."""

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(running_features(office), days=True, rounds=ROUNDS)


@dataclass(frozen=True)
class RemainingQuestion(Question):
    """Asked of a running case; answers `remaining_days, remaining_low, remaining_high`.

    Half of such cases take longer than `remaining_days`; four in five end between the others.
    """

    code = "remaining"
    meaning = _("remaining time")
    estimate = "remaining_days"
    model: RemainingModel

    @staticmethod
    def moment(_office: Office) -> str:
        """Any time while the case is open."""
        return RUNNING

    @staticmethod
    def unasked(office: Office) -> Sayable | None:
        """Unless the office file states limits, or asks for it."""
        return None if office.watches else NO_LIMITS

    @property
    def names(self) -> tuple[str, ...]:
        """The features of running cases it was fitted on."""
        return tuple(self.model.names)

    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """Median and interval per row, in days."""
        curves = self.model.curves(x)
        low, high = self.model.between(curves)
        middle = curves.quantile(MIDDLE)
        return pl.DataFrame(
            {"remaining_days": middle, "remaining_low": low, "remaining_high": high}
        )

    def as_json(self) -> dict[str, Any]:
        """The model, with `text`."""
        return self.model.as_json()

    def text(self) -> str:
        """The trees of its hazard."""
        return self.model.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        return cls(RemainingModel.from_json(saved, text))
