"""Does the model tell cases apart, or only who reviewed them: figures within reviewers and units.

A model that has learnt which reviewer is severe, or which unit is graded hard, ranks all
cases well and the cases of any one of them no better than chance. So cases are compared
only with cases of the same reviewer (or unit), and each gives its own share to the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cases.language.texts import Text
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
from evaluation.statistics.ranking import Ranking, draws, found_at, pairs, tied_groups
from evaluation.statistics.saying import DEFECTS, number

By = Literal["reviewer", "unit"]

CHANCE = 0.5  # AUC of a model that knows nothing
SMALLEST = 20  # cases of a reviewer or unit; what a list takes of fewer is less than a case
NAMES: dict[By, tuple[str, str]] = {"reviewer": ("reviewer", "评查员"), "unit": ("unit", "部门")}


@dataclass(frozen=True)
class Within:
    """Discrimination over all and within strata, on the same `cases` of `strata` strata.

    `left_out` cases have no stratum, or one of fewer than `SMALLEST` cases. A `lift` of 1 and
    an `auc` of 0.5 are chance. `signal` says whether the interval of `lift_within` lies above
    1; None where the figures are withheld. `strata_alone`: the lift comes from telling strata
    apart, since within them it may be 1 and is surely less, on at least half of all cases.
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
    says: Text


def within(
    y: ArrayLike,
    p: ArrayLike,
    weight: ArrayLike | None,
    stratum: NDArray[np.object_],
    by: By,
    share: float,
    what: Text = DEFECTS,
) -> Within:
    """The figures within `stratum`, names of shape (n,), None where unknown.

    - `auc_within`: share of the pairs of a positive and a negative of the same stratum that
      are in the right order, strata weighted by their pairs (van Klaveren, Steyerberg, Perel
      and Vergouwe 2014, BMC Medical Research Methodology 14:5).
      Its interval comes from a bootstrap of the cases within each stratum (percentiles).
    - `lift_within`: what the `share` with the highest p of each stratum finds, divided by
      what it would find at random. Every defect is found or not, so the interval is Wilson's
      (1927) of the share of defects found, divided by `share`.

    Withheld with
    fewer than `FEWEST` cases of either outcome. `what` is what y = 1 is called; the other
    arguments are those of `measure`.
    """
    outcomes, probabilities, weights = checked(y, p, weight)
    parts = [np.flatnonzero(stratum == name) for name in sorted(set(stratum) - {None})]
    parts = [part for part in parts if part.size >= SMALLEST]
    kept = np.concatenate([*parts, np.array([], dtype=np.intp)])
    positives = int(outcomes[kept].sum())
    left_out = outcomes.size - kept.size
    if min(positives, kept.size - positives) < FEWEST:
        none = Figure(None, None, None, kept.size, "too_few" if kept.size else "no_cases")
        says = _withheld(by)
        return Within(
            by, len(parts), kept.size, left_out, none, none, none, none, None, False, says
        )
    rankings = [Ranking(outcomes[part], probabilities[part], weights[part]) for part in parts]
    auc, lift = _figures(rankings, share, kept.size)
    whole = measure(outcomes[kept], probabilities[kept], weights[kept], share=share)
    signal = lift.low is not None and lift.low > 1
    alone = kept.size >= left_out and _strata_alone(lift, whole.lift)
    told = auc.value is not None
    says = _say(by, auc, lift, whole.lift, alone, share, what) if told else _withheld(by)
    return Within(
        by, len(parts), kept.size, left_out, whole.auc, whole.lift, auc, lift, signal, alone, says
    )


def _strata_alone(lift: Figure, over_all: Figure) -> bool:
    """Whether the lift within may be 1 and is surely less than that over all, itself above 1."""
    if lift.low is None or lift.high is None or over_all.value is None or over_all.low is None:
        return False
    return lift.low <= 1 < over_all.low and lift.high < over_all.value


def _figures(rankings: list[Ranking], share: float, n: int) -> tuple[Figure, Figure]:
    """AUC and lift within the strata, each a ratio of sums over them."""
    right, every_pair = np.sum([_pairs(ranking, None) for ranking in rankings], axis=0)
    if not every_pair[0]:
        none = Figure(None, None, None, n, "one_class")  # no stratum has both outcomes
        return none, none
    places = range(len(rankings))
    drawn = np.sum([_drawn(rankings[place], SEED + place) for place in places], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        auc = percentile(float(right[0] / every_pair[0]), drawn[0] / drawn[1], n)
    defects = np.concatenate([ranking.weight[ranking.y == 1] for ranking in rankings])
    listed = sum(float(found_at(*tied_groups(one, None), share)[0]) for one in rankings)
    recall = min(1.0, listed / float(defects.sum()))
    low, high = wilson_interval(recall, effective_size(defects))
    return auc, Figure(recall / share, low / share, high / share, n)


def _drawn(ranking: Ranking, seed: int) -> Floats:
    counts = draws(ranking.y.size, REPLICATES, seed)
    return np.hstack([_pairs(ranking, some) for some in counts])


def _pairs(ranking: Ranking, counts: Floats | None) -> Floats:
    """Pairs in the right order, and all; shape (2, replicates)."""
    return np.vstack(pairs(*tied_groups(ranking, counts)))


def _say(
    by: By, auc: Figure, lift: Figure, over_all: Figure, alone: bool, share: float, what: Text
) -> Text:
    en, zh = NAMES[by]
    top = f"{100 * share:.3g} %"
    figures_en = f"lift {number(lift, 'en')}, AUC {number(auc, 'en')}"
    figures_zh = f"提升度 {number(lift, 'zh')}，AUC {number(auc, 'zh')}"
    if (lift.low or 0.0) > 1:
        return Text(
            en=f"The model tells cases of the same {en} apart: among them the {top} ranked "
            f"highest hold more {what.en} than chance would ({figures_en}).",
            zh=f"模型能区分同一{zh}的案件：其中排序最高的 {top} 所含{what.zh}多于随机"
            f"（{figures_zh}）。",
        )
    said_en = (
        f"There is no case signal that could be told from chance: among cases of the same {en} "
        f"the {top} ranked highest hold no more {what.en} than chance may ({figures_en})."
    )
    said_zh = (
        f"没有可与偶然区分的案件信号：同一{zh}的案件中，排序最高的 {top} 所含{what.zh}"
        f"可能并不多于随机（{figures_zh}）。"
    )
    if alone:
        said_en += f" What it finds over all (lift {number(over_all, 'en')}) comes from telling "
        said_en += f"{en}s apart, not cases."
        said_zh += f"总体上的提升度 {number(over_all, 'zh')} 来自区分{zh}，而非区分案件。"
    elif (over_all.low or 0.0) > 1:
        said_en += f" Whether what it finds over all (lift {number(over_all, 'en')}) comes from "
        said_en += f"telling cases or {en}s apart cannot be told."
        said_zh += f"总体上的提升度 {number(over_all, 'zh')} 来自区分案件还是区分{zh}，无法判断。"
    if (auc.low or 0.0) > CHANCE:
        said_en += " Below the top of the list it does rank cases better than chance."
        said_zh += "清单顶部以下的排序优于随机。"
    return Text(en=said_en, zh=said_zh)


def _withheld(by: By) -> Text:
    en, zh = NAMES[by]
    return Text(
        en=f"Too few cases share a {en} to say whether the model tells cases apart or only {en}s.",
        zh=f"同一{zh}的案件太少，无法判断模型区分的是案件还是{zh}。",
    )
