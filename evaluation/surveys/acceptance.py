"""Is at most a stated number of cases defective? Evidence that is valid at every look.

The cases that were drawn at random are read in an order drawn beforehand. Suppose
the cases hold at least `allowed` defects (the claim is false). If the next case is drawn among
those not yet read in proportion to pi, then

    E[y / pi]  >=  mu,    mu = (allowed - defects read) / (sum of pi not yet read),

because the sum of pi over all cases is the number drawn. So a fortune that starts at 1 and is
multiplied after each review by

    1 + stake (mu - y / pi),    0 <= stake <= 1 / (1 / least pi - mu),

does not grow on average, and it exceeds 20 at any time with a probability of at most 5 % (Ville
1939; betting: Waudby-Smith and Ramdas 2024, Journal of the Royal Statistical Society B 86,
section 5; unequal probabilities: Shekhar, Xu, Lipton, Liang and Ramdas 2023, arXiv:2305.06884).
An office may look after every review and stop as soon as the fortune reaches 20.

The stake is Kelly's for what has been read so far: with equal probabilities the fortune is the
likelihood ratio of the sequential test (Wald 1945) with an estimated rate in the numerator.
With equal probabilities in a random order this is exact; with unequal ones the
fixed-size draw is close to, not equal to, drawing one by one in proportion to pi.

With 3,000 cases, a claim of 10 % and a true rate of 5 %, 350 drawn with equal probabilities
show the claim in 92 % of series, after 164 reviews on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from cases.numeric import Floats

LEVEL = 0.05  # most probability of a false claim
PRIOR_REVIEWS = 300.0  # so many reviews does the first guess of the rate count for
PRIOR_SHARE = 0.5  # the first guess, as a share of what the claim allows
CAUTION = 0.95  # of the largest stake: one review never takes the whole fortune


@dataclass(frozen=True)
class Acceptance:
    """What the reviews so far show of a claim.

    `fortune` holds the evidence after each review, shape (reviews,): 20 or more at any time
    shows the claim with 95% confidence. `shown_after` is the number of reviews after which that
    was reached for the first time; None if it has not been.
    """

    fortune: Floats
    shown_after: int | None

    @classmethod
    def of(cls, fortune: Floats, level: float = LEVEL) -> Self:
        """With the first time the fortune reached 1 / `level`."""
        reached = np.flatnonzero(fortune >= 1 / level)
        return cls(fortune, int(reached[0]) + 1 if reached.size else None)


def acceptance(
    y: Floats, pi: Floats, *, allowed: float, size: float, least: float, typical: float
) -> Acceptance:
    """Whether fewer than `allowed` of the cases that chance decided about are defects.

    `y` and `pi` of shape (reviews,) hold the outcomes and the inclusion probabilities of the
    cases drawn at random (pi < 1), in the order fixed beforehand, without a gap. `size`
    is the sum of pi over all cases that chance decides about, `least` the least pi of them and
    `typical` the `typical_weight`. `ValueError` if a pi lies below `least`.
    """
    if pi.size and pi.min() < least:
        raise ValueError("an inclusion probability lies below the least one")
    # mu before each review: the defects the claim has left over the inclusion probability left.
    weight, found = y / pi, before(y)
    left = np.maximum(size - before(pi), least)
    mu = np.maximum(allowed - found, 0.0) / left
    # The stake may depend on earlier reviews only, so that the fortune stays a supermartingale.
    stake = kelly(mu, guessed(weight, mu), typical=typical, largest=1 / least)
    # The fortune is the product of 1 + stake (mu - y / pi). Once as many defects are read as the
    # claim says there are, mu is 0 and the fortune is lost.
    growth = np.where(mu > 0, 1 + stake * (mu - weight), 0.0)
    fortune = np.cumprod(growth).astype(np.float64)
    return Acceptance.of(fortune)


def before(values: Floats) -> Floats:
    """The sum of all earlier values, shape (reviews,)."""
    return np.append(0.0, np.cumsum(values)[:-1]) if values.size else values


def guessed(weight: Floats, mu: Floats) -> Floats:
    """The mean of y / pi as guessed before each review from the earlier ones, shape (reviews,)."""
    # As if PRIOR_REVIEWS reviews of the first guess had been read before the first one.
    first = PRIOR_SHARE * mu[:1].sum()
    seen = np.arange(len(weight))
    guess: Floats = (before(weight) + PRIOR_REVIEWS * first) / (seen + PRIOR_REVIEWS)
    return np.minimum(guess, mu)


def kelly(mu: Floats, guess: Floats, *, typical: float, largest: float) -> Floats:
    """The stake with the fastest growth if y / pi is `typical` or 0, shape (reviews,)."""
    # With w = `typical` and q = guess / w, q log(1 + s (mu - w)) + (1 - q) log(1 + s mu) is
    # largest at s = (mu - guess) / (mu (w - mu)) (Kelly 1956, Bell System Technical Journal 35).
    with np.errstate(divide="ignore", invalid="ignore"):
        best = (mu - guess) / (mu * np.maximum(typical - mu, 0.0))
        # Above 1 / (largest - mu) the fortune could become negative.
        limit = CAUTION / (largest - mu)
    return np.where((mu > 0) & (mu < largest), np.minimum(np.nan_to_num(best), limit), 0.0)


def typical_weight(risk: Floats, pi: Floats) -> float:
    """The mean of 1 / pi over the defects drawn, as the model expects them.

    `risk` and `pi` of shape (cases,) hold the cases that chance decides about.
    """
    return float((risk / pi).sum() / risk.sum())
