"""How well out-of-time scores serve: by period and kind, on drawn reviews, within reviewers.

`backtest.py` scores the cases; this says what the scores are worth to an office,
with a sentence for every table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import polars as pl

from cases.language.messages import _
from cases.language.texts import Text
from cases.tables.tables import Tables, rows
from evaluation.backtests.answers import shown_figures
from evaluation.backtests.at_capacity import Ties, say_capacity, ties
from evaluation.backtests.backtest import (
    MODEL,
    Backtest,
    Outcome,
    PeriodFigures,
    part_figures,
    period_name,
)
from evaluation.backtests.decision import NetBenefit, decision_curve, say_decision
from evaluation.backtests.strata import By, Within, within
from evaluation.statistics.metrics import FEWEST, Bin, Measures, calibration_table, measure
from evaluation.statistics.saying import COMPLEX_CASES, DEFECTS, number, percent
from features.as_of import final_reviews
from training.labels import first_of_each, speak_for_all


@dataclass(frozen=True)
class Slice:
    """All cases, those of one period, or those of one kind (`name`; empty for all).

    `figures` are by estimator, of the model and what it must beat; the others are the
    model's. With fewer than `FEWEST` cases of either outcome all but counts and base rates is
    withheld.
    """

    by: Literal["all", "period", "kind"]
    name: str
    figures: PeriodFigures
    ties: Ties | None
    calibration: tuple[Bin, ...]
    decision: tuple[NetBenefit, ...]


@dataclass(frozen=True)
class Honest:
    """The model's figures on the reviews whose chance of being made is known, and on the others.

    `surveyed` weighs each case by 1 / its inclusion probability, and so speaks for all cases
    that could be drawn; `targeted` are picked reviews, which speak for themselves. None with
    fewer than `FEWEST` cases of either outcome.
    """

    surveyed: Measures | None
    targeted: Measures | None
    says: Text


@dataclass(frozen=True)
class Performance:
    """What the scores of one question are worth; each text says what a table shows.

    `slices` begins with all cases. `honest` is None where outcomes come from no review.
    """

    share: float
    slices: tuple[Slice, ...]
    honest: Honest | None
    within: tuple[Within, ...]
    capacity_says: Text
    skill_says: Text
    calibration_says: Text
    decision_says: Text


def risk_performance(tables: Tables, tested: Backtest, until: datetime) -> Performance | None:
    """What the risk scores of `tested` are worth, on reviews final by `until`; None without."""
    if tested.risk is None:
        return None
    cases = _with_facts(tables, with_reviews(tables, tested.risk.scores, until))
    found = honest(cases, tested.share)
    return _performance(cases, tested, tested.risk, DEFECTS, ("reviewer", "unit"), found)


def complexity_performance(tables: Tables, tested: Backtest) -> Performance | None:
    """What the complexity scores of `tested` are worth; None without."""
    if tested.complexity is None:
        return None
    cases = _with_facts(tables, tested.complexity.scores)
    return _performance(cases, tested, tested.complexity, COMPLEX_CASES, ("unit",), None)


def with_reviews(tables: Tables, scores: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """`scores` with `reviewer` and `inclusion_probability` of the review each was judged by.

    The latter is null where it is unknown, and throughout where the reviews of known chance
    do not speak for all cases (`training.labels.speak_for_all`).
    """
    reviews = first_of_each(rows(final_reviews(tables, until)))
    told = reviews.select("case_id", "reviewer", "inclusion_probability")
    found = scores.join(told, on="case_id", how="left", maintain_order="left")
    if speak_for_all(tables, found, until):
        return found
    return found.with_columns(inclusion_probability=pl.lit(None, pl.Float64))


def _with_facts(tables: Tables, scores: pl.DataFrame) -> pl.DataFrame:
    facts = tables.case_rows.select("case_id", "kind", "unit")
    return scores.join(facts, on="case_id", how="left", maintain_order="left")


def _performance(
    cases: pl.DataFrame,
    tested: Backtest,
    outcome: Outcome,
    what: Text,
    strata: tuple[By, ...],
    found: Honest | None,
) -> Performance:
    slices = tuple(_slices(cases, tested, outcome))
    whole = slices[0]
    measures = whole.figures.measures[MODEL]
    y, p, weight = _arrays(cases)
    return Performance(
        share=tested.share,
        slices=slices,
        honest=found,
        within=tuple(
            within(y, p, weight, cases[by].to_numpy(), by, tested.share, what) for by in strata
        ),
        capacity_says=say_capacity(measures, whole.ties, what),
        skill_says=_say_skill(measures),
        calibration_says=_say_calibration(whole.calibration),
        decision_says=say_decision(whole.decision),
    )


def _slices(cases: pl.DataFrame, tested: Backtest, outcome: Outcome) -> Iterator[Slice]:
    """All cases, then periods in order of time, then kinds in order of name."""
    yield _slice("all", outcome.pooled, cases, tested.share)
    periods = {figures.period: figures for figures in outcome.periods}
    by_period = cases.group_by(period_name(tested.every).alias("period"), maintain_order=True)
    for (name,), part in by_period:
        yield _slice("period", periods[str(name)], part, tested.share)
    for (name,), part in cases.sort("kind", maintain_order=True).group_by(
        pl.col("kind").fill_null(""), maintain_order=True
    ):
        figures = part_figures(str(name), part, outcome.estimators, tested.share)
        yield _slice("kind", figures, part, tested.share)


def _slice(
    by: Literal["all", "period", "kind"], figures: PeriodFigures, part: pl.DataFrame, share: float
) -> Slice:
    measures = figures.measures[MODEL]
    if min(measures.positives, measures.n - measures.positives) < FEWEST:
        return Slice(by, figures.period, shown_figures(figures), None, (), ())
    y, p, weight = _arrays(part)
    return Slice(
        by,
        figures.period,
        figures,
        ties(y, p, weight, share),
        calibration_table(y, p, weight),
        decision_curve(y, p, weight),
    )


def _arrays(cases: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, the model's probabilities and weights."""
    y, p, weight = (cases[name].to_numpy() for name in ("y", MODEL, "weight"))
    return y, p, weight


