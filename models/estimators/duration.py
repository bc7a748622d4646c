"""How long cases of today stay open, from those closed lately: a period life table.

Of a case still open it is known only how long it has lasted. The product-limit estimate of
Kaplan and Meier (1958) is taken over the last days alone: a case is at risk only while it
was open in that window (delayed entry; period analysis, Brenner and Gefeller 1996), so that
the closings are recent ones and slow cases are not missing. Its step at a closing is
the share of all cases that this closing stands for, whatever else is known of the case
(Huang and Louis 1998, Biometrika 85, on marks observed only at the end).
"""

from __future__ import annotations

import numpy as np

from cases.numeric import Flags, Floats


def closing_shares(age: Floats, lasted: Floats, closed: Flags, window: float) -> Floats:
    """The share of cases that each case closed in the window stands for; 0 for the others.

    `age` is the days since a case was opened, `lasted` the days it was open so far, `closed`
    whether it is closed; shape (cases,). The shares sum to 1, or to 0 without a closing: what
    remains of cases never seen to close is spread over the others.

    >>> age, lasted = np.array([9.0, 9.0, 2.0]), np.array([1.0, 3.0, 2.0])
    >>> closing_shares(age, lasted, np.array([True, True, False]), 9.0).round(2).tolist()
    [0.33, 0.67, 0.0]
    """
    # Delayed entry: at what age a case came into the window; -1 lets cases count that are
    # closed on the day they come in.
    entry = np.where(age > window, age - window, -1.0)
    seen = lasted > entry
    ends = closed & seen
    shares = np.zeros(len(age))
    times, position, closings = np.unique(lasted[ends], return_inverse=True, return_counts=True)
    if times.size:
        # At risk at each age: entered before it and not yet closed or censored.
        entered = np.searchsorted(np.sort(entry[seen]), times, side="left")
        left = np.searchsorted(np.sort(lasted[seen]), times, side="left")
        at_risk = np.maximum(entered - left, closings)  # entry and closing on one day
        # Kaplan and Meier: S(t-) is the product of 1 - d / r over earlier ages, and S(t-) / r
        # the step at a closing.
        before = np.append(1.0, np.cumprod(1 - closings / at_risk)[:-1])
        shares[ends] = (before / at_risk)[position]
    total = shares.sum()
    return shares / total if total > 0 else shares


def weighted_quantile(value: Floats, weight: Floats, q: float) -> float:
    """The smallest value below or at which a share `q` of the weight lies; shape (n,) each."""
    order = np.argsort(value, kind="stable")
    reached = np.cumsum(weight[order])
    position = np.searchsorted(reached, q * reached[-1], side="left")
    return float(value[order][min(int(position), len(value) - 1)])
