"""Running risk: the probability that a review of a running case, once closed, finds a defect.

Asked at any moment between opening and closing, from what is known then. Fitted as risk is
(`estimators/calibrated.py`), on reviewed cases as they were at a landmark before their closing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.model import Office
from features.catalogue import risk_features
from features.feature import RUNNING
from features.online.features import FeatureRows
from models.estimators.calibrated import CalibratedModel
from models.questions.question import Question
from models.questions.remaining import NO_LIMITS
from models.reasons.reasons import Explained
from models.reasons.wording import says_risk

NO_REVIEWS = _("the office file describes no reviews.")


class RunningRiskModel(CalibratedModel):
    """What a risk model may use at a moment between the opening and the closing of a case."""

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(risk_features(office, RUNNING))


@dataclass(frozen=True)
class RunningRiskQuestion(Question):
    """Asked of a running case; answers `running_risk, running_risk_low, running_risk_high`.

    Of 100 running cases of such a risk, how many a review finds a defect in later, 90 % sure.
    """

    code = "running_risk"
    meaning = _("risk of running cases")
    estimate = "running_risk"
    model: RunningRiskModel

    @staticmethod
    def moment(_office: Office) -> str:
        """Any time while the case is open."""
        return RUNNING

    @staticmethod
    def unasked(office: Office) -> Sayable | None:
        """Unless the office asks about running cases, and has reviews."""
        if not office.watches:
            return NO_LIMITS
        return NO_REVIEWS if office.reviews is None else None

    @property
    def names(self) -> tuple[str, ...]:
        """The features it reads."""
        return tuple(self.model.names)

    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """Probability and band per row."""
        risk, low, high = self.model.estimate(x)
        return pl.DataFrame(
            {"running_risk": risk, "running_risk_low": low, "running_risk_high": high}
        )

    @property
    def explained(self) -> Explained:
        """What raises or lowers it."""
        return Explained(self.model, says_risk)

    def as_json(self) -> dict[str, Any]:
        """The model, with `text`."""
        return self.model.as_json()

    def text(self) -> str:
        """Its trees, if it has any."""
        return self.model.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        return cls(RunningRiskModel.from_json(saved, text))
