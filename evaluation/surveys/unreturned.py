"""Reviews that have not come back: bounds of the rate that hold whatever these would have found.

Reviews of defects may take longer than others. If, at equal risk, the odds that a review has not
come back are `odds` times as high for a defect as for a good case, then among those that have
not come back (Robins, Rotnitzky and Scharfstein 2000, on selection bias in sensitivity analysis)

    odds of a defect, not returned  =  odds x odds of a defect, returned.

The latter are the risks as corrected by the returned reviews. The estimate is made once with these
in place of what has not come back, once with `1 / odds`; infinite odds are all defects, or none.
Each end is that of a 95 % interval, so that the bounds hold sampling error as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from cases.numeric import Flags, Floats, Ints
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SurveySample

ODDS = 4.0  # how much harder a defect's review may come back
CLASSES = 3  # of risk, by which the response is shown


@dataclass(frozen=True)
class Response:
    """Of the drawn cases in a class of risk (the lowest first), how many have come back."""

    drawn: int
    returned: int


@dataclass(frozen=True)
class Unreturned:
    """The rate if reviews come back at random at equal risk, and bounds if they do not.

    `bounds` allows for defects that come back `ODDS` times as hard or as easily as others,
    `worst` for anything at all. Both have no value, only ends.
    """

    response: tuple[Response, ...]
    at_random: Figure
    bounds: Figure
    worst: Figure


Estimator = Callable[[SurveySample, Flags], Figure]


def figure_of_all(sample: SurveySample, some: Flags) -> Figure:
    """The usual interval."""
    return sample.total_of(some).figure()


def unreturned(
    sample: SurveySample, some: Flags, figure_of: Estimator = figure_of_all
) -> Unreturned:
    """What can be said of the cases `some` picks, shape (cases,), if reviews are missing.

    `figure_of` makes the interval of a sample whose reviews have all come back.
    """
    return Unreturned(
        response=response(sample),
        at_random=figure_of(filled(sample, 1.0), some),
        bounds=between(sample, some, ODDS, figure_of),
        worst=between(sample, some, inf, figure_of),
    )


def between(sample: SurveySample, some: Flags, odds: float, figure_of: Estimator) -> Figure:
    """From the lower end with few defects to the upper end with many among the unreturned."""
    low, high = (figure_of(filled(sample, tilt), some) for tilt in (1 / odds, odds))
    return Figure(None, low.low, high.high, int((some & sample.returned).sum()))


def filled(sample: SurveySample, odds: float) -> SurveySample:
    """The sample with expected outcomes in place of reviews that have not come back."""
    missing = sample.drawn & ~sample.returned
    y = np.where(missing, _tilted(sample.corrected, odds), sample.y)
    return replace(sample, y=y, returned=sample.drawn, pi_returned=sample.pi)


def _tilted(risk: Floats, odds: float) -> Floats:
    """`risk` with odds so many times as high, shape (cases,)."""
    if odds == inf:
        return np.ones_like(risk)
    return np.asarray(odds * risk / (1 - risk + odds * risk), np.float64)


def response(sample: SurveySample) -> tuple[Response, ...]:
    """By class of risk, from the lowest: thirds of the drawn cases."""
    classes = classes_of_risk(sample.p[sample.drawn])
    back = sample.returned[sample.drawn]
    return tuple(
        Response(int((classes == number).sum()), int(back[classes == number].sum()))
        for number in range(CLASSES)
    )


def classes_of_risk(risk: Floats) -> Ints:
    """The third in which each risk lies, 0 the lowest, shape (cases,)."""
    rank = np.argsort(np.argsort(risk, kind="stable"), kind="stable")
    return (rank * CLASSES // max(len(risk), 1)).astype(np.int64)
