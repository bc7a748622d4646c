"""The level of a risk model, set by what random draws say about all cases.

A model learned from its own draws sees mostly risky cases. Where it knows little it falls
back on their rate, and a level learned from the same reviews under a prior that it is right
(`level_shift`) removes only part of that. The draws themselves say, without bias, how many of
all cases are defects. So the level is set to that: the mean risk of all cases that could have
been drawn equals the rate estimated from the draws (calibration to a known total, Deville and
Särndal 1992, Journal of the American Statistical Association 87, equation 1.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from cases.numeric import Flags, Floats

FARTHEST = 6.0  # log-odds by which a level is moved at most
CENSUS = 1e-9  # least variance of a rate: a census outweighs any sample


@dataclass(frozen=True)
class SurveyedRate:
    """The defect rate of one frame as its draw estimates it (unbiased, not clipped).

    `anticipated_variance` is that of the rate as known before the draw, so that draws are combined
    without favour for those that happened to find few defects.
    """

    rate: float
    anticipated_variance: float


def surveyed_rate(risk: Floats, pi: Floats, y: Floats, drawn: Flags) -> SurveyedRate:
    """From a frame with the risks and probabilities of its draw, all of shape (cases,).

    `y` is the outcome of the `drawn`, and is not read elsewhere. The difference estimator:
    mean risk, and what the reviews found beyond it, divided by pi.
    """
    beyond = np.where(drawn, (y - risk) / pi, 0.0)
    variance = ((1 / pi - 1) * risk * (1 - risk)).sum() / len(risk) ** 2
    return SurveyedRate(float(risk.mean() + beyond.mean()), float(variance))


def pooled(rates: list[SurveyedRate]) -> float:
    """The rates of several frames together, each weighted by one over its variance."""
    weight = np.array([1 / max(rate.anticipated_variance, CENSUS) for rate in rates])
    return float(np.average([rate.rate for rate in rates], weights=weight))


def shift_to_rate(score: Floats, rate: float) -> float:
    """What to add to the log-odds `score`, shape (cases,), for a mean risk of `rate`.

    `ValueError` if no shift up to `FARTHEST` does.

    >>> round(shift_to_rate(np.zeros(3), 0.2), 3)
    -1.386
    """

    def excess(shift: float) -> float:
        return float(expit(score + shift).mean() - rate)

    if not excess(-FARTHEST) < 0 < excess(FARTHEST):
        raise ValueError(f"no shift of the level gives a mean risk of {rate:.3g}")
    return float(brentq(excess, -FARTHEST, FARTHEST, xtol=1e-10))
