"""What the model audit report says, as plain values: computed here, drawn and worded elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from cases.language.texts import Text
from cases.office.reviews import ReviewKind
from cases.tables.tables import Tables
from evaluation.backtests.answers import Answer, answer
from evaluation.backtests.backtest import Backtest
from evaluation.backtests.performance import Performance, complexity_performance, risk_performance
from evaluation.backtests.since import Since, since_training
from evaluation.backtests.subgroups import Fairness, fairness
from evaluation.drift.changes import Changes, changes
from evaluation.intake.audit import audited_tracks
from evaluation.intake.figures import IntakeFigures, intake_figures
from evaluation.quality.office_quality import OfficeQuality, office_quality
from evaluation.quality.overrides import Overrides, overrides
from evaluation.quality.own_checks import checks_by_reviews
from evaluation.quality.reviewers import Reviewers, review_reviewers
from evaluation.quality.uptake import Uptake, uptake
from evaluation.report.facts import (
    Card,
    DataFacts,
    Influence,
    Leak,
    ModelVersion,
    StandIns,
    card,
    data_facts,
    influences,
    leaks,
    model_versions,
    stand_ins,
)
from evaluation.report.notes import Note, doubts, limits
from evaluation.surveys.anchoring import Anchoring, anchoring
from evaluation.surveys.of_plans import checks_by_plans, with_probabilities
from evaluation.surveys.own_check import OwnCheck
from models.bundle.bundle import Bundle
from models.registry import Version
from policies.spot_check.verify import Kept


@dataclass(frozen=True)
class ReportSummary:
    """Everything the report shows; chapters add words and no numbers."""

    office: Text
    data: DataFacts
    card: Card
    first: date
    last: date
    every: str
    retrain: str
    share: float
    risk: Answer | None
    complexity: Answer | None
    performance: dict[str, Performance]
    since: dict[str, Since]
    reported: ModelVersion | None
    leaks: tuple[Leak, ...] | None
    stand_ins: StandIns | None
    fairness: Fairness | None
    intake: IntakeFigures
    changes: Changes | None
    versions: tuple[ModelVersion, ...]
    quality: OfficeQuality
    own_checks: Mapping[ReviewKind, OwnCheck]
    uptake: Uptake | None
    overrides: Overrides | None
    reviewers: Reviewers
    anchoring: Anchoring | None
    influences: tuple[Influence, ...]
    notes: tuple[Note, ...]


def summarise(
    tables: Tables,
    bundle: Bundle,
    backtest: Backtest,
    *,
    now: datetime | None = None,
    efforts: pl.DataFrame | None = None,
    plans: Sequence[Kept] = (),
    intakes: pl.DataFrame | None = None,
    versions: Sequence[Version] = (),
    number: int | None = None,
) -> ReportSummary:
    """The report on `bundle` with the out-of-time figures of `backtest`, both from `tables`.

    `intakes` holds the lines of kept intakes (`evaluation.intake.audit.KEPT`).
    `efforts` is an `effort_backtest` of the same time; `versions` are those of the registry, and
    `number` is that of the bundle, None for the champion. What is said of the office, of how the
    bundle has done since it was trained, of what became of `plans` (verified ones) and of
    overrides, is as of `now`, by default as of the time the model was trained on. Reviews that
    answer a plan count in the office's rate with the plan's inclusion probabilities.
    """
    until = datetime.fromisoformat(bundle.about["trained_until"])
    now = now or until
    reviewers = review_reviewers(tables, until)
    planned = with_probabilities(tables, plans, now) if plans else tables
    data, about, kept = data_facts(planned), card(tables, bundle), model_versions(versions)
    risk, complexity = answer(backtest.risk), answer(backtest.complexity)
    return ReportSummary(
        office=tables.office.office.name,
        data=data,
        card=about,
        first=backtest.first,
        last=backtest.last,
        every=backtest.every,
        retrain=backtest.retrain,
        share=backtest.share,
        risk=risk,
        complexity=complexity,
        performance=_performance(tables, backtest, until),
        since=_since(tables, bundle, backtest, now),
        reported=_reported(kept, number),
        leaks=leaks(bundle),
        stand_ins=stand_ins(bundle),
        fairness=fairness(tables, backtest, until),
        intake=intake_figures(
            tables.office,
            bundle,
            efforts,
            () if intakes is None else audited_tracks(tables, intakes, now),
        ),
        changes=changes(tables, bundle, now),
        versions=kept,
        quality=office_quality(planned, now),
        own_checks=checks_by_plans(tables, plans, now) or checks_by_reviews(tables, now),
        uptake=uptake(tables, plans, reviewers.agreement, now) if plans else None,
        overrides=overrides(tables, plans, now),
        reviewers=reviewers,
        anchoring=anchoring(tables, plans, now),
        influences=influences(tables, bundle, until),
        notes=(*limits(data, about), *doubts(complexity if about.risk is None else risk)),
    )


def _performance(tables: Tables, backtest: Backtest, until: datetime) -> dict[str, Performance]:
    """What the scores of each question are worth, of those that were asked."""
    performance = {
        "risk": risk_performance(tables, backtest, until),
        "complexity": complexity_performance(tables, backtest),
    }
    return {question: figures for question, figures in performance.items() if figures is not None}


def _since(tables: Tables, bundle: Bundle, tested: Backtest, now: datetime) -> dict[str, Since]:
    """How the bundle has done since it was trained, by question; nothing where that is now."""
    asked = {"risk": tested.risk, "complexity": tested.complexity}
    if now <= datetime.fromisoformat(bundle.about["trained_until"]):
        return {}
    return {
        question: since_training(tables, bundle, question, tried, now)
        for question, tried in asked.items()
        if question in bundle and not _without_order(bundle, question)
    }


def _without_order(bundle: Bundle, question: str) -> bool:
    """Whether all cases have the same risk, so that there is no order that could have held."""
    return question == "risk" and bundle.start is not None and bundle.start.kind == "equal"


def _reported(versions: tuple[ModelVersion, ...], number: int | None) -> ModelVersion | None:
    """The version that the report is on; None if the registry does not list it."""
    for version in versions:
        if version.champion if number is None else version.number == str(number):
            return version
    return None
