"""What reviews of known inclusion probability say: each stands for 1 / probability cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.numeric import Floats, Z
from evaluation.statistics.metrics import Figure, wilson, wilson_interval
from evaluation.statistics.sample import SampleTotal


@dataclass(frozen=True)
class DrawnPart:
    """What randomly drawn reviews say: how many `cases` they stand for and the `rate` of these.

    `prior_rate` is the rate drawn towards one half (the middle of Wilson's interval), never 0;
    `variance` is that of the total of defects.
    """

    cases: float = 0.0
    rate: float = 0.0
    prior_rate: float = 0.0
    variance: float = 0.0


def sample_total(drawn: pl.DataFrame) -> SampleTotal:
    """What reviews (`y`, `inclusion_probability`) say about the cases they stand for.

    Cases reviewed for certain are known. The rate of the others is the weighted mean; its
    variance is the linearised one of Poisson sampling, sum (1 - pi) (y - rate)^2 / pi^2, or
    if that is larger what weights as unequal cost a sample whose rate they say nothing
    about (Kish 1965). The latter is not zero where no defect was found.
    """
    y, probability = (drawn[name].to_numpy() for name in ("y", "inclusion_probability"))
    certain = probability == 1
    defects = float(y[certain].sum())
    rest = _drawn_part(y[~certain], probability[~certain])
    return SampleTotal(
        cases=round(certain.sum() + rest.cases),
        returned=drawn.height,
        total=defects + rest.rate * rest.cases,
        certain=int(certain.sum()),
        defects=defects,
        variance=rest.variance,
        corrected_risk=rest.prior_rate,
    )


def _drawn_part(y: Floats, probability: Floats) -> DrawnPart:
    if y.size == 0:
        return DrawnPart()
    # Each review stands for 1 / pi cases; the rate is the weighted mean (Hájek 1971).
    weight = 1 / probability
    cases, rate = float(weight.sum()), float(np.average(y, weights=weight))
    # Kish: with weights this unequal, the sample says as much as `size` equal draws.
    part = (1 - probability) * weight**2
    size = cases**2 / float(part.sum())
    prior_rate = (rate * size + Z**2 / 2) / (size + Z**2)
    unequal = prior_rate * (1 - prior_rate) * cases**2 / size
    # Poisson sampling, linearised: sum (1 - pi) (y - rate)^2 / pi^2. The larger of the two.
    linearised = float((part * (y - rate) ** 2).sum())
    return DrawnPart(cases, rate, prior_rate, max(unequal, linearised))


def share_among(drawn: pl.DataFrame) -> Figure:
    """The share of `y` = 1 in a group that is itself known from these reviews only.

    As `sample_total`, but how many cases the group has is estimated as well, and with it how
    much the cases reviewed for certain weigh. Where the random draw found none of the group,
    nothing shows how many it missed: Wilson's interval then, as if all were a random sample.
    """
    y, probability = (drawn[name].to_numpy() for name in ("y", "inclusion_probability"))
    if (probability == 1).all():
        return wilson(y)
    part = _drawn_part(y, probability)
    size = part.prior_rate * (1 - part.prior_rate) * part.cases**2 / part.variance
    return Figure(part.rate, *wilson_interval(part.rate, size), drawn.height)
