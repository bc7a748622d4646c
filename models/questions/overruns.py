"""Overruns: the probability that a running clock of a case will be overrun.

Asked of a clock at any moment while it runs or is suspended and has days left. Clocks themselves
are arithmetic and stand in `policies/clocks`, which nothing here imports: how each of them stands
comes with the rows that are asked about (`CLOCK`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.model import Office
from features.catalogue import running_features
from features.feature import CLOCK, LIMIT, RUNNING
from features.online.features import FeatureRows, FewFeatures
from models.estimators.calibrated import CalibratedModel
from models.questions.question import Question
from models.questions.remaining import NO_LIMITS


class OverrunModel(CalibratedModel):
    """What is known of a case at a moment between its opening and its closing, and of a clock."""

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls((*CLOCK, *running_features(office)))


@dataclass(frozen=True)
class OverrunQuestion(Question):
    """Asked of a clock of a running case; answers `limit, overrun`, the probability."""

    code = "overruns"
    meaning = _("overruns of limits")
    estimate = "overrun"
    model: OverrunModel

    @staticmethod
    def moment(_office: Office) -> str:
        """Any time while the case is open."""
        return RUNNING

    @staticmethod
    def unasked(office: Office) -> Sayable | None:
        """Unless the office file states limits with clocks."""
        return None if any(limit.watched for limit in office.limits) else NO_LIMITS

    @property
    def names(self) -> tuple[str, ...]:
        """The features of running cases that it reads."""
        return tuple(name for name in self.model.names if name not in CLOCK)

    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """The probability per row of `x`, which holds the features and `CLOCK`.

        Without a clock, what is known of the case alone says how probable an overrun is.
        """
        asked = cast("pl.DataFrame", x.frame if isinstance(x, FewFeatures) else x)
        types = {name: pl.Float64() for name in CLOCK} | {LIMIT: pl.String()}
        absent = {name: pl.lit(None, types[name]) for name in CLOCK if name not in asked.columns}
        asked = asked.with_columns(**absent)
        return pl.DataFrame({"limit": asked[LIMIT], "overrun": self.model.predict(asked)})

    def as_json(self) -> dict[str, Any]:
        """The model, with `text`."""
        return self.model.as_json()

    def text(self) -> str:
        """Its trees, if it has any."""
        return self.model.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        return cls(OverrunModel.from_json(saved, text))
