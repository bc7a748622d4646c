"""A rate with an interval that holds at every look, however often one looks and stops.

The mixture of the likelihood over a uniform prior, divided by the likelihood of a rate r,

    B(1 + k, 1 + n - k) / (r^k (1 - r)^(n - k)),

does not grow on average if r is the rate, so that it ever reaches 20 with a probability of at
most 5 % (Ville 1939). The interval holds the rates that it does not speak against, at this and
all earlier looks (Robbins 1970, Annals of Mathematical Statistics 41; Howard, Ramdas, McAuliffe
and Sekhon 2021, Annals of Statistics 49).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaln, xlog1py, xlogy

from cases.numeric import Floats
from evaluation.statistics.metrics import Figure

LEVEL = 0.05  # of intervals that ever leave the rate out


def rate_at_every_look(y: Floats) -> Figure:
    """The rate of `y` = 1, outcomes in the order they became known, with its interval.

    `y` has shape (outcomes,). With no outcome nothing is said.
    """
    if y.size == 0:
        return Figure.of_few(0)
    found = np.cumsum(y)
    limits = [_limits(int(k), n) for n, k in enumerate(found, start=1)]
    low, high = max(low for low, _high in limits), min(high for _low, high in limits)
    rate = float(y.mean())
    return Figure(rate, min(low, rate), max(high, rate), y.size)


def _limits(k: int, n: int) -> tuple[float, float]:
    """The rates at which the evidence after `k` of `n` stays below 1 / `LEVEL`."""

    def beyond(rate: float) -> float:
        likelihood = xlogy(k, rate) + xlog1py(n - k, -rate)
        return float(betaln(1 + k, 1 + n - k) - likelihood + np.log(LEVEL))

    seen, end = k / n, 1e-12
    low = brentq(beyond, end, seen) if k and beyond(end) > 0 else 0.0
    high = brentq(beyond, seen, 1 - end) if k < n and beyond(1 - end) > 0 else 1.0
    return float(low), float(high)
