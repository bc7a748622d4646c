"""What reviews of known inclusion probability say: each stands for 1 / probability cases."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.numeric import Floats, Z
from evaluation.statistics.metrics import Figure, wilson, wilson_interval
from evaluation.statistics.sample import About


def about(drawn: pl.DataFrame) -> About:
    """What reviews (`y`, `inclusion_probability`) say about the cases they stand for.

    Cases reviewed for certain are known. The rate of the others is the weighted mean; its
    variance is the linearised one of Poisson sampling, sum (1 - pi) (y - rate)^2 / pi^2, or
    if that is larger what weights as unequal cost a sample whose rate they say nothing
    about (Kish 1965). The latter is not nought where no defect was found.
    """
    y, chance = (drawn[name].to_numpy() for name in ("y", "inclusion_probability"))
    certain = chance == 1
    defects = float(y[certain].sum())
    rest, rate, believed, variance = _by_lottery(y[~certain], chance[~certain])
    return About(
        cases=round(certain.sum() + rest),
        returned=drawn.height,
        total=defects + rate * rest,
        certain=int(certain.sum()),
        defects=defects,
        variance=variance,
        believed=believed,
    )


def _by_lottery(y: Floats, chance: Floats) -> tuple[float, float, float, float]:
    """How many cases they stand for, their rate, the rate believed, and the total's variance."""
    if y.size == 0:
        return 0.0, 0.0, 0.0, 0.0
    weight = 1 / chance
    rest, rate = float(weight.sum()), float(np.average(y, weights=weight))
    left = (1 - chance) * weight**2
    size = rest**2 / float(left.sum())
    believed = (rate * size + Z**2 / 2) / (size + Z**2)  # the middle of Wilson's interval
    unequal = believed * (1 - believed) * rest**2 / size
    return rest, rate, believed, max(unequal, float((left * (y - rate) ** 2).sum()))


def share_among(drawn: pl.DataFrame) -> Figure:
    """The share of `y` = 1 in a group that is itself known from these reviews only.

    As `about`, but how many cases the group has is estimated as well, and with it how much the
    cases reviewed for certain weigh. Where the lottery found none of the group, nothing
    tells how many it missed: Wilson's interval then, as if all were a random sample.
    """
    y, chance = (drawn[name].to_numpy() for name in ("y", "inclusion_probability"))
    if (chance == 1).all():
        return wilson(y)
    cases, share, believed, variance = _by_lottery(y, chance)
    size = believed * (1 - believed) * cases**2 / variance
    return Figure(share, *wilson_interval(share, size), drawn.height)
