"""Which kind of model an office's risk has: by log loss on later cases, with a margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cases.language.messages import Message, _
from cases.numeric import Floats
from models.calibration.level_and_band import LEAST_SLOPE
from models.estimators.kinds import BLEND, KINDS, LOGISTIC, TREES
from models.estimators.ridge_logistic import Regression, most_likely

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the regression; the rest is the trees'
MARGIN = 0.25  # standard errors of a difference in log loss that decide nothing
SLOPE_VARIANCE = 1.0  # of the prior, a slope of 1

NAMES: dict[str, Message] = {
    LOGISTIC: _("logistic regression"),
    TREES: _("boosted trees"),
    BLEND: _("boosted trees and logistic regression together"),
}


@dataclass(frozen=True)
class Choice:
    """What a model is made of, and the log loss of every kind on the same `cases` later cases.

    `share` is that of the regression. Log-odds are `of_linear` times those of the regression
    plus `of_trees` times those of the trees plus `level`.
    """

    share: float
    of_linear: float
    of_trees: float
    level: float
    losses: Mapping[str, float]
    cases: int

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return _kind(self.share)

    def combined(self, logistic: Floats, trees: Floats) -> Floats:
        """The model's log-odds from those of a regression and of trees, each of shape (rows,)."""
        return self.of_linear * logistic + self.of_trees * trees + self.level

    @property
    def says(self) -> Message:
        """Which kind, and why, in one sentence."""
        if self.kind == BLEND:
            template = _(
                "The risk model is {kind}, the regression counting {share:.0%}: on {cases:,} later "
                "cases neither was better alone (log loss of the trees {trees:.4f}, of the "
                "regression {logistic:.4f}, together {blend:.4f})."
            )
        else:
            template = _(
                "The risk model is {kind}, which was best on {cases:,} later cases (log loss of "
                "the trees {trees:.4f}, of the regression {logistic:.4f}, together {blend:.4f})."
            )
        values = {"kind": NAMES[self.kind], "share": self.share, "cases": self.cases}
        return template.filled(**values, **self.losses)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back."""
        return {
            **{name: getattr(self, name) for name in NUMBERS},
            "losses": dict(self.losses),
            "cases": self.cases,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Choice:
        """The choice that `as_json` described; `ValueError` for anything else."""
        numbers = {name: float(saved[name]) for name in NUMBERS}
        losses = {kind: float(saved["losses"][kind]) for kind in KINDS}
        choice = cls(**numbers, losses=losses, cases=int(saved["cases"]))
        if choice.share not in SHARES or not np.isfinite([*numbers.values()]).all():
            raise ValueError("it does not say what kind of model it is")
        return choice


NUMBERS = ("share", "of_linear", "of_trees", "level")


def choose(logistic: Floats, trees: Floats, y: Floats, offset: Floats | None = None) -> Choice:
    """What to use, from out-of-time log-odds on cases with outcomes `y`, each of shape (rows,).

    Shares of the regression are compared by log loss with the level and the slope fitted on
    these cases. Of those that are within `MARGIN` standard errors of the
    best, the one that leans least to either kind is taken (as the one-standard-error rule of
    Breiman et al. 1984, Classification and regression trees, section 3.4.3, takes the simplest).
    `offset` is what the cases' reviewers add.

    >>> good, bad = np.array([1.0, -1.0] * 9), np.array([1.0, 1.0, -1.0] * 6)
    >>> choose(good, bad, np.array([1.0, 0.0] * 9)).kind
    'logistic'
    """
    known = np.zeros(len(y)) if offset is None else offset
    slopes = _slope(logistic, y, known)[0], _slope(trees, y, known)[0]
    weights = {share: (share * slopes[0], (1 - share) * slopes[1]) for share in SHARES}
    losses = {
        share: _losses(of_logistic * logistic + of_trees * trees, y, known)
        for share, (of_logistic, of_trees) in weights.items()
    }
    best = min(SHARES, key=lambda share: losses[share].mean())
    near = [share for share in SHARES if _within_margin(losses[share] - losses[best])]
    share = min(near, key=lambda share: (abs(share - 0.5), losses[share].mean()))
    of_linear, of_trees = weights[share]
    slope, level = _slope(of_linear * logistic + of_trees * trees, y, known)
    if share == 0:  # trees alone stand as they are
        return Choice(share, 0.0, 1.0, 0.0, _by_kind(losses), len(y))
    return Choice(share, slope * of_linear, slope * of_trees, level, _by_kind(losses), len(y))


def log_loss(raw: Floats, y: Floats, offset: Floats | None = None) -> float:
    """Mean log loss of out-of-time log-odds, compared as `choose` does."""
    return float(_losses(raw, y, np.zeros(len(y)) if offset is None else offset).mean())


def _by_kind(losses: Mapping[float, Floats]) -> dict[str, float]:
    """The mean loss of every kind, of both together at the best share."""
    means = [(_kind(share), float(loss.mean())) for share, loss in losses.items()]
    return {kind: min(loss for one, loss in means if one == kind) for kind in KINDS}


def _kind(share: float) -> str:
    return {0.0: TREES, 1.0: LOGISTIC}.get(share, BLEND)


def _within_margin(worse: Floats) -> bool:
    return bool(worse.mean() <= MARGIN * worse.std() / np.sqrt(len(worse)))


def _losses(raw: Floats, y: Floats, offset: Floats) -> Floats:
    """Log loss of every case with the slope and the level that fit the outcomes best."""
    slope, level = _slope(raw, y, offset)
    score = slope * raw + level + offset
    return np.asarray(np.logaddexp(0.0, score) - y * score)


def _slope(raw: Floats, y: Floats, offset: Floats) -> tuple[float, float]:
    """Slope and level at which `raw` fits the outcomes best; the slope is never negative."""
    # What is fitted is the slope less 1, so that the prior draws it to 1.
    cases = Regression(raw[:, None], y, np.ones(len(y)), offset + raw, SLOPE_VARIANCE)
    (more,), level = most_likely(cases, np.zeros(1))
    return max(LEAST_SLOPE, 1 + float(more)), level
