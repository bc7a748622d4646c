"""Does the model distinguish cases, or only who reviewed them: figures within reviewers and units.

A model that has learnt which reviewer is severe, or which unit is graded hard, ranks all
cases well and the cases of any one reviewer no better than chance. So cases are compared
only with cases of the same reviewer (or unit), and each gives its own share to the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cases.language.messages import Sayable, _, sentences
from cases.numeric import Floats
from evaluation.statistics.metrics import (
    FEWEST,
    REPLICATES,
    SEED,
    Figure,
    checked,
    effective_size,
    measure,
    percentile,
    wilson_interval,
)
from evaluation.statistics.ranking import Ranking, draws, found_at, pairs_in_order
from evaluation.statistics.saying import DEFECTS, number

By = Literal["reviewer", "unit"]

CHANCE = 0.5  # AUC of a model that knows nothing
SMALLEST = 20  # cases of a reviewer or unit; what a list takes of fewer is less than a case
NAMES: dict[By, Sayable] = {"reviewer": _("reviewer"), "unit": _("unit")}
PLURALS: dict[By, Sayable] = {"reviewer": _("reviewers"), "unit": _("units")}


@dataclass(frozen=True)
class Within:
    """Discrimination over all and within strata, on the same `cases` of `strata` strata.

    `left_out` cases have no stratum, or one of fewer than `SMALLEST` cases. A `lift` of 1 and
    an `auc` of 0.5 are chance. `signal` says whether the interval of `lift_within` lies above
    1; None where the figures are withheld. `strata_alone`: the lift comes from distinguishing
    strata, since within them it may be 1 and is surely less, on at least half of all cases.
    """

    by: By
    strata: int
    cases: int
    left_out: int
    auc: Figure
    lift: Figure
    auc_within: Figure
    lift_within: Figure
    signal: bool | None
    strata_alone: bool
    says: Sayable


def within(
    y: ArrayLike,
    p: ArrayLike,
    weight: ArrayLike | None,
    stratum: NDArray[np.object_],
    by: By,
    share: float,
    outcome_name: Sayable = DEFECTS,
) -> Within:
    """The figures within `stratum`, names of shape (n,), None where unknown.

    - `auc_within`: share of the pairs of a positive and a negative of the same stratum that
      are in the right order, strata weighted by their pairs (van Klaveren, Steyerberg, Perel
      and Vergouwe 2014, BMC Medical Research Methodology 14:5).
      Its interval comes from a bootstrap of the cases within each stratum (percentiles).
    - `lift_within`: what the `share` with the highest p of each stratum finds, divided by
      what it would find at random. Every defect is found or not, so the interval is Wilson's
      (1927) of the share of defects found, divided by `share`.

    Withheld with fewer than `FEWEST` cases of either outcome. `outcome_name` is what y = 1 is
    called; the other arguments are those of `measure`.
    """
    outcomes, probabilities, weights = checked(y, p, weight)
    parts = [np.flatnonzero(stratum == name) for name in sorted(set(stratum) - {None})]
    parts = [part for part in parts if part.size >= SMALLEST]
    kept = np.concatenate([*parts, np.array([], dtype=np.intp)])
    positives = int(outcomes[kept].sum())
    left_out = outcomes.size - kept.size
    if min(positives, kept.size - positives) < FEWEST:
        none = Figure.of_few(kept.size)
        says = _say_withheld(by)
        return Within(
            by, len(parts), kept.size, left_out, none, none, none, none, None, False, says
        )
    rankings = [Ranking(outcomes[part], probabilities[part], weights[part]) for part in parts]
    auc, lift = _figures(rankings, share, kept.size)
    whole = measure(outcomes[kept], probabilities[kept], weights[kept], share=share)
    alone = kept.size >= left_out and _strata_alone(lift, whole.lift)
    return Within(
        by,
        len(parts),
        kept.size,
        left_out,
        whole.auc,
        whole.lift,
        auc,
        lift,
        signal=lift.surely_above(1),
        strata_alone=alone,
        says=_say_withheld(by)
        if auc.value is None
        else _say(by, auc, lift, whole.lift, alone, share, outcome_name),
    )


def gained_between(found: Within) -> Figure | None:
    """How much of what the list gains over a random choice comes from distinguishing strata.

    1 - (lift within - 1) / (lift - 1), kept within 0 and 1; the interval is that of the lift
    within, the lift over all taken as it is. None where the latter may be that of chance, and
    where the lift within has no interval. Strata differ by who reviews and by the cases that were
    given to whom; this holds both.
    """
    over_all, inside = found.lift, found.lift_within
    if not over_all.surely_above(1) or over_all.value is None:
        return None
    if inside.value is None or inside.low is None or inside.high is None:
        return None
    gain = over_all.value - 1
    value, low, high = (
        min(1.0, max(0.0, 1 - (lift - 1) / gain))
        for lift in (inside.value, inside.high, inside.low)
    )
    return Figure(value, low, high, found.cases)


def _strata_alone(lift: Figure, over_all: Figure) -> bool:
    """Whether the lift within may be 1 and is surely less than that over all, itself above 1."""
    if lift.low is None or lift.high is None or over_all.value is None or over_all.low is None:
        return False
    return lift.low <= 1 < over_all.low and lift.high < over_all.value


def _figures(rankings: list[Ranking], share: float, n: int) -> tuple[Figure, Figure]:
    """AUC and lift within the strata, each a ratio of sums over them."""
    # Pairs in the right order and all pairs, added up over the strata (van Klaveren et al.).
    right, every_pair = np.sum([_pairs(ranking, ranking.once) for ranking in rankings], axis=0)
    if not every_pair[0]:
        none = Figure.withheld(n, "one_class")  # no stratum has both outcomes
        return none, none
    # The same of bootstrap replicates, cases drawn within each stratum with a seed of its own.
    drawn = np.sum(
        [_drawn(ranking, SEED + index) for index, ranking in enumerate(rankings)], axis=0
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        auc = percentile(float(right[0] / every_pair[0]), drawn[0] / drawn[1], n)
    # Share of all defects that the head of each stratum holds, and Wilson's interval of it.
    defects = np.concatenate([ranking.weight[ranking.y == 1] for ranking in rankings])
    listed = sum(float(found_at(*part.parts(part.once), share)[0]) for part in rankings)
    recall = min(1.0, listed / float(defects.sum()))
    low, high = wilson_interval(recall, effective_size(defects))
    return auc, Figure(recall / share, low / share, high / share, n)


def _drawn(ranking: Ranking, seed: int) -> Floats:
    counts = draws(ranking.y.size, REPLICATES, seed)
    return np.hstack([_pairs(ranking, some_counts) for some_counts in counts])


def _pairs(ranking: Ranking, counts: Floats) -> Floats:
    """Pairs in the right order, and all; shape (2, replicates)."""
    return np.vstack(pairs_in_order(*ranking.parts(counts)))


def _say(
    by: By, auc: Figure, lift: Figure, over_all: Figure, alone: bool, share: float, what: Sayable
) -> Sayable:
    values = {
        "stratum": NAMES[by],
        "share": share,
        "what": what,
        "lift": number(lift),
        "auc": number(auc),
    }
    if lift.surely_above(1):
        return _(
            "The model distinguishes cases of the same {stratum}: among them the {share:.1%} "
            "ranked highest hold more {what} than by chance (lift {lift}, AUC {auc}).",
            **values,
        )
    none = _(
        "There is no case signal that can be distinguished from chance: among cases of the same "
        "{stratum} the {share:.1%} ranked highest may hold no more {what} than by chance "
        "(lift {lift}, AUC {auc}).",
        **values,
    )
    said = [none, *_say_over_all(by, over_all, alone)]
    if auc.surely_above(CHANCE):
        said.append(_("Below the top of the list it does rank cases better than chance."))
    return sentences(*said)


def _say_over_all(by: By, over_all: Figure, alone: bool) -> Iterator[Sayable]:
    """Where the lift over all cases comes from, if there is any."""
    if alone:
        yield _(
            "The lift over all cases, {lift}, comes from distinguishing {strata}, not cases.",
            lift=number(over_all),
            strata=PLURALS[by],
        )
    elif over_all.surely_above(1):
        yield _(
            "It cannot be known whether the lift over all cases, {lift}, comes from "
            "distinguishing cases or {strata}.",
            lift=number(over_all),
            strata=PLURALS[by],
        )


def _say_withheld(by: By) -> Sayable:
    return _(
        "Too few cases share a {stratum} to say whether the model distinguishes cases or only "
        "{strata}.",
        stratum=NAMES[by],
        strata=PLURALS[by],
    )