def honest(cases: pl.DataFrame, share: float) -> Honest:
    """The figures of surveyed and of targeted cases apart.

    `cases` has `y`, `inclusion_probability` (null where unknown) and the model's `p`.
    """
    chance = pl.col("inclusion_probability")
    drawn, picked = cases.filter(chance.is_not_null()), cases.filter(chance.is_null())
    surveyed = _measured(drawn, 1 / drawn["inclusion_probability"].to_numpy(), share)
    targeted = _measured(picked, np.ones(picked.height), share)
    return Honest(surveyed, targeted, _say_honest(surveyed, targeted))


def _measured(cases: pl.DataFrame, weight: np.ndarray, share: float) -> Measures | None:
    positives = int(cases["y"].sum())
    if min(positives, cases.height - positives) < FEWEST:
        return None
    return measure(cases["y"].to_numpy(), cases[MODEL].to_numpy(), weight, share=share)


def _say_honest(surveyed: Measures | None, targeted: Measures | None) -> Text:
    if surveyed is not None:
        lift, n = surveyed.lift, surveyed.n
        return Text(
            en=f"On the {n:,} reviewed cases whose chance of being reviewed is known, which speak "
            f"for all cases that could be drawn, the lift is {number(lift, 'en')}.",
            zh=f"在抽中概率已知的 {n:,} 件评查案件上（可代表所有可能被抽中的案件），"
            f"提升度为 {number(lift, 'zh')}。",
        )
    if targeted is not None:
        lift, n = targeted.lift, targeted.n
        return Text(
            en=f"On targeted reviews only, biased: the lift is {number(lift, 'en')} on {n:,} cases "
            "that were picked. What it is for all cases nobody can tell without random reviews.",
            zh=f"仅基于有针对性的评查，有偏差：在 {n:,} 件挑选的案件上提升度为 "
            f"{number(lift, 'zh')}。没有随机评查，无法得知对全部案件的效果。",
        )
    return _("Too few reviews of either outcome to say what a list would find.")


def _say_skill(found: Measures) -> Text:
    brier = found.brier_skill
    if brier.value is None or brier.low is None or brier.high is None:
        return _("Too few cases to judge the probabilities by.")
    if brier.low > 0:
        en, zh = "are better than", "优于"
    elif brier.high < 0:
        en, zh = "are worse than", "不如"
    else:
        en, zh = "cannot be told apart from", "无法区别于"
    return Text(
        en=f"The probabilities {en} giving every case the overall rate: Brier skill "
        f"{percent(brier, 'en')}, where 100 % is perfect and 0 % the rate itself.",
        zh=f"这些概率{zh}给每件案件以总体比率：布里尔技巧分 {percent(brier, 'zh')}，"
        "100 % 为完美，0 % 即总体比率本身。",
    )


def _say_calibration(bins: tuple[Bin, ...]) -> Text:
    if not bins:
        return _("Too few cases to compare probabilities with what came true.")
    told = [one for one in bins if one.rate.low is not None and one.rate.high is not None]
    high = sum(one.mean_probability > (one.rate.high or 0.0) for one in told)
    low = sum(one.mean_probability < (one.rate.low or 0.0) for one in told)
    inside = len(told) - high - low
    return Text(
        en=f"In {inside} of {len(told)} groups of cases the mean probability lies within the 95 % "
        f"interval of the rate found; in {high} it is too high, in {low} too low (one in twenty is "
        "outside by chance).",
        zh=f"{len(told)} 组案件中，{inside} 组的平均概率落在实际比率的 95 % 区间内，"
        f"{high} 组偏高，{low} 组偏低（偶然也会有二十分之一落在区间外）。",
    )
