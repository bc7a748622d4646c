"""How long cases of today stay open, from those closed lately: a period life table.

Of a case still open it is known only how long it has lasted. The product-limit estimate of
Kaplan and Meier (1958) is taken over the last days alone: a case is at risk only while it
was open in that window (delayed entry; period analysis, Brenner and Gefeller 1996), so that
the closings are recent ones and slow cases are not missing. Its step at a closing is
the share of all cases that this closing stands for, whatever else is known of the case
(Huang and Louis 1998, Biometrika 85, on marks observed only at the end).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cases.numeric import Flags, Floats

FROM_THE_BEGINNING = -1.0  # below 0, so that cases count that end where they begin


@dataclass(frozen=True)
class Spells:
    """From where to where each case was watched, on a scale that starts at 0 (days, or work).

    It was watched after `start` (`FROM_THE_BEGINNING` or later), until `last`; `ended` says
    whether it ended there or was only lost from sight. It counts `weight` times, 0 for a case that
    says nothing. All of shape (cases,).
    """

    start: Floats
    last: Floats
    ended: Flags
    weight: Floats

    def shares(self) -> Floats:
        """The share of all cases that each end stands for, 0 for the others; shape (cases,).

        They sum to less than 1 where some cases were never seen to end.
        """
        seen = (self.last > self.start) & (self.weight > 0)
        ends = self.ended & seen
        shares = np.zeros(len(self.last))
        times, position = np.unique(self.last[ends], return_inverse=True)
        if times.size:
            # At risk at each age: entered before it and neither ended nor lost from sight.
            weight = self.weight[seen]
            entered = _below(self.start[seen], weight, times)
            left = _below(self.last[seen], weight, times)
            ending = np.bincount(position, self.weight[ends])
            at_risk = np.maximum(entered - left, ending)  # entry and end on one day
            # Kaplan and Meier: S(t-) is the product of 1 - d / r over earlier ages, and S(t-) / r
            # the step at an end.
            before = np.append(1.0, np.cumprod(1 - ending / at_risk)[:-1])
            shares[ends] = (before / at_risk)[position] * self.weight[ends]
        return shares


def days_open(age: Floats, lasted: Floats, closed: Flags, window: float) -> Spells:
    """The days that cases were open in the last `window` days.

    `age` is the days since a case was opened, `lasted` the days it was open so far, `closed`
    whether it is closed; shape (cases,).
    """
    # Delayed entry: at what age a case came into the window.
    start = np.where(age > window, age - window, FROM_THE_BEGINNING)
    return Spells(start, lasted, closed, np.ones(len(age)))


def closing_shares(age: Floats, lasted: Floats, closed: Flags, window: float) -> Floats:
    """The share of cases that each case closed in the window stands for; 0 for the others.

    Arguments are those of `days_open`. The shares sum to 1, or to 0 without a closing: what
    remains of cases never seen to close is spread over the others.

    >>> age, lasted = np.array([9.0, 9.0, 2.0]), np.array([1.0, 3.0, 2.0])
    >>> closing_shares(age, lasted, np.array([True, True, False]), 9.0).round(2).tolist()
    [0.33, 0.67, 0.0]
    """
    shares = days_open(age, lasted, closed, window).shares()
    total = shares.sum()
    return shares / total if total > 0 else shares


def weighted_quantile(value: Floats, weight: Floats, q: float) -> float:
    """The smallest value below or at which a share `q` of the weight lies; shape (n,) each."""
    order = np.argsort(value, kind="stable")
    reached = np.cumsum(weight[order])
    position = np.searchsorted(reached, q * reached[-1], side="left")
    return float(value[order][min(int(position), len(value) - 1)])


def _below(value: Floats, weight: Floats, limits: Floats) -> Floats:
    """The weight of the values below each limit; shape (limits,)."""
    order = np.argsort(value, kind="stable")
    reached = np.append(0.0, np.cumsum(weight[order]))
    return np.asarray(reached[np.searchsorted(value[order], limits, side="left")])
