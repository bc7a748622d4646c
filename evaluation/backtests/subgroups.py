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

from cases.language.catalogues import Language
from cases.language.texts import Text
from cases.tables.tables import Tables
from evaluation.backtests.at_capacity import taken
from evaluation.backtests.backtest import MODEL, Backtest, period_name
from evaluation.backtests.group_rates import NAMES, Difference, Grouping, compare
from evaluation.backtests.performance import with_reviews
from evaluation.statistics.facts import fact
from evaluation.statistics.metrics import FEWEST, effective_size
from evaluation.statistics.saying import number, percent


@dataclass(frozen=True)
class Fairness:
    """The comparison on `cases` reviewed cases; `surveyed` says whether they stand for all.

    They do if their chance of being reviewed is known. If fewer than `FEWEST` (effectively, as
    Kish counts) are such, all reviewed cases are taken, and the figures are biased.
    `comparisons` differences were looked at.
    """

    share: float
    cases: int
    surveyed: bool
    groupings: tuple[Grouping, ...]
    comparisons: int
    says: Text


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
    cases = known if surveyed else cases.with_columns(inclusion_probability=pl.lit(1.0))
    cases = cases.with_columns(
        weight=1 / pl.col("inclusion_probability"), period=period_name(tested.every)
    ).sort("moment", "case_id")
    listed = np.empty(cases.height)
    for places in cases.with_row_index().group_by("period").agg("index")["index"]:
        part = cases[places]
        listed[places.to_numpy()] = taken(part["p"], part["weight"], tested.share)
    own = cases.select("case_id").join(
        tables.case_rows, on="case_id", how="left", maintain_order="left"
    )
    facts = [fact(office, own, name) for name in office.fairness]
    y, p, weight = (cases[name].to_numpy() for name in ("y", "p", "weight"))
    groupings, comparisons = compare(facts, y, p, weight, listed)
    says = _say(groupings, comparisons, surveyed)
    return Fairness(tested.share, cases.height, surveyed, groupings, comparisons, says)


def _say(groupings: tuple[Grouping, ...], comparisons: int, surveyed: bool) -> Text:
    told = [(one.meaning, each) for one in groupings for each in one.differences if each.told]
    if not comparisons:
        en = "No two groups are compared: too few are large enough, and units are not ranked."
        zh = "没有可供比较的群体：足够大的群体太少；各单位不作排名。"
    elif not told:
        en = (
            f"Of {comparisons} differences between groups none is larger than chance allows; "
            "small groups may differ all the same."
        )
        zh = f"在 {comparisons} 项群体间差异中，没有一项超出偶然范围；小群体仍可能存在差异。"
    else:
        en = f"Of {comparisons} differences between groups these are larger than chance allows: "
        zh = f"在 {comparisons} 项群体间差异中，以下超出偶然范围："
        en += "; ".join(
            f"{NAMES[one.measure].en} by {by.say('en')}, {one.more.say('en')} over "
            f"{one.less.say('en')} by {_shown(one, 'en')}"
            for by, one in told
        )
        zh += "；".join(
            f"按{by.say('zh')}，{NAMES[one.measure].zh}，{one.more.say('zh')}高于"
            f"{one.less.say('zh')} {_shown(one, 'zh')}"
            for by, one in told
        )
        en, zh = en + ".", zh + "。"
    if not surveyed:
        en += " On targeted reviews only, biased."
        zh += "仅基于有针对性的评查，有偏差。"
    return Text(en=en, zh=zh)


def _shown(one: Difference, language: Language) -> str:
    say = number if one.measure == "calibration" else percent
    return say(one.difference, language)
