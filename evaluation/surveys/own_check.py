"""What the office's own check misses: a sample of reviews among the cases it passed and failed.

Every case was checked (first phase), some are drawn and reviewed (second phase; Särndal, Swensson
and Wretman 1992, chapter 9). The defects among the cases that passed and among those
that failed are estimated like those of any part of the frame (`statistics/hidden_group.py`).
The share of defects that the check catches is a ratio of these two,

    caught = failed defects / (failed defects + passed defects),

estimated with little bias after Beale (1962, Industrielle Organisation 31; Tin 1965, Journal of the
American Statistical Association 60), with the interval that the intervals of both give on a
log scale (method of variance estimates recovery: Zou and Donner 2008, Statistics in Medicine 27;
for ratios Donner and Zou 2012, Statistical Methods in Medical Research 21).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, hypot, inf, log

import numpy as np

from cases.numeric import Flags
from evaluation.statistics.hidden_group import PartFigure, figure_of_part
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SurveySample
from evaluation.surveys.caught import CaughtIn

FEWEST_DEFECTS = 5  # found among reviewed cases; with fewer, the share caught is withheld
LARGEST_ERROR = 0.4  # of the defects in all, as a share of them; if larger, only ends are given


@dataclass(frozen=True)
class OwnCheck:
    """What reviews say about a check.

    `passed` and `failed` are numbers of cases. `missed` is the share of the passed that have a
    defect a review would find; `caught` the share of all such defects that are in failed
    cases, `by_dimension` the same of the defects in each dimension that reviews named.
    """

    passed: int
    failed: int
    missed: Figure
    caught: Figure
    by_dimension: tuple[CaughtIn, ...] = ()


@dataclass(frozen=True)
class Total:
    """An estimated number of defects with its variance and 95% interval.

    `expected` is the number that the model as corrected by the reviews expects.
    """

    value: float
    variance: float
    low: float
    high: float
    expected: float


def own_check(sample: SurveySample, passed: Flags, failed: Flags) -> OwnCheck:
    """What `sample` says about a check that `passed` some cases and `failed` others.

    Both have shape (cases,); a case that was not checked is in neither. `ValueError` if no
    case was passed or none failed, or if a case is in both.
    """
    if not passed.any() or not failed.any() or (passed & failed).any():
        raise ValueError("a check passes some cases and fails some others")
    good, bad = figure_of_part(sample, passed), figure_of_part(sample, failed)
    seen = int(sample.y[sample.returned & (passed | failed)].sum())
    few = seen < FEWEST_DEFECTS
    return OwnCheck(
        passed=int(passed.sum()),
        failed=int(failed.sum()),
        missed=good.rate if good.total.returned else Figure.withheld(0),
        caught=Figure.withheld(seen) if few else caught(total(bad), total(good), seen),
    )


def total(part: PartFigure) -> Total:
    """The number of defects that a sample says there are."""
    about, rate = part.total, part.rate
    low, high = (about.cases * (end or 0.0) for end in (rate.low, rate.high))
    value = min(max(about.total, low), high)
    return Total(value, about.variance, low, high, about.expected)


def caught(failed: Total, passed: Total, n: int) -> Figure:
    """The share of all defects that are in failed cases, from `n` defects found.

    No value, only ends, where the number of all defects is little known.
    """
    everything, variance = failed.value + passed.value, failed.variance + passed.variance
    if everything == 0:
        return Figure.withheld(n)
    low = _share(_least_odds(failed, passed))
    high = 1 - _share(_least_odds(passed, failed))
    if variance**0.5 > LARGEST_ERROR * (failed.expected + passed.expected):
        return Figure(None, low, high, n, "too_few")
    # Beale's ratio estimator; the two totals are uncorrelated.
    share = (failed.value + failed.variance / everything) / (everything + variance / everything)
    return Figure(float(np.clip(share, low, high)), low, high, n)


def _least_odds(less: Total, more: Total) -> float:
    """The smallest plausible ratio of `less` to `more`."""
    if less.low <= 0:
        return 0.0
    if more.value <= 0:
        return less.low / more.high if more.high > 0 else inf
    # On the log scale the distances of both ends add up as squares.
    far = hypot(log(less.value / less.low), log(more.high / more.value))
    return less.value / more.value * exp(-far)


def _share(odds: float) -> float:
    return 1 - 1 / (1 + odds)
