"""An interval of the defect rate that holds when the model is confidently wrong about a group.

The variance of the estimate is computed from the reviews that were drawn. If a group of cases
has a low risk by the model but many defects, its cases have low inclusion probabilities; often
not one of its defects is drawn, and then neither the estimate nor its variance knows of them.
So the upper end also allows for the largest group of defects that the draw could have missed
altogether: it follows from the inclusion probabilities alone, whatever the model says.

For a group G of defects and independent draws, no defect is drawn with probability

    prod over G (1 - pi),

the confidence limit for an event that was not seen (Clopper and Pearson 1934, Biometrika 26,
with unequal probabilities). With `hidden` the size of the largest G for which this is `MISSED`,

    upper end = rate + sqrt(z^2 variance + hidden^2) / cases,

because the two errors are independent: hidden defects that were drawn are in the variance, those
that were not are in `hidden`. If a number of hidden defects with one inclusion probability comes
on top of a normal error, the upper end lies below the truth in at most 6 % of draws, whatever
that number, where the normal error is at least 0.3 / pi cases (8 % where it is 0.1 / pi). The
largest weight plays the same part for standardised rates (Fay and Feuer 1997, Statistics in
Medicine 16), where it is added even when all is well known, and costs more width.
"""

from __future__ import annotations

from dataclasses import replace
from math import hypot, log, sqrt

import numpy as np

from cases.numeric import Flags, Floats, Z
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SampleTotal, SurveySample

MISSED = 0.1  # probability with which a hidden group is missed altogether
LARGEST_GROUP = 0.1  # a hidden group has at most this share of the cases
FARTHEST = 3.5  # times the rate by which the upper end may exceed it before it is withheld


def most_hidden(probability: Floats, missed: float = MISSED) -> float:
    """How many defects a draw misses altogether with a probability of `missed`.

    `probability` holds the inclusion probability of every case, shape (cases,). The group is
    made of the cases that were least likely to be drawn, at most `LARGEST_GROUP` of all;
    part of a case counts in proportion.

    >>> round(most_hidden(np.full(1000, 0.1), missed=0.81), 9)
    2.0
    """
    room = int(LARGEST_GROUP * len(probability))
    least = np.sort(probability[probability < 1])[:room]
    # log prod (1 - pi), the least likely cases first; 0 defects are missed with certainty.
    surprise = np.append(0.0, np.cumsum(-np.log1p(-least)))
    return float(np.interp(-log(missed), surprise, np.arange(len(surprise))))


def figure_of(sample: SurveySample, some: Flags) -> Figure:
    """The defect rate of the cases `some` picks, shape (cases,), with its 95% interval."""
    residual = np.where(some & sample.returned, sample.y - sample.p, 0.0)
    shown = sample.design_variance(residual)
    return figure_with(sample.total_of(some), shown, most_hidden(sample.pi_returned[some]))


def figure_with(about: SampleTotal, shown: float, hidden: float) -> Figure:
    """The rate and its interval, given the variance that the sample `shown` and `hidden` defects.

    The lower end takes the larger of the two variances, because few defects with a large weight
    raise the estimate and the variance at once. Where the reviews say too little, the rate is
    withheld, not its interval.
    """
    usual = about.figure()
    careful = replace(about, variance=max(shown, about.variance)).figure()
    far = reach(about.variance, hidden)
    known = about.cases / (about.cases + about.missing)
    most = known * min(about.rate + far / about.cases, 1.0) + 1 - known
    high = max(usual.high or 0.0, most)
    if too_uncertain(about, far):
        return Figure(None, careful.low, high, about.returned, "too_few")
    return Figure(usual.value, careful.low, high, about.returned)


def reach(variance: float, hidden: float) -> float:
    """How far above the estimate the number of defects may lie, in cases."""
    return hypot(Z * sqrt(variance), hidden)


def too_uncertain(about: SampleTotal, far: float) -> bool:
    """Whether the rate is withheld; `far` is the `reach`.

    The median of such estimates lies far below the truth: most draws find none of the few
    defects with a large weight. The yardstick is the rate that the corrected model expects,
    which depends less on the luck of the draw than the estimate.
    """
    expected = about.defects + about.corrected_risk * (about.cases - about.certain)
    return far > FARTHEST * expected or about.variance > expected**2
