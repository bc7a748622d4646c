"""Quick outcomes: of recent cases only those decided quickly are known.

Where reviews that find a defect take longer than others, the known outcomes of recent cases hold
too few of them; where they are quicker, too many. So each known outcome stands for the cases
of its age that have the same outcome and are not known yet. It is weighted by

    P(known at this age) / P(known at this age | its outcome),

an inverse probability of being known, stabilised so that it is 1 where the delay does not
depend on the outcome (Robins, Hernan and Brumback 2000, Epidemiology 11). Only cases of known
outcome are seen, so delays are truncated on the right, and their distribution is estimated in
reversed time (Lagakos, Barraj and De Gruttola 1988, Biometrika 75). Whether a case was drawn
for review plays no part: what was never drawn is not waited for.

Assumed is that the delays of an outcome do not change with time and do not depend on the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from cases.numeric import Flags, Floats, Ints

# Known share of an outcome against that of both; below it a case would stand for more than ten.
FEWEST_KNOWN = 0.1
OLDEST = 0.1  # of the cases; longer delays than their ages are too rarely seen to be estimated
PRIOR_CASES = 5.0  # delays of one outcome are shrunk to those of both as if by so many cases more
SURELY = 2.81  # standard errors by which delays must differ before anything is weighted (99 %)


def quick_weights(labels: pl.DataFrame, until: datetime) -> pl.Series:
    """One weight per row of `labels` (`moment, known_at, y`), all of them known by `until`.

    Null for a case too recent to learn from, because one outcome is hardly ever known at its
    age. The oldest tenth weighs 1; so do all cases where delays do not surely differ.
    """
    age = (until - labels["moment"]).cast(pl.Int64).to_numpy()
    delay = (labels["known_at"] - labels["moment"]).cast(pl.Int64).to_numpy()
    y, weight = labels["y"].to_numpy(), np.ones(labels.height)
    if not labels.is_empty():
        horizon = np.quantile(age, 1 - OLDEST, method="lower")
        seen, recent = delay <= horizon, age < horizon
        good, bad = (Delays.of(age, delay, seen & (y == one), delay[seen]) for one in (0, 1))
        if surely_differ(good, bad):
            known = known_against_both(good, bad, age)
            known[:, known.min(axis=0) < FEWEST_KNOWN] = np.nan
            weight[recent] = 1 / known[y, np.arange(len(y))][recent]
    return pl.Series("quick", weight).fill_nan(None)


@dataclass(frozen=True)
class Delays:
    """How many cases had each delay of `times`, and how many of those seen could have had it.

    `ended` counts the first; `at_risk` the cases with a delay of at most that which are old
    enough to have shown one of it.
    """

    times: Ints
    ended: Floats
    at_risk: Floats

    @classmethod
    def of(cls, age: Ints, delay: Ints, used: Flags, delays: Ints) -> Delays:
        """Of the cases `used`, at the times of all `delays`."""
        times, own = np.unique(delays), np.sort(delay[used])
        up_to = np.searchsorted(own, times, "right")
        ended = up_to - np.searchsorted(own, times, "left")
        too_young = np.searchsorted(np.sort(age[used]), times, "left")
        return cls(times, ended.astype(np.float64), (up_to - too_young).astype(np.float64))

    def __add__(self, other: Delays) -> Delays:
        """Those of both, at the same times."""
        return Delays(self.times, self.ended + other.ended, self.at_risk + other.at_risk)

    @property
    def hazard(self) -> Floats:
        """In reversed time: of the delays of at most each time, the share that is of that time."""
        return self.ended / self.at_risk

    def shrunk_to(self, both: Delays) -> Delays:
        """With `PRIOR_CASES` more that are delayed as `both` are."""
        more = PRIOR_CASES * both.hazard
        return Delays(self.times, self.ended + more, self.at_risk + PRIOR_CASES)

    def known_at(self, age: Ints) -> Floats:
        """The probability that a delay is at most `age`, given that it is one of `times`."""
        from_time_on = np.append(np.cumprod((1 - self.hazard)[::-1])[::-1], 1.0)
        return np.asarray(from_time_on[np.searchsorted(self.times, age, "right")])


def surely_differ(first: Delays, second: Delays) -> bool:
    """Whether the supremum log-rank test, in reversed time, tells the two apart.

    It takes the largest excess of one outcome over any range from the longest delay down, so that
    it also sees one whose delays are both shorter and longer than the other's, where the sum over
    all delays cancels (Fleming, Harrington and O'Sullivan 1987, JASA 82).
    """
    both = first + second
    excess = np.cumsum((first.ended - first.at_risk * both.hazard)[::-1])
    others = np.maximum(both.at_risk - 1, 1)
    mixed = first.at_risk * second.at_risk / (both.at_risk * others)
    spread = (both.ended * (1 - both.hazard) * mixed).sum()
    return bool(np.abs(excess).max() ** 2 > SURELY**2 * spread)


def known_against_both(first: Delays, second: Delays, age: Ints) -> Floats:
    """The share known at each age of either outcome, over that of both; shape (2, ages)."""
    both = first + second
    share = np.array([part.shrunk_to(both).known_at(age) for part in (first, second)])
    of_both = both.known_at(age)
    known: Floats = np.divide(share, of_both, out=np.zeros_like(share), where=of_both > 0)
    return known
