"""The complexity model: the probability that a new case will prove complex."""

from __future__ import annotations

from typing import Self

from cases.office import Office
from features.catalogue import intake_features
from models.calibrated import CalibratedTrees


class ComplexityModel(CalibratedTrees):
    """What is known at intake, and nothing that is known later."""

    @classmethod
    def of(cls, office: Office) -> Self:
        """Unfitted, for this office."""
        return cls(intake_features(office))
