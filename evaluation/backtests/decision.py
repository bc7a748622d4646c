"""Decision curves: whether acting on the probabilities does more good than harm.

A reader who accepts that of a hundred checks 100 (1 - t) find nothing acts on cases with p of t
and more. The net benefit weighs the needless checks by the odds of that threshold (Vickers
and Elkin 2006, Medical Decision Making 26, equation 1):

    net benefit(t) = found / n  -  needless / n * t / (1 - t).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cases.language.messages import Joined, Sayable, _, listed, sentences
from cases.numeric import Floats
from evaluation.statistics.metrics import REPLICATES, SEED, Figure, checked, percentile
from evaluation.statistics.ranking import draws

THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


@dataclass(frozen=True)
class NetBenefit:
    """Defects found per case, less the price of needless checks, at one `threshold`.

    `gain` is that of the model less the better of checking all and checking none (which is
    0); the interval comes from a paired bootstrap.
    """

    threshold: float
    model: Figure
    everyone: float
    gain: Figure


def decision_curve(
    y: ArrayLike, p: ArrayLike, weight: ArrayLike | None = None
) -> tuple[NetBenefit, ...]:
    """The net benefit at each of `THRESHOLDS`; nothing without cases.

    Arguments as for `evaluation.statistics.metrics.measure`.

    >>> curve = decision_curve([1, 0, 0, 0], [0.9, 0.6, 0.1, 0.1])
    >>> curve[-1].threshold, curve[-1].model.value, curve[-1].everyone, curve[-1].gain.value
    (0.5, 0.0, -0.5, 0.0)
    """
    outcomes, probabilities, w = checked(y, p, weight)
    n = outcomes.size
    if n == 0:
        return ()
    # What acting on a case brings: 1 for a defect, less the odds t / (1 - t) for a good case.
    price = np.array(THRESHOLDS) / (1 - np.array(THRESHOLDS))
    each = outcomes[:, None] - (1 - outcomes[:, None]) * price
    acted = np.where(probabilities[:, None] >= THRESHOLDS, each, 0.0)
    values = np.column_stack([acted, outcomes])
    # Means over the cases, of the sample and of its bootstrap replicates (paired).
    weighted = np.column_stack([values, np.ones(n)]).T * w
    model, everyone = _benefits(weighted @ np.ones((n, 1)), price)
    parts = [_benefits(weighted @ times, price) for times in draws(n, REPLICATES, SEED)]
    drawn, drawn_all = (np.vstack(part) for part in zip(*parts, strict=True))
    gain, drawn_gain = _gain(model, everyone), _gain(drawn, drawn_all)
    return tuple(
        NetBenefit(
            threshold,
            percentile(float(model[0, i]), drawn[:, i], n),
            float(everyone[0, i]),
            percentile(float(gain[0, i]), drawn_gain[:, i], n),
        )
        for i, threshold in enumerate(THRESHOLDS)
    )


def _gain(model: Floats, everyone: Floats) -> Floats:
    """Over the better of all and none; rounded, so that doing the same is no gain or loss."""
    return np.round(model - np.maximum(everyone, 0.0), 12)


def _benefits(sums: Floats, price: Floats) -> tuple[Floats, Floats]:
    """Net benefit of the model and of checking all, each of shape (replicates, thresholds).

    `sums`, over the cases of each replicate, has a row per threshold (what acting brings), one of
    the outcomes and one of the weights.
    """
    means = (sums[:-1] / sums[-1]).T
    rate = means[:, -1:]
    return means[:, :-1], rate - (1 - rate) * price


def say_decision(curve: Sequence[NetBenefit]) -> Sayable:
    """Where acting on the model is surely worth it, and where it surely is not."""
    if not curve:
        return _("Too few cases for a decision curve.")
    better = _runs([point.gain.surely_above(0) for point in curve])
    worse = _runs([point.gain.surely_below(0) for point in curve])
    said = []
    if better.parts:
        said.append(
            _(
                "At thresholds of {thresholds} acting on the model is worth its needless checks, "
                "and worth more than checking all cases or none.",
                thresholds=better,
            )
        )
    if worse.parts:
        said.append(_("It does worse than checking all or none at {thresholds}.", thresholds=worse))
    if not said:
        said.append(
            _("At no threshold is it certain that acting on the model is better than all or none.")
        )
    return sentences(*said)


def _runs(held: Sequence[bool]) -> Joined:
    """The thresholds where it held, neighbours joined.

    >>> _runs([True, False, True, True]).say("en")
    '1%, 3%–5%'
    """
    indices = [index for index, holds in enumerate(held) if holds]
    starts = [index for index in indices if index - 1 not in indices]
    ends = [index for index in indices if index + 1 not in indices]
    pairs = zip(starts, ends, strict=True)
    return listed(_thresholds(THRESHOLDS[start], THRESHOLDS[end]) for start, end in pairs)


def _thresholds(low: float, high: float) -> Sayable:
    if low == high:
        return _("{value:.0%}", value=low)
    return _("{low:.0%}–{high:.0%}", low=low, high=high)
