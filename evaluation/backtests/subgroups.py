"""Is the list fair: what it does to the groups of cases that the office file names.

The list is the share of each period with the highest risk. Groups whose rates of defects
differ cannot be equal in all of the measures at once (Chouldechova 2017), so differences are
shown and judged by people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from cases.language.messages import Sayable, _, sentences
from cases.tables.tables import Tables
from evaluation.backtests.at_capacity import taken
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.group_rates import NAMES, Difference, Grouping, compare
from evaluation.backtests.performance import with_reviews
from evaluation.statistics.facts import fact
from evaluation.statistics.metrics import FEWEST, effective_size
from evaluation.statistics.periods import period_name
from evaluation.statistics.saying import TARGETED_ONLY, number, points


@dataclass(frozen=True)
class Fairness:
    """The comparison on `cases` reviewed cases; `surveyed` says whether they stand for all.

    They do if their inclusion probability is known. If fewer than `FEWEST` (effectively, as
    Kish counts) are such, all reviewed cases are taken, and the figures are biased.
    `comparisons` differences were looked at.
    """

    share: float
    cases: int
    surveyed: bool
    groupings: tuple[Grouping, ...]
    comparisons: int
    says: Sayable


def fairness(tables: Tables, tested: Backtest, until: datetime) -> Fairness | None:
    """The comparison of the office's groups by the risk scores of `tested`.

    On reviews final by `until`. None where the office names no groups, or no risk was scored.
    """
    office = tables.office
    if tested.risk is None or not office.fairness:
        return None
    scores = tested.risk.scores.select("case_id", "moment", "y", p=MODEL)
    cases = with_reviews(tables, scores, until)
    known = cases.filter(pl.col("inclusion_probability").is_not_null())
    weight = 1 / known["inclusion_probability"].to_numpy()
    surveyed = known.height > 0 and effective_size(weight) >= FEWEST
    # Without enough reviews of known probability, all count alike, and the figures are biased.
    cases = known if surveyed else cases.with_columns(inclusion_probability=pl.lit(1.0))
    cases = cases.with_columns(
        weight=1 / pl.col("inclusion_probability"), period=period_name(tested.every)
    ).sort("moment", "case_id")
    # The list of each period is its own share of the highest risks.
    listed = np.empty(cases.height)
    for indices in cases.with_row_index().group_by("period").agg("index")["index"]:
        part = cases[indices]
        listed[indices.to_numpy()] = taken(part["p"], part["weight"], tested.share)
    own = cases.select("case_id").join(
        tables.case_rows, on="case_id", how="left", maintain_order="left"
    )
    facts = [fact(office, own, name) for name in office.fairness]
    y, p, weight = (cases[name].to_numpy() for name in ("y", "p", "weight"))
    groupings, comparisons = compare(facts, y, p, weight, listed)
    says = _say(groupings, comparisons, surveyed)
    return Fairness(tested.share, cases.height, surveyed, groupings, comparisons, says)


def _say(groupings: tuple[Grouping, ...], comparisons: int, surveyed: bool) -> Sayable:
    larger = [
        (grouping.meaning, difference)
        for grouping in groupings
        for difference in grouping.differences
        if difference.beyond_chance
    ]
    said = [_say_count(comparisons, len(larger))]
    said += [_say_difference(meaning, difference) for meaning, difference in larger]
    return sentences(*said, *(() if surveyed else (TARGETED_ONLY,)))


def _say_count(comparisons: int, larger: int) -> Sayable:
    if not comparisons:
        return _("No two groups are compared: too few are large enough, and units are not ranked.")
    if not larger:
        return _(
            "Of {comparisons:,} differences between groups none is larger than chance allows; "
            "small groups may differ all the same.",
            comparisons=comparisons,
        )
    return _(
        "Of {comparisons:,} differences between groups {larger:,} are larger than chance allows.",
        comparisons=comparisons,
        larger=larger,
    )


def _say_difference(meaning: Sayable, found: Difference) -> Sayable:
    shown = number if found.measure == "calibration" else points
    return _(
        "By {attribute}, {measure}: {more} is above {less} by {difference}.",
        attribute=meaning,
        measure=NAMES[found.measure],
        more=found.more,
        less=found.less,
        difference=shown(found.difference),
    )
