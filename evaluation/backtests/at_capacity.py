"""What checking the cases at the top of the list finds, at worst and at best under ties.

Where equal probabilities straddle the edge of capacity, `statistics.metrics.measure` lets
each of those cases count with the share of them that fits. Which of them a person takes is
chance; here is how far that chance can go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cases.language.messages import Sayable, _, sentences
from cases.numeric import Floats
from evaluation.statistics.metrics import Measures, checked
from evaluation.statistics.ranking import Ranking
from evaluation.statistics.saying import number, percent

CLOSE = 1e-12  # sums of weights may differ by rounding


@dataclass(frozen=True)
class Span:
    """A figure if the tied cases taken are the worst choice, and if they are the best."""

    worst: float
    best: float


@dataclass(frozen=True)
class Ties:
    """How far ties reach: `tied` cases share the probability at the edge of capacity.

    Recall and lift are None where there is no y = 1.
    """

    tied: int
    precision: Span
    recall: Span | None
    lift: Span | None


def ties(y: ArrayLike, p: ArrayLike, weight: ArrayLike | None, share: float) -> Ties | None:
    """Precision, recall and lift of the `share` with the highest p, at worst and at best.

    Arguments as for `statistics.metrics.measure`; None without cases. `tied` is 0 where the
    edge leaves no choice, and worst and best are then the same.

    >>> ties([1, 0, 0, 0], [0.9, 0.5, 0.5, 0.1], None, 0.5).precision
    Span(worst=0.5, best=0.5)
    >>> ties([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1], None, 0.5).precision
    Span(worst=0.5, best=1.0)
    """
    ranking = Ranking(*checked(y, p, weight))
    if ranking.y.size == 0:
        return None
    positive, every = ranking.groups
    # Go down the groups of equal p until the capacity is full; the last one is the edge.
    capacity = float(share * every.sum())
    seen = np.cumsum(every)
    edge = min(int(np.searchsorted(seen, capacity * (1 - CLOSE))), len(seen) - 1)
    before, room = float(positive[:edge].sum()), float(capacity - (seen[edge] - every[edge]))
    # What is left of the capacity is filled with good cases first (worst), or defects first (best).
    bad, all_tied = float(positive[edge]), float(every[edge])
    found = Span(before + max(0.0, room - (all_tied - bad)), before + min(room, bad))
    sizes = np.diff([*ranking.starts, ranking.y.size])
    choice = sizes[edge] > 1 and room < all_tied * (1 - CLOSE)
    total = float(positive.sum())
    return Ties(
        tied=int(sizes[edge]) if choice else 0,
        precision=_over(found, capacity),
        recall=_over(found, total) if total else None,
        lift=_over(found, total * share) if total else None,
    )


def taken(p: ArrayLike, weight: ArrayLike | None, share: float) -> Floats:
    """The probability of each case to be among the `share` with the highest p, shape (n,).

    1 above the edge and 0 below; cases tied at the edge share what room is left.

    >>> taken([0.9, 0.5, 0.5, 0.1], None, 0.5).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    ranking = Ranking(*checked(np.zeros(np.shape(p)), p, weight))
    if ranking.y.size == 0:
        return ranking.y
    _positive, every = ranking.groups
    room = np.clip(share * every.sum() - (np.cumsum(every) - every), 0, every)
    sizes = np.diff([*ranking.starts, ranking.y.size])
    listed = np.empty(ranking.y.size)
    listed[ranking.order] = np.repeat(room / every, sizes)
    return listed


def _over(span: Span, whole: float) -> Span:
    return Span(span.worst / whole, span.best / whole)


def say_capacity(measures: Measures, ties: Ties | None, what: Sayable) -> Sayable:
    """What the top of the list holds of `what` (cases with y = 1)."""
    lift, recall = measures.lift, measures.recall
    if lift.value is None or recall.value is None or ties is None or ties.lift is None:
        return _("Too few cases to say what a list finds.")
    held = _(
        "The {share:.1%} of cases ranked highest hold {recall} of all {what}, {times} times what "
        "the same number of randomly drawn cases would hold.",
        share=measures.share,
        recall=percent(recall),
        what=what,
        times=number(lift),
    )
    if not ties.tied:
        return held
    edge = _(
        "{tied:,} cases are tied at the edge of the list: by chance it may be {low:.2f} to "
        "{high:.2f} times.",
        tied=ties.tied,
        low=ties.lift.worst,
        high=ties.lift.best,
    )
    return sentences(held, edge)
