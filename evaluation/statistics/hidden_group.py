"""An interval of the defect rate that holds when the model is confidently wrong about a group.

The variance of the estimate is computed from the reviews that were drawn; the upper end
also allows for the largest group of defects that the draw could have missed altogether
(`policies/spot_check/hidden_group.py` has the formula and what it is worth).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np

from cases.numeric import Flags
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SampleTotal, SurveySample
from policies.spot_check.hidden_group import most_hidden, reach

FARTHEST = 4.0  # times the rate by which the upper end may exceed it before it is withheld
ROUNDING = 1e-9


def figure_of(sample: SurveySample, some: Flags) -> Figure:
    """The defect rate of the cases `some` picks, shape (cases,), with its 95% interval."""
    return _figure(sample, some, sample.total_of(some))


@dataclass(frozen=True)
class PartFigure:
    """What a sample says of a part whose rate may be far from the model's: `rate` of `total`."""

    total: SampleTotal
    rate: Figure


def figure_of_part(sample: SurveySample, part: Flags) -> PartFigure:
    """As `figure_of`, for a group of cases, or those that a check passed.

    Defects are whole numbers: the ends lie at the next ones outwards, never below what was
    found nor above what that leaves possible. In a part of which all but a few cases are
    reviewed this is most of what is not known.
    """
    about = sample.total_of_part(part)
    figure = _figure(sample, part, about)
    defects = float(sample.y[part & sample.returned].sum())
    good = about.returned - defects
    low = max(floor((figure.low or 0.0) * about.cases + ROUNDING), defects)
    high = min(ceil((figure.high or 0.0) * about.cases - ROUNDING), about.cases - good)
    return PartFigure(about, replace(figure, low=low / about.cases, high=high / about.cases))


def _figure(sample: SurveySample, some: Flags, about: SampleTotal) -> Figure:
    residual = np.where(some & sample.returned, sample.y - sample.p, 0.0)
    shown = sample.design_variance(residual)
    return figure_with(about, shown, most_hidden(sample.pi_returned[some]))


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


def too_uncertain(about: SampleTotal, far: float) -> bool:
    """Whether the rate is withheld; `far` is the `reach`.

    The median of such estimates lies far below the truth: most draws find none of the few
    defects with a large weight. The yardstick is the rate that the corrected model expects,
    which depends less on the luck of the draw than the estimate.
    """
    return far > FARTHEST * about.expected or about.variance > about.expected**2
