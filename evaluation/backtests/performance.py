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

from cases.language.messages import Sayable, _
from cases.numeric import Floats
from cases.tables.tables import Tables, rows
from evaluation.backtests.answers import shown_figures
from evaluation.backtests.at_capacity import Ties, say_capacity, ties
from evaluation.backtests.backtest import (
    MODEL,
    Backtest,
    Outcome,
    PeriodFigures,
    part_figures,
)
from evaluation.backtests.decision import NetBenefit, decision_curve, say_decision
from evaluation.backtests.strata import By, Within, within
from evaluation.statistics.metrics import FEWEST, Bin, Measures, calibration_table, measure
from evaluation.statistics.periods import period_name
from evaluation.statistics.saying import COMPLEX_CASES, DEFECTS, number, percent
from features.as_of import final_reviews
from features.grades import counting, of_last_closing
from training.labels import speak_for_all

LEVEL = 0.95  # of all intervals


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
    """The model's figures on reviews of known inclusion probability, and on the others.

    `surveyed` weighs each case by 1 / its inclusion probability, and so speaks for all cases
    that could be drawn; `targeted` are picked reviews, which speak for themselves. None with
    fewer than `FEWEST` cases of either outcome.
    """

    surveyed: Measures | None
    targeted: Measures | None
    says: Sayable


@dataclass(frozen=True)
class Performance:
    """What the scores of one question are worth; each text says what a table shows.

    `slices` begins with all cases. `honest` is None where outcomes come from no review.
    """

    share: float
    slices: tuple[Slice, ...]
    honest: Honest | None
    within: tuple[Within, ...]
    capacity_says: Sayable
    skill_says: Sayable
    calibration_says: Sayable
    decision_says: Sayable


def risk_performance(tables: Tables, tested: Backtest, until: datetime) -> Performance | None:
    """What the risk scores of `tested` are worth, on reviews final by `until`; None without."""
    if tested.risk is None:
        return None
    cases = _with_facts(tables, with_reviews(tables, tested.risk.scores, until))
    by_probability = honest(cases, tested.share)
    return _performance(cases, tested, tested.risk, DEFECTS, ("reviewer", "unit"), by_probability)


def risk_strata(
    tables: Tables, outcome: Outcome, share: float, until: datetime
) -> tuple[Within, ...]:
    """The figures of risk scores among cases of the same reviewer, and of the same unit."""
    cases = _with_facts(tables, with_reviews(tables, outcome.scores, until))
    return _strata(cases, ("reviewer", "unit"), share, DEFECTS)


def complexity_strata(tables: Tables, outcome: Outcome, share: float) -> tuple[Within, ...]:
    """The figures of complexity scores among cases of the same unit."""
    return _strata(_with_facts(tables, outcome.scores), ("unit",), share, COMPLEX_CASES)


def complexity_performance(tables: Tables, tested: Backtest) -> Performance | None:
    """What the complexity scores of `tested` are worth; None without."""
    if tested.complexity is None:
        return None
    cases = _with_facts(tables, tested.complexity.scores)
    return _performance(cases, tested, tested.complexity, COMPLEX_CASES, ("unit",), None)


