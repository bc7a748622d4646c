"""An interval of the defect rate that holds when the model is confidently wrong about a group.

The variance of the estimate is computed from the reviews that were drawn; the upper end
also allows for the largest group of defects that the draw could have missed altogether
(`policies/spot_check/hidden_group.py` has the formula and what it is worth).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cases.numeric import Flags
from evaluation.statistics.metrics import Figure
from evaluation.statistics.sample import SampleTotal, SurveySample
from policies.spot_check.hidden_group import most_hidden, reach

FARTHEST = 4.0  # times the rate by which the upper end may exceed it before it is withheld


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


def too_uncertain(about: SampleTotal, far: float) -> bool:
    """Whether the rate is withheld; `far` is the `reach`.

    The median of such estimates lies far below the truth: most draws find none of the few
    defects with a large weight. The yardstick is the rate that the corrected model expects,
    which depends less on the luck of the draw than the estimate.
    """
    expected = about.defects + about.corrected_risk * (about.cases - about.certain)
    return far > FARTHEST * expected or about.variance > expected**2
