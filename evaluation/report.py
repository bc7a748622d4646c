"""What the model audit report says, as plain values: computed here, drawn and worded elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cases.office import Text
from cases.tables import Tables
from evaluation.answers import Answer, answer
from evaluation.backtest import Backtest
from evaluation.notes import Note, doubts, limits
from evaluation.report_facts import Card, DataFacts, Influence, card, data_facts, influences
from evaluation.reviewers import Reviewers, review_reviewers
from models.bundle import Bundle


@dataclass(frozen=True)
class ReportSummary:
    """Everything the report shows; rendering adds words and no numbers."""

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
    reviewers: Reviewers
    influences: tuple[Influence, ...]
    notes: tuple[Note, ...]


def summarise(tables: Tables, bundle: Bundle, backtest: Backtest) -> ReportSummary:
    """The report on `bundle` with the out-of-time figures of `backtest`, both from `tables`."""
    until = datetime.fromisoformat(bundle.about["trained_until"])
    data, own = data_facts(tables), card(tables, bundle)
    risk, complexity = answer(backtest.risk), answer(backtest.complexity)
    return ReportSummary(
        office=tables.office.office.name,
        data=data,
        card=own,
        first=backtest.first,
        last=backtest.last,
        every=backtest.every,
        retrain=backtest.retrain,
        share=backtest.share,
        risk=risk,
        complexity=complexity,
        reviewers=review_reviewers(tables, until),
        influences=influences(tables, bundle.risk, until),
        notes=(*limits(data, own), *doubts(complexity if own.risk is None else risk)),
    )
