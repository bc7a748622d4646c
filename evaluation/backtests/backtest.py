"""Was the model right: every period scored by models that knew only what came before it.

The estimators are fitted again at each origin on the labels known by then, with the very
functions that training uses, and score the cases of the time after it. Features at a
moment do not change with later data, so they are built once and sliced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.cells.moments import Every
from cases.tables.tables import Tables
from evaluation.statistics.metrics import Figure, Measures, measure_several
from evaluation.statistics.periods import period_name
from features.catalogue import intake_features
from models.estimators.baselines import BaseRate, Logistic, PlainLightGBM
from models.estimators.estimator import Estimator, TrainingSample
from training.fit import fit_baselines, fit_complexity, fit_risk
from training.labels import complexity_labels, risk_labels
from training.once import fitted_once, opened_table, reviewed_table
from training.splits import Period, rolling_origin

MODEL = "model"

Labels = Callable[[datetime], pl.DataFrame]
Fit = Callable[[pl.DataFrame, pl.DataFrame], Mapping[str, Estimator]]


@dataclass(frozen=True)
class BacktestTask:
    """One question to estimators.

    `labels(until)` gives the labels known by `until` (`case_id, moment, known_at, y,
    weight` and what `fit` reads); `x` the features of all their moments; `fit(x, labels)`
    estimators by name, the model first under `MODEL`, or raises `Refused` if there are too few
    labels.
    """

    x: pl.DataFrame
    labels: Labels
    fit: Fit


@dataclass(frozen=True)
class PeriodFigures:
    """Figures of the cases of one period.

    `period` is `2003-01`, `2003-Q1`, `2003`, or empty for all periods pooled. `measures`
    is by estimator; `gains` holds the AUC of the model minus that of each other estimator.
    """

    period: str
    measures: dict[str, Measures]
    gains: dict[str, Figure]


@dataclass(frozen=True)
class Outcome:
    """How one question was answered.

    `scores` has a row per case: `case_id, moment, y, weight, known_by` (what was known by
    then was trained on) and a probability per estimator. `untrained` counts the cases left
    out because by then there were too few labels to train on.
    """

    estimators: tuple[str, ...]
    scores: pl.DataFrame
    untrained: int
    periods: tuple[PeriodFigures, ...]
    years: tuple[PeriodFigures, ...]
    pooled: PeriodFigures


@dataclass(frozen=True)
class Backtest:
    """Figures on cases of the months `first` to `last`, and how they were made.

    An outcome is None where the office has no reviews, or states no complexity.
    `share` is the capacity that lift and precision refer to.
    """

    first: date
    last: date
    every: Every
    retrain: Every
    share: float
    risk: Outcome | None
    complexity: Outcome | None


def backtest(
    tables: Tables,
    *,
    first: date,
    last: date,
    until: datetime,
    every: Every = "quarter",
    retrain: Every = "year",
    share: float | None = None,
    risk: bool = True,
    progress: Progress = silent,
) -> Backtest:
    """Figures for every period (`every`) from that of `first` to that of `last`.

    Estimators are fitted again every `retrain` on what was known before it began, and score
    the cases whose outcome was known by `until`; nothing later is looked at. `share` defaults
    to the office's capacity. Without `risk` that question is not tried. Nothing is written, so
    that it may be interrupted at any time. `ValueError` if `last` or `until` is before `first`.
    """
    last = min(last, until.date())
    if last < first:
        raise ValueError(f"the last day ({last}) is before the first ({first})")
    share = tables.office.spot_checks.capacity_share if share is None else share
    periods = tuple(rolling_origin(first, last, every))
    origins = tuple(rolling_origin(first, last, retrain))

    def outcome(task: BacktestTask | None, what: Sayable) -> Outcome | None:
        if task is None:
            return None
        scores, untrained = roll(task, until, periods, origins, _named(progress, what))
        return figures(scores, untrained, every, share)

    of_risk = _risk_task(tables, until, progress) if risk else None
    return Backtest(
        *(first, last, every, retrain, share),
        outcome(of_risk, _("backtest of risk")),
        outcome(_complexity_task(tables, until, progress), _("backtest of complexity")),
    )


def roll(
    task: BacktestTask,
    until: datetime,
    periods: tuple[Period, ...],
    origins: tuple[Period, ...],
    progress: Progress,
) -> tuple[pl.DataFrame, int]:
    """Out-of-time scores of the cases in `periods` (see `Outcome.scores`), and how many have none.

    Each origin's estimators know the labels known by `origin.after`, and score the cases of
    its own period only, as far as their labels are known by `until`.
    """
    moment = pl.col("moment")
    outcomes = task.labels(until).filter(
        (moment > periods[0].after) & (moment <= periods[-1].until)
    )
    scored: list[pl.DataFrame] = []
    for done, origin in enumerate(origins):
        progress("", done / len(origins))
        later = outcomes.filter((moment > origin.after) & (moment <= origin.until))
        if later.height:
            scored += _scores(task, later, origin.after)
    progress("", 1.0)
    scores = pl.concat(scored) if scored else pl.DataFrame()
    return scores, outcomes.height - scores.height


def _scores(task: BacktestTask, later: pl.DataFrame, known_by: datetime) -> Iterable[pl.DataFrame]:
    """Scores of `later` cases by estimators that know what was known by `known_by`."""
    try:
        fitted = task.fit(task.x, task.labels(known_by))
    except Refused:
        return []
    cases = later.join(task.x, on=["case_id", "moment"]).sort("moment", "case_id")
    facts = cases.select("case_id", "moment", "y", "weight", pl.lit(known_by).alias("known_by"))
    answers = [pl.Series(name, estimator.predict(cases)) for name, estimator in fitted.items()]
    return [facts.with_columns(answers)]


def figures(scores: pl.DataFrame, untrained: int, every: Every, share: float) -> Outcome | None:
    """The figures of out-of-time scores by period, by year and pooled; None without scores."""
    if scores.is_empty():
        return None
    estimators = tuple(scores.columns[scores.columns.index("known_by") + 1 :])

    def by(label: pl.Expr) -> tuple[PeriodFigures, ...]:
        parts = scores.group_by(label.alias("period"), maintain_order=True)
        return tuple(part_figures(str(name), part, estimators, share) for (name,), part in parts)

    years = by(period_name("year"))
    periods = years if every == "year" else by(period_name(every))
    pooled = part_figures("", scores, estimators, share)
    return Outcome(estimators, scores, untrained, periods, years, pooled)


def part_figures(
    period: str, scores: pl.DataFrame, estimators: tuple[str, ...], share: float
) -> PeriodFigures:
    """The figures of some of the scores (see `Outcome.scores`), called `period`."""
    y, weight = scores["y"].to_numpy(), scores["weight"].to_numpy()
    p = {name: scores[name].to_numpy() for name in estimators}
    measures, gains = measure_several(y, p, weight, share=share)
    return PeriodFigures(period, measures, gains)


def _risk_task(tables: Tables, until: datetime, progress: Progress) -> BacktestTask | None:
    office, labels = tables.office, _remembered(lambda until: risk_labels(tables, until))
    if labels(until).is_empty():
        return None

    def fit(x: pl.DataFrame, known: pl.DataFrame) -> dict[str, Estimator]:
        model: Estimator = fitted_once(tables, fit_risk)(x, known, office)
        return {MODEL: model, **fit_baselines(x, known, office)}

    x = reviewed_table(tables, until, progress)
    return BacktestTask(x, labels, fit)


def _complexity_task(tables: Tables, until: datetime, progress: Progress) -> BacktestTask | None:
    office, labels = tables.office, _remembered(lambda until: complexity_labels(tables, until))
    if labels(until).is_empty():
        return None

    def fit(x: pl.DataFrame, known: pl.DataFrame) -> dict[str, Estimator]:
        model: Estimator = fitted_once(tables, fit_complexity)(x, known, office)
        return {MODEL: model, **_intake_baselines(x, known, office)}

    x = opened_table(tables, until, progress)
    return BacktestTask(x, labels, fit)


def _intake_baselines(x: pl.DataFrame, known: pl.DataFrame, office: Office) -> dict[str, Estimator]:
    """What the complexity model must beat; offices have no rule of thumb for it."""
    cases = known.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    ones = np.ones(cases.height)
    sample = TrainingSample(cases, cases["y"].cast(pl.Float64).to_numpy(), ones, ones.astype(bool))
    names = intake_features(office)
    baselines: dict[str, Estimator] = {
        "base_rate": BaseRate(),
        "logistic": Logistic(names),
        "plain_lightgbm": PlainLightGBM(names),
    }
    return {name: baseline.fit(sample) for name, baseline in baselines.items()}


def _remembered(labels: Labels) -> Labels:
    """Labels that are computed once for each time."""
    known: dict[datetime, pl.DataFrame] = {}

    def remember(until: datetime) -> pl.DataFrame:
        if until not in known:
            known[until] = labels(until)
        return known[until]

    return remember


def _named(progress: Progress, what: Sayable) -> Progress:
    return lambda _step, done: progress(what, done)
