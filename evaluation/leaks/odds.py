"""By how much a value surely raises the odds of an outcome: exact, and cases compared with like.

Within a stratum the number of cases with both, given the margins, follows Fisher's noncentral
hypergeometric distribution; over the strata these are added up (Gart 1970, Biometrika 57). So the
level of the test holds however few the cases are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import gammaln

from cases.numeric import Flags, Floats


@dataclass(frozen=True)
class TwoByTwo:
    """Cases per stratum, each shape (strata,): with both, of the outcome, with the value, all."""

    both: Floats
    outcome: Floats
    value: Floats
    all: Floats

    @classmethod
    def of(cls, value: Flags, outcome: Flags, stratum: pl.Series) -> TwoByTwo:
        """Cases counted by stratum; all flags shape (cases,)."""
        _names, place = np.unique(stratum.to_numpy(), return_inverse=True)
        every = np.ones(outcome.size)
        flags = (value & outcome, outcome, value, every)
        return cls(*(np.bincount(place, flag).astype(float) for flag in flags))

    @property
    def against(self) -> TwoByTwo:
        """The same for the cases without the outcome."""
        return TwoByTwo(self.value - self.both, self.all - self.outcome, self.value, self.all)

    @property
    def odds_ratio(self) -> float:
        """The estimate of Mantel and Haenszel (1959); infinite where no case speaks against it.

        >>> one = np.array([1.0])
        >>> TwoByTwo(both=10 * one, outcome=20 * one, value=20 * one, all=40 * one).odds_ratio
        1.0
        """
        neither = self.all - self.outcome - self.value + self.both
        apart = (self.outcome - self.both) * (self.value - self.both)
        pros, cons = (self.both * neither / self.all).sum(), (apart / self.all).sum()
        if pros == 0:
            return 0.0
        return float(pros / cons) if cons else float("inf")

    def surely_above(self, limit: float, level: float) -> bool:
        """Whether the odds ratio is above `limit`, said wrongly with probability `level` at most.

        >>> two = [np.array([float(count)]) for count in (12, 50, 12, 300)]
        >>> TwoByTwo(*two).surely_above(5, 1e-3), TwoByTwo(*two).surely_above(30, 1e-3)
        (True, False)
        """
        return self.odds_ratio > limit and self._tail(limit) <= level

    def _tail(self, odds_ratio: float) -> float:
        """The probability of so many cases with both, or more, at this odds ratio."""
        total, seen = np.ones(1), 0.0
        for both, outcome, value, cases in zip(
            self.both, self.outcome, self.value, self.all, strict=True
        ):
            least, most = max(0.0, outcome + value - cases), min(outcome, value)
            if least < most:  # else the margins leave no choice
                total = np.convolve(total, _shares(least, most, outcome, value, cases, odds_ratio))
                seen += both - least
        return float(total[int(seen) :].sum())


def _shares(
    least: float, most: float, outcome: float, value: float, cases: float, odds_ratio: float
) -> Floats:
    """The probabilities of `least` to `most` cases with both in one stratum."""
    both = np.arange(least, most + 1)
    logs = both * np.log(odds_ratio) - (
        gammaln(both + 1)
        + gammaln(outcome - both + 1)
        + gammaln(value - both + 1)
        + gammaln(cases - outcome - value + both + 1)
    )
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())