def with_reviews(tables: Tables, scores: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """`scores` with `known_at, reviewer, inclusion_probability` of the review each is judged by.

    The last is null where it is unknown, and throughout where the reviews of known
    probability do not speak for all cases (`training.labels.speak_for_all`).
    """
    final = of_last_closing(rows(final_reviews(tables, until)), tables.case_rows)
    reviews = counting(final)
    facts = reviews.select("case_id", "known_at", "reviewer", "inclusion_probability")
    cases = scores.join(facts, on="case_id", how="left", maintain_order="left")
    if speak_for_all(tables, cases, until):
        return cases
    return cases.with_columns(inclusion_probability=pl.lit(None, pl.Float64))


def _with_facts(tables: Tables, scores: pl.DataFrame) -> pl.DataFrame:
    facts = tables.case_rows.select("case_id", "kind", "unit")
    return scores.join(facts, on="case_id", how="left", maintain_order="left")


def _performance(
    cases: pl.DataFrame,
    tested: Backtest,
    outcome: Outcome,
    what: Sayable,
    strata: tuple[By, ...],
    by_probability: Honest | None,
) -> Performance:
    slices = tuple(_slices(cases, tested, outcome))
    whole = slices[0]
    measures = whole.figures.measures[MODEL]
    return Performance(
        share=tested.share,
        slices=slices,
        honest=by_probability,
        within=_strata(cases, strata, tested.share, what),
        capacity_says=say_capacity(measures, whole.ties, what),
        skill_says=_say_skill(measures),
        calibration_says=_say_calibration(whole.calibration),
        decision_says=say_decision(whole.decision),
    )


def _strata(
    cases: pl.DataFrame, strata: tuple[By, ...], share: float, what: Sayable
) -> tuple[Within, ...]:
    y, p, weight = _arrays(cases)
    return tuple(within(y, p, weight, cases[by].to_numpy(), by, share, what) for by in strata)


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


def _arrays(cases: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Outcomes, the model's probabilities and weights."""
    y, p, weight = (cases[name].to_numpy() for name in ("y", MODEL, "weight"))
    return y, p, weight


def honest(cases: pl.DataFrame, share: float) -> Honest:
    """The figures of surveyed and of targeted cases apart.

    `cases` has `y`, `inclusion_probability` (null where unknown), the model's `p` and, for those
    of known probability, the `weight` of the label: its inverse, and more where outcomes of
    this kind become known late (`training/delay.py`).
    """
    probability = pl.col("inclusion_probability")
    drawn, picked = cases.filter(probability.is_not_null()), cases.filter(probability.is_null())
    surveyed = _measured(drawn, drawn["weight"].to_numpy(), share)
    targeted = _measured(picked, np.ones(picked.height), share)
    return Honest(surveyed, targeted, _say_honest(surveyed, targeted))


def _measured(cases: pl.DataFrame, weight: Floats, share: float) -> Measures | None:
    positives = int(cases["y"].sum())
    if min(positives, cases.height - positives) < FEWEST:
        return None
    return measure(cases["y"].to_numpy(), cases[MODEL].to_numpy(), weight, share=share)


def _say_honest(surveyed: Measures | None, targeted: Measures | None) -> Sayable:
    if surveyed is not None:
        return _(
            "On the {cases:,} reviewed cases with a known inclusion probability, which speak for "
            "all cases that could be drawn, the lift is {lift}.",
            cases=surveyed.n,
            lift=number(surveyed.lift),
        )
    if targeted is not None:
        return _(
            "On targeted reviews only, so with a bias, the lift is {lift} on {cases:,} cases that "
            "were picked. For all cases it cannot be known without random reviews.",
            cases=targeted.n,
            lift=number(targeted.lift),
        )
    return _("Too few reviews of either outcome to say what a list would find.")


def _say_skill(measures: Measures) -> Sayable:
    brier = measures.brier_skill
    if brier.value is None:
        return _("Too few cases to judge the probabilities by.")
    values = {"skill": percent(brier), "perfect": 1.0, "none": 0.0}
    if brier.surely_above(0):
        return _(
            "The probabilities are better than giving every case the overall rate: Brier skill "
            "{skill}, where {perfect:.0%} is perfect and {none:.0%} is the rate itself.",
            **values,
        )
    if brier.surely_below(0):
        return _(
            "The probabilities are worse than giving every case the overall rate: Brier skill "
            "{skill}, where {perfect:.0%} is perfect and {none:.0%} is the rate itself.",
            **values,
        )
    return _(
        "The probabilities cannot be distinguished from giving every case the overall rate: Brier "
        "skill {skill}, where {perfect:.0%} is perfect and {none:.0%} is the rate itself.",
        **values,
    )


def _say_calibration(bins: tuple[Bin, ...]) -> Sayable:
    if not bins:
        return _("Too few cases to compare probabilities with what came true.")
    known = [part for part in bins if part.rate.value is not None]
    high = sum(part.rate.surely_below(part.mean_probability) for part in known)
    low = sum(part.rate.surely_above(part.mean_probability) for part in known)
    return _(
        "In {inside} of {groups} groups of cases the mean probability lies within the "
        "{level:.0%} interval of the rate found; in {high} it is too high, in {low} too low "
        "(one in twenty is outside by chance).",
        level=LEVEL,
        inside=len(known) - high - low,
        groups=len(known),
        high=high,
        low=low,
    )
