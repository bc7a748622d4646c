"""Reviewers overlook defects and find some that are none: how often, and the rate without that.

Some of the drawn cases are read twice, drawn at random and blind. If a reading finds a defect
with probability `sensitivity` where there is one and finds none with probability
`specificity` where there is none, and errors of two readings are independent, then in a group of
cases with rate t

    P(both find one)  =  t se^2       + (1 - t) (1 - sp)^2
    P(one of the two) =  t 2 se (1-se) + (1 - t) 2 sp (1-sp)
    P(neither)        =  t (1 - se)^2 + (1 - t) sp^2.

Groups with different rates (here: of low, middle and high risk) tell the two probabilities apart
(Hui and Walter 1980, Biometrics 36). The rate found is then corrected (Rogan and Gladen 1978,
American Journal of Epidemiology 107):

    found = t se + (1 - t) (1 - sp),    t = (found + sp - 1) / (se + sp - 1).

All figures are maximum likelihood, all intervals profile likelihood (the values at
which the best log-likelihood falls by less than 1.92); so the corrected rate's interval holds what
is not known of the reviewers, and where the readings say little it is simply wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from cases.numeric import Floats, Ints
from evaluation.statistics.metrics import Figure

DROP = 1.9207  # half the 95 % quantile of chi-square with one degree of freedom
SENSITIVITY = np.linspace(0.5, 1.0, 51)  # a reviewer does better than a coin
SPECIFICITY = 1 - np.linspace(0.0, 0.5**0.5, 61) ** 2  # finest near 1
RATES = np.linspace(0.0, 1.0, 101) ** 2  # finest near 0
FEWEST_BOTH = 10  # cases in which both readings find a defect; with fewer, only bounds
TINY = 1e-12


@dataclass(frozen=True)
class ReviewerError:
    """What second readings say of the reviewers and of the true rate.

    Where the readings are too few, the values are withheld and the intervals are bounds:
    everything the readings do not rule out of a reviewer who does better than a coin.
    """

    sensitivity: Figure
    specificity: Figure
    rate: Figure


def reviewer_error(found: float, effective: float, readings: Ints) -> ReviewerError:
    """The true rate where first readings found `found`, as sure as `effective` random reviews.

    `readings` has shape (groups, 3): for cases read twice, by group of risk, in how
    many both, one and none of the readings found a defect.
    """
    twice = _of_readings(readings)
    rate = _of_rate(np.clip(found, 0.0, 1.0), effective)
    # Shape (sensitivity, specificity, rate): the joint log-likelihood.
    both = twice[:, :, None] + rate
    enough, n = int(readings[:, 0].sum()) >= FEWEST_BOTH, int(readings.sum())
    return ReviewerError(
        _profile(both.max((1, 2)), SENSITIVITY, n, enough=enough),
        _profile(both.max((0, 2)), SPECIFICITY, n, enough=enough),
        _profile(both.max((0, 1)), RATES, n, enough=enough),
    )


def pairs(first: Floats, second: Floats, group: Ints) -> Ints:
    """Counts of both, one and none by group, shape (groups, 3), from outcomes of two readings.

    `first` and `second` (0 or 1) and `group` (0, 1, ...) have shape (cases read twice,).
    """
    kind = 2 - (first + second).astype(np.int64)
    counted = np.zeros((int(group.max(initial=-1)) + 1, 3), np.int64)
    np.add.at(counted, (group, kind), 1)
    return counted


def _of_readings(readings: Ints) -> Floats:
    """Log-likelihood of the second readings, shape (sensitivity, specificity).

    Every group's rate is the likeliest one.
    """
    se, sp = SENSITIVITY[:, None, None], SPECIFICITY[None, :, None]
    likely = np.zeros((SENSITIVITY.size, SPECIFICITY.size))
    defect = (se**2, 2 * se * (1 - se), (1 - se) ** 2)
    good = ((1 - sp) ** 2, 2 * sp * (1 - sp), sp**2)
    for counts in readings:
        parts = (
            xlogy(count, RATES * bad + (1 - RATES) * fine + TINY)
            for count, bad, fine in zip(counts, defect, good, strict=True)
        )
        likely += np.sum([*parts], axis=0).max(2)
    return likely


def _of_rate(found: float, effective: float) -> Floats:
    """Log-likelihood of the rate found, shape (sensitivity, specificity, rate).

    A random sample of the effective size would have it.
    """
    se, sp = SENSITIVITY[:, None, None], SPECIFICITY[None, :, None]
    seen = RATES * se + (1 - RATES) * (1 - sp)
    likely = xlogy(found, seen + TINY) + xlogy(1 - found, 1 - seen + TINY)
    return np.asarray(effective * likely, np.float64)


def _profile(likely: Floats, values: Floats, n: int, *, enough: bool) -> Figure:
    """The likeliest value and those not much less likely; the ends lie half a step further out."""
    inside = np.flatnonzero(likely >= likely.max() - DROP)
    steps = values[[max(inside.min() - 1, 0), inside.min(), inside.max()]]
    after = values[min(inside.max() + 1, values.size - 1)]
    ends = sorted(((steps[0] + steps[1]) / 2, (steps[2] + after) / 2))
    value = float(values[likely.argmax()]) if enough else None
    return Figure(value, float(ends[0]), float(ends[1]), n, None if enough else "too_few")
