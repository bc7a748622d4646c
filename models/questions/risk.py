"""The risk model: the probability that a review of a closed case finds a defect."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Self

from cases.errors import BadInput, Fault
from cases.office.model import Office
from features.catalogue import catalogue, risk_features
from models.estimators.calibrated import CalibratedTrees


class RiskModel(CalibratedTrees):
    """What is known at closing, with the directions the office file states."""

    @classmethod
    def of(cls, office: Office, names: Sequence[str] | None = None) -> Self:
        """Unfitted, for this office; on the risk features called `names`, by default all.

        `BadInput` if the office file gives a direction to a feature no risk model has.
        """
        every, features = risk_features(office), catalogue(office)
        numeric = [name for name in every if features[name].type != "code"]
        faults = list(_unknown_directions(office, numeric))
        if faults:
            raise BadInput(faults)
        rising = dict.fromkeys(office.risk.increasing, 1)
        used = every if names is None else names
        return cls(used, rising | dict.fromkeys(office.risk.decreasing, -1))


def _unknown_directions(office: Office, numeric: list[str]) -> Iterator[Fault]:
    for key in ("increasing", "decreasing"):
        for name in getattr(office.risk, key):
            if name not in numeric:
                near = difflib.get_close_matches(name, numeric, n=1, cutoff=0.0)
                yield Fault(
                    "office file",
                    "is not a numeric feature of the risk model.",
                    f"Did you mean `{near[0]}`?" if near else "Remove it.",
                    column=f"risk.{key}",
                    value=name,
                )
