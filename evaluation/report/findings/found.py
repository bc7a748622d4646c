"""Everything that was found: the one list from which the report is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.report.findings.finding import Finding
from evaluation.report.findings.level import level
from evaluation.report.findings.office import (
    own_checks,
    persons,
    plans,
    quality,
    reviewed,
    reviewers,
    tracks,
)
from evaluation.report.findings.order import order, simpler
from evaluation.report.findings.since import changed, order_since, since
from evaluation.report.findings.standing import standing
from evaluation.report.summary import ReportSummary


def findings(summary: ReportSummary) -> tuple[Finding, ...]:
    """At most one finding of each subject, in the order of the front page."""
    return tuple(_findings(summary))


def _findings(summary: ReportSummary) -> Iterator[Finding]:
    after = since(summary)
    yield from standing(summary)
    yield from quality(summary)
    yield from reviewed(summary.quality.last_year)
    yield from own_checks(summary)
    yield from order(summary, lost=after is not None and after.lost)
    yield from simpler(summary)
    yield from level(summary)
    yield from persons(summary.stand_ins)
    yield from reviewers(summary)
    yield from tracks(summary)
    yield from plans(summary)
    if after is not None:
        yield from order_since(after)
    if summary.changes is not None:
        yield from changed(summary.changes)


def chapter_of(finding: Finding, summary: ReportSummary) -> str:
    """The key of the chapter it stands in: what is said of the model, in that of its question."""
    of_model = finding.kind.chapter == "risk"
    return "complexity" if of_model and summary.card.risk is None else finding.kind.chapter
