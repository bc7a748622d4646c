"""Is a model in use, and is it the one that the report is on."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import _
from evaluation.report.facts import ModelVersion
from evaluation.report.findings.finding import Finding
from evaluation.report.summary import ReportSummary

NO_VERDICT = _("no verdict is recorded.")


def standing(summary: ReportSummary) -> Iterator[Finding]:
    """That the version is not in use, else that there is no fitted model of risk, and why."""
    reported, start = summary.reported, summary.card.start
    if reported is not None and not reported.champion:
        yield _not_in_use(reported)
    elif start is not None:
        sure = _(
            "The tables hold {cases:,} cases and {reviews:,} reviews.",
            cases=summary.data.cases,
            reviews=summary.data.reviews,
        )
        yield Finding("start", start.says, sure, summary.data)


def _not_in_use(reported: ModelVersion) -> Finding:
    says = _(
        "Version {number} of the model is not in use: {reason}",
        number=reported.number,
        reason=reported.events[-1].reason if reported.events else NO_VERDICT,
    )
    return Finding("not_in_use", says, _("Recorded with the model."), reported)
