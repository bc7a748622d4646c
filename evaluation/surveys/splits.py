"""Evidence about several plans together, however the defects are split among their frames.

A claim about all frames together is false if they hold at least `total` defects. Nobody
knows how these are split, but the true split is one of all possible ones, and under the true one
the product of the plans' fortunes (`acceptance.py`) does not grow on average, whichever plan is
read next. So the least product over all splits is evidence that is valid at every look (Spertus
and Stark 2022, "Sweeter than SUITE", arXiv:2207.03379: unions of intersections). The true numbers
do not change when a frame is added, so that one bound covers the looks of all weeks and quarters.
Which review of one plan comes back next may not depend on what is found in the other plans.

The least sum of convex functions takes their slopes in order (infimal convolution:
Rockafellar 1970, Convex Analysis, section 5). The logarithm of a fortune is almost convex in the
number of defects; its lower convex hull is taken, which is never more than the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Self

import numpy as np

from cases.numeric import Floats
from evaluation.surveys.acceptance import Reading, Side, log_fortunes

COUNTS = 600  # numbers of defects tried in a frame, finest near the least possible one

Point = tuple[float, float]


@dataclass(frozen=True)
class Part:
    """What one plan says about each number of defects among the cases that chance decides about.

    The points are the corners of a convex function: a number of defects and the logarithm of the
    evidence against at least so many. Evidence of "more" is against at most so many, and the
    numbers are negative.
    """

    hull: tuple[Point, ...]

    @classmethod
    def of(cls, read: Reading, unread: int, claimed: float, side: Side) -> Self:
        """Beside the cases read, `unread` may be defects; the claim allows `claimed` in all."""
        found = float(read.y.sum())
        counts = found + np.unique(np.round(unread * np.linspace(0.0, 1.0, COUNTS) ** 2))
        logs = log_fortunes(read, counts, claimed=claimed, side=side)
        return cls.at(counts, logs[:, -1] if logs.size else np.zeros(len(counts)), side)

    @classmethod
    def at(cls, counts: Floats, evidence: Floats, side: Side) -> Self:
        """From the logarithm of the evidence at numbers of defects, both of shape (counts,).

        The first and the last number are the least and the largest possible one.
        """
        if side == "more":
            counts, evidence = -counts[::-1], evidence[::-1]
        return cls(_hull(counts, evidence))


def least_evidence(parts: Sequence[Part], total: float) -> float:
    """The least logarithm of evidence over all splits of at least `total`; inf if there is none.

    For evidence of "more", at least `-total` is at most `total`.

    >>> flat, steep = Part(((0, 0), (10, 1))), Part(((0, 0), (10, 5)))
    >>> least_evidence([flat, steep], 12)
    2.0
    """
    at = sum(part.hull[0][0] for part in parts)
    evidence = sum(part.hull[0][1] for part in parts)
    slopes = sorted(
        ((after[1] - point[1]) / (after[0] - point[0]), after[0] - point[0])
        for part in parts
        for point, after in pairwise(part.hull)
    )
    for slope, length in slopes:
        step = length if slope < 0 else min(length, max(total - at, 0.0))
        at, evidence = at + step, evidence + slope * step
    return float(evidence) if at >= total else inf


def _hull(counts: Floats, evidence: Floats) -> tuple[Point, ...]:
    """The corners of the largest convex function below the evidence.

    What holds against at least `counts[i]` defects holds for every number up to the next count.
    """
    ends = np.append(counts[1:] - 1, counts[-1])
    points = {*zip(counts.tolist(), evidence.tolist(), strict=True)}
    points |= {*zip(ends.tolist(), evidence.tolist(), strict=True)}
    hull: list[Point] = []
    for point in sorted(points):
        while hull and hull[-1][0] == point[0]:
            point = min(hull.pop(), point)  # noqa: PLW2901
        while hull[1:] and _turns_down(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return tuple(hull)


def _turns_down(first: Point, middle: Point, last: Point) -> bool:
    """Whether the middle one lies on or above the line between the others."""
    rise = (middle[1] - first[1]) * (last[0] - first[0])
    return rise >= (last[1] - first[1]) * (middle[0] - first[0])
