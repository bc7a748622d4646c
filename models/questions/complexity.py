"""Complexity: the probability that a new case will prove complex.

Regularised logistic regression on the facts of the case as they stand at intake
(`estimators/linear.py`). These facts are few and mostly codes; trees, which need many cases to
learn that two facts add up, ranked later cases no better on the offices that state complexity.
Its level is not moved to that of the newest outcomes, as that of risk is: of the cases opened
last only the quickly closed have an outcome, and those are the simple ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import polars as pl
from scipy.special import expit

from cases.language.messages import _
from cases.numeric import Floats
from cases.office.model import Office
from features.catalogue import intake_features
from features.online.features import FeatureRows
from models.calibration.conformal import Cutoffs, Outcomes
from models.estimators.estimator import TrainingSample
from models.estimators.linear import Linear, fit_linear
from models.matrix import Columns
from models.questions.question import Question
from models.reasons.reasons import Explained
from models.reasons.wording import says_complexity


@dataclass
class ComplexityModel:
    """What is known of a case at intake, and nothing that is known later."""

    names: Sequence[str]

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(intake_features(office))

    def fit(self, sample: TrainingSample) -> Self:
        """Fit on cases with known outcomes; both outcomes must occur."""
        self.linear_ = fit_linear(Columns.learn(sample.x, self.names), sample)
        return self

    def predict(self, x: FeatureRows) -> Floats:
        """The probability per row."""
        return np.asarray(expit(self.linear_.raw(x)))

    def scores(self, x: FeatureRows) -> Floats:
        """Log-odds against the average case it was fitted on, shape (rows,)."""
        return self.linear_.raw(x) - self.linear_.level

    def cutoffs(self, outcomes: Outcomes, complex_error: float, simple_error: float) -> Cutoffs:
        """The cut-offs on this model's probabilities (see `models/calibration/conformal.py`)."""
        scores = outcomes.cutoffs(complex_error, simple_error)
        return replace(
            scores,
            simple_below=self._probability(scores.simple_below),
            complex_from=self._probability(scores.complex_from),
        )

    def _probability(self, score: float | None) -> float | None:
        return None if score is None else float(expit(score + self.linear_.level))

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return self.linear_.as_json()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """The fitted model that `as_json` described.

        `ValueError`, `KeyError` or `TypeError` if it describes none.
        """
        linear = Linear.from_json(saved)
        model = cls(linear.columns.names)
        model.linear_ = linear
        return model


@dataclass(frozen=True)
class ComplexityQuestion(Question):
    """Asked of a new case; answers `complex_probability`.

    `outcomes` are what the cut-offs between simple and complex are set by.
    """

    code = "complexity"
    meaning = _("complexity")
    estimate = "complex_probability"
    model: ComplexityModel
    outcomes: Outcomes

    @property
    def names(self) -> tuple[str, ...]:
        """The intake features it was fitted on."""
        return tuple(self.model.names)

    @property
    def judged_by_outcome(self) -> bool:
        """Always: every closed case has proved complex, or not."""
        return True

    def answer(self, x: FeatureRows) -> pl.DataFrame:
        """The probability per row."""
        return pl.DataFrame({"complex_probability": self.model.predict(x)})

    @property
    def explained(self) -> Explained:
        """What speaks for complex (a positive contribution) and what for simple (a negative)."""
        return Explained(self.model.linear_, says_complexity, either_way=True)

    def cutoffs(self, complex_error: float, simple_error: float) -> Cutoffs:
        """Below which probability a case may be called simple, from which on complex."""
        return self.model.cutoffs(self.outcomes, complex_error, simple_error)

    def routed(self, complex_error: float, simple_error: float) -> pl.DataFrame:
        """How often such cut-offs have erred so far, by year; see `Outcomes.running`."""
        return self.outcomes.running(complex_error, simple_error)

    def as_json(self) -> dict[str, Any]:
        """The model and the outcomes."""
        return {"model": self.model.as_json(), "outcomes": self.outcomes.as_json()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """As it was saved."""
        del text
        return cls(ComplexityModel.from_json(saved["model"]), Outcomes.from_json(saved["outcomes"]))
