"""How many defects a draw may miss altogether if the model is confidently wrong about a group.

If a group of cases has a low risk by the model but many defects, its cases have low inclusion
probabilities; often not one of its defects is drawn, and then neither the estimate nor its
variance knows of them. For a group G of defects and independent draws that happens with probability

    prod over G (1 - pi),

the confidence limit for an event that was not seen (Clopper and Pearson 1934, Biometrika 26,
with unequal probabilities). It follows from the inclusion probabilities alone, so that it is known
before the draw, whatever the model says. With `hidden` the size of the largest G for which this
is `MISSED`, the number of defects may lie above its estimate by

    sqrt(z^2 variance + hidden^2),

because the two errors are independent: hidden defects that were drawn are in the variance, those
that were not are in `hidden`. If a number of hidden defects with one inclusion probability comes
on top of a normal error, the truth lies farther above in at most 6 % of draws, whatever that
number, where the normal error is at least 0.3 / pi cases (8 % where it is 0.1 / pi). The
largest weight plays the same part for standardised rates (Fay and Feuer 1997, Statistics in
Medicine 16), where it is added even when all is well known, and costs more width.
"""

from __future__ import annotations

from math import hypot, log, sqrt

import numpy as np

from cases.numeric import Floats, Z

MISSED = 0.1  # probability with which a hidden group is missed altogether
LARGEST_GROUP = 1 / 6  # a hidden group has at most this share of the cases


def most_hidden(probability: Floats, missed: float = MISSED) -> float:
    """How many defects a draw misses altogether with a probability of `missed`.

    `probability` holds the inclusion probability of every case, shape (cases,). The group is
    made of the cases that were least likely to be drawn, at most `LARGEST_GROUP` of all;
    part of a case counts in proportion.

    >>> round(most_hidden(np.full(1000, 0.1), missed=0.81), 9)
    2.0
    """
    room = max(1, int(LARGEST_GROUP * len(probability)))
    least = np.sort(probability[probability < 1])[:room]
    # log prod (1 - pi), the least likely cases first; 0 defects are missed with certainty.
    surprise = np.append(0.0, np.cumsum(-np.log1p(-least)))
    return float(np.interp(-log(missed), surprise, np.arange(len(surprise))))


def reach(variance: float, hidden: float) -> float:
    """How far above the estimate the number of defects may lie, in cases."""
    return hypot(Z * sqrt(variance), hidden)
