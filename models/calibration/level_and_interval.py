"""Scores into probabilities with an interval, kept level while the base rate moves.

The probability is the score's own, moved to the present level (`level_shift`).

The interval is that of the inductive Venn-Abers predictor (Vovk, Petej, Fedorova 2015,
Large-scale probabilistic predictors with and without guarantees of validity, NeurIPS 28,
sections 2 and 3). For a new case the isotonic regression of the calibration labels is
fitted twice, once as if the case were good (its value there is p0) and once as if it were
defective (p1). Whatever the scores are worth, one of the two is calibrated where cases
are exchangeable. The paper's p1 / (1 - p0 + p1) is not used as the probability: like any
isotonic function it ties cases with different scores, and a list of what to check first
needs their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from cases.numeric import Floats


@dataclass(frozen=True)
class VennAbers:
    """The two isotonic functions, tabulated at the distinct calibration scores.

    `scores` ascends strictly, shape (k,); `low` and `high` are p0 and p1 of a case
    that scores exactly there. A case between two scores has p0 of the one below and
    p1 of the one above it; below all p0 is 0, above all p1 is 1.

    >>> two = VennAbers.fit(np.array([0.2, 0.8]), np.array([0.0, 1.0]))
    >>> [round(float(p[0]), 3) for p in two.interval(np.array([0.8]))]
    [0.5, 1.0]
    """

    scores: Floats
    low: Floats
    high: Floats

    @classmethod
    def fit(cls, score: Floats, y: Floats, weight: Floats | None = None) -> VennAbers:
        """Fitted on scores, labels (0 or 1) and weights, each of shape (n,).

        Weights count as numbers of cases. They are scaled to sum to the effective number
        of cases (Kish 1965), so that uneven weights widen the interval as they should.
        """
        weight = np.ones_like(score) if weight is None else weight
        # Scale to Kish's effective number of cases, (sum w)^2 / sum w^2.
        weight = weight * (weight.sum() / (weight**2).sum())
        # Weighted counts of cases and defects at each distinct score.
        scores, position = np.unique(score, return_inverse=True)
        cases = _per_score(position, weight)
        defects = _per_score(position, weight * y)
        # p1: one more defect at each score. p0 is the same problem with order and labels
        # reversed: one more good case is one more "defect" among reversed labels.
        high = _with_one_more_defect(cases, defects)
        low = 1 - _with_one_more_defect(cases[::-1], (cases - defects)[::-1])[::-1]
        return cls(scores, low, high)

    def interval(self, score: Floats) -> tuple[Floats, Floats]:
        """p0 and p1 of each score."""
        below = np.searchsorted(self.scores, score, side="right")
        above = np.searchsorted(self.scores, score, side="left")
        return np.append(0.0, self.low)[below], np.append(self.high, 1.0)[above]

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        return {name: getattr(self, name).tolist() for name in ("scores", "low", "high")}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> VennAbers:
        """The predictor that `as_json` described; `ValueError` for anything else."""
        parts = [np.array(saved[name], dtype=np.float64) for name in ("scores", "low", "high")]
        scores, low, high = parts
        shaped = scores.ndim == 1 and scores.size and scores.shape == low.shape == high.shape
        if not shaped or not (np.diff(scores) > 0).all():
            raise ValueError("scores must ascend, with one low and one high each")
        if not ((low >= 0) & (low <= high) & (high <= 1)).all():
            raise ValueError("low and high must be probabilities")
        return cls(scores, low, high)


NEWTON_STEPS = 50
LEVEL_SPREAD = 0.1  # log-odds; how wrong the level is expected to be before any case is seen


def level_shift(score: Floats, y: Floats, weight: Floats) -> float:
    """What to add to log-odds `score` so that they are right on average; arrays of shape (n,).

    The intercept of a logistic regression with the score as offset (the change of prior
    of Saerens, Latinne, Decaestecker 2002) under a normal prior of spread `LEVEL_SPREAD`,
    so that few cases move it little.

    >>> even, rare = np.zeros(10_000), np.arange(10_000) % 4 == 0
    >>> round(level_shift(even, rare.astype(float), np.ones(10_000)), 2)
    -1.04
    """
    # Newton's method on the negative log posterior, which is convex in the shift.
    shift = 0.0
    for _step in range(NEWTON_STEPS):
        p = expit(score + shift)
        gradient = (weight * (p - y)).sum() + shift / LEVEL_SPREAD**2
        curvature = (weight * p * (1 - p)).sum() + 1 / LEVEL_SPREAD**2
        shift -= gradient / curvature
    return float(shift)


def _per_score(position: NDArray[np.intp], weight: Floats) -> Floats:
    return np.asarray(np.bincount(position, weights=weight), dtype=np.float64)


def _with_one_more_defect(cases: Floats, defects: Floats) -> Floats:
    """p1 at each of k scores, from weighted counts of cases and defects there.

    The isotonic fit is the slope of the greatest convex minorant of the cumulative sum
    diagram. One more defect at score i moves every point before i by (-1, -1). The
    minorant of the points from i on is pushed on a stack from the right once; then i
    runs rightwards, and each point the extra case passes joins the left end (the
    paper's algorithms 1 and 3, with counts in place of single cases).
    """
    # The cumulative sum diagram: points (cases so far, defects so far).
    x = np.append(0.0, np.cumsum(cases)).tolist()
    y = np.append(0.0, np.cumsum(defects)).tolist()
    # Algorithm 1: the minorant of all points, from the right, with the extra case first of all.
    # Corners from the left end on; the last of the list is the leftmost.
    corners: list[Point] = []
    for point in reversed([(-1.0, -1.0), *zip(x, y, strict=True)]):
        _push(corners, point)
    # Algorithm 3: the extra case moves right, score by score; p1 is the slope at its position.
    result = []
    for i in range(1, len(x)):
        left, right = corners[-1], corners[-2]
        result.append((right[1] - left[1]) / (right[0] - left[0]))
        # The point it has now passed joins the left end, moved by (-1, -1).
        passed = (x[i] - 1, y[i] - 1)
        if _turn(passed, left, right) < 0:  # below the line: a corner from now on
            corners.pop()
            _push(corners, passed)
    return np.clip(result, 0.0, 1.0)


Point = tuple[float, float]


def _push(corners: list[Point], point: Point) -> None:
    """Add a point at the left end, dropping corners it leaves above the minorant."""
    while len(corners) > 1 and _turn(point, corners[-1], corners[-2]) <= 0:
        corners.pop()
    corners.append(point)


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive if a, b, c turn left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
