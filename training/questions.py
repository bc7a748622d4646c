"""What each question needs to be fitted: its labels, what it may lack, and how it is learnt.

One function a question, and one line in `TRAININGS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from cases.language.kept import as_json
from cases.language.messages import Sayable
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from features.feature import LIMIT
from models.questions.complexity import ComplexityQuestion
from models.questions.effort import EffortQuestion
from models.questions.overruns import OverrunQuestion
from models.questions.question import Question
from models.questions.remaining import RemainingQuestion
from models.questions.risk import RiskQuestion
from models.questions.running_risk import RunningRiskQuestion
from training.fit import (
    complexity_lacks,
    effort_lacks,
    fit_complexity,
    fit_effort,
    fit_risk,
    fit_start,
    risk_lacks,
    routing_outcomes,
    start_table,
)
from training.labels import (
    complexity_outcomes,
    effort_labels,
    remaining_labels,
    risk_labels,
    settled,
)
from training.once import fitted_once, forecasts_of, opened_table, reviewed_table, running_table
from training.running.overruns import fit_overruns, overrun_labels, overrun_table, overruns_lack
from training.running.remaining import fit_remaining, remaining_lacks
from training.running.risk import fit_running_risk, running_risk_labels, running_risk_table


@dataclass(frozen=True)
class Past:
    """What was known of an office by `until`."""

    tables: Tables
    until: datetime
    progress: Progress = silent

    @property
    def office(self) -> Office:
        """The office whose tables these are."""
        return self.tables.office

    @property
    def intake(self) -> pl.DataFrame:
        """The `intake_table` of every case opened by then."""
        return opened_table(self.tables, self.until, self.progress)


@dataclass(frozen=True)
class Fitted:
    """A fitted question, the features of the cases it learnt from, and facts for the bundle."""

    question: Question
    cases: pl.DataFrame
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """What fitting a question takes.

    `lacks` says what is missing, with what to do; None if `fit` can be called. `facts` are
    what a bundle says of the labels (JSON values), whether or not it can be.
    """

    lacks: Sayable | None
    facts: Mapping[str, Any]
    fit: Callable[[], Fitted]


def risk_training(past: Past) -> Training:
    """From the reviews that were final by then; the start where they are too few."""
    labels = risk_labels(past.tables, past.until)
    lacks = risk_lacks(labels, past.office)

    def fit() -> Fitted:
        if lacks is not None:
            return start(past.tables, past.until, lacks)
        x = reviewed_table(past.tables, past.until, past.progress)
        model = fit_risk(x, labels, past.office)
        facts: dict[str, Any] = {"risk_features": list(model.names), "risk_rounds": model.rounds_}
        facts |= {"risk_kind": model.choice_.kind, "risk_losses": dict(model.choice_.losses)}
        return Fitted(RiskQuestion(model), x, facts)

    counts = {"reviewed_cases": labels.height, "defects": int(labels["y"].sum())}
    return Training(None, counts, fit)


def start(tables: Tables, until: datetime, because: Sayable) -> Fitted:
    """What the office starts by, `because` it has no model of risk (see `StartModel`)."""
    x, labels = start_table(tables, until), risk_labels(tables, until)
    model = fit_start(x, labels, tables.office)
    question = RiskQuestion(model)
    facts: dict[str, Any] = {"risk_features": list(model.names), "risk_rounds": 0}
    facts |= {"risk_kind": question.start, "risk_losses": {}, "start": as_json(because)}
    return Fitted(question, x, facts)


def complexity_training(past: Past) -> Training:
    """From the cases closed by then; routing is calibrated on scores given out of time."""
    outcomes = complexity_outcomes(past.tables, past.until)
    labels = settled(outcomes, past.until)

    def fit() -> Fitted:
        model = fit_complexity(past.intake, labels, past.office)
        fit = fitted_once(past.tables, fit_complexity)
        scored = routing_outcomes(past.intake, outcomes, past.office, past.until, fit)
        cases = past.intake.join(labels, on=["case_id", "moment"], how="semi")
        return Fitted(ComplexityQuestion(model, scored), cases)

    counts = {"complexity_cases": labels.height, "complex": int(labels["y"].sum())}
    return Training(complexity_lacks(labels, past.office), counts, fit)


def effort_training(past: Past) -> Training:
    """From the cases opened by then, closed or not."""
    labels = effort_labels(past.tables, past.until)

    def fit() -> Fitted:
        made = forecasts_of(past.tables, past.until)
        model = fit_effort(past.intake, labels, past.office, past.until, made)
        return Fitted(EffortQuestion(model), past.intake)

    counts = {"effort_cases": labels.filter(pl.col("effort").is_not_null()).height}
    return Training(effort_lacks(labels), counts, fit)


def remaining_training(past: Past) -> Training:
    """From cases at their landmarks, closed or not by then."""
    labels = remaining_labels(past.tables, past.until)

    def fit() -> Fitted:
        x = running_table(past.tables, past.until, past.progress)
        model = fit_remaining(x, labels, past.office, past.until)
        return Fitted(RemainingQuestion(model), x)

    return Training(remaining_lacks(labels), {"landmarks": labels.height}, fit)


def overruns_training(past: Past) -> Training:
    """From clocks of which it is known by then how they ended."""
    labels = overrun_labels(past.tables, past.until)

    def fit() -> Fitted:
        x = overrun_table(past.tables, labels, past.progress)
        return Fitted(OverrunQuestion(fit_overruns(x, labels, past.office)), x)

    clocks = labels.unique(["case_id", LIMIT])
    counts = {"clocks": clocks.height, "overrun_clocks": int(clocks["y"].sum())}
    return Training(overruns_lack(labels), counts, fit)


def running_risk_training(past: Past) -> Training:
    """From the reviews that were final by then, of cases as they were at a landmark."""
    labels = running_risk_labels(past.tables, past.until)

    def fit() -> Fitted:
        x = running_risk_table(past.tables, labels)
        return Fitted(RunningRiskQuestion(fit_running_risk(x, labels, past.office)), x)

    return Training(risk_lacks(labels, past.office), {}, fit)


TRAININGS: dict[str, Callable[[Past], Training]] = {
    RiskQuestion.code: risk_training,
    ComplexityQuestion.code: complexity_training,
    EffortQuestion.code: effort_training,
    RemainingQuestion.code: remaining_training,
    OverrunQuestion.code: overruns_training,
    RunningRiskQuestion.code: running_risk_training,
}
