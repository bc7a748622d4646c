"""Which kind of model an office's risk has: by log loss on later cases, with a margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cases.language.messages import Message, _
from cases.numeric import Floats
from models.estimators.kinds import BLEND, KINDS, LOGISTIC, TREES

MARGIN = 1.0  # standard errors by which one kind alone must be better than both together

NAMES: dict[str, Message] = {
    LOGISTIC: _("logistic regression"),
    TREES: _("boosted trees"),
    BLEND: _("boosted trees and logistic regression together"),
}


@dataclass(frozen=True)
class Choice:
    """The kind that was chosen, and the log loss of every kind on the same `cases` later cases."""

    kind: str
    losses: Mapping[str, float]
    cases: int

    @property
    def says(self) -> Message:
        """Which kind, and why, in one sentence."""
        if self.kind == BLEND:
            template = _(
                "The risk model is {kind}: on {cases:,} later cases neither was clearly better "
                "alone (log loss of the trees {trees:.4f}, of the regression {logistic:.4f}, "
                "together {blend:.4f})."
            )
        else:
            template = _(
                "The risk model is {kind}, clearly better on {cases:,} later cases (log loss of "
                "the trees {trees:.4f}, of the regression {logistic:.4f}, together {blend:.4f})."
            )
        return template.filled(kind=NAMES[self.kind], cases=self.cases, **self.losses)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {"kind": self.kind, "losses": dict(self.losses), "cases": self.cases}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Choice:
        """The choice that `as_json` described; `ValueError` for a kind that is not known."""
        if saved["kind"] not in KINDS:
            raise ValueError("a kind of model that is not known")
        losses = {kind: float(saved["losses"][kind]) for kind in KINDS}
        return cls(str(saved["kind"]), losses, int(saved["cases"]))


def choose(scores: Mapping[str, Floats], y: Floats) -> Choice:
    """The kind to use, from the out-of-time log-odds of each on cases with outcomes `y`, (rows,).

    Both together, unless the best kind alone is better by more than `MARGIN` standard errors of
    the difference (the one-standard-error rule of Breiman et al. 1984, Classification and
    regression trees, section 3.4.3, with both together as what is preferred).

    >>> good, bad = np.array([2.0, -2.0, 1.8, -2.2]), np.array([1.0, 1.0, -1.0, -1.0])
    >>> scores = {"logistic": good, "trees": bad, "blend": (good + bad) / 2}
    >>> choose(scores, np.array([1.0, 0.0, 1.0, 0.0])).kind
    'logistic'
    """
    losses = {kind: np.logaddexp(0.0, raw) - y * raw for kind, raw in scores.items()}
    means = {kind: float(loss.mean()) for kind, loss in losses.items()}
    best = min(means, key=lambda kind: means[kind])
    gain = losses[BLEND] - losses[best]
    clear = gain.mean() > MARGIN * gain.std() / np.sqrt(len(gain))
    return Choice(best if clear else BLEND, means, len(y))
