"""What comes first on the front page: is this version in use, and has it held since training."""

from __future__ import annotations

from cases.language.messages import _, sentences
from cases.language.values import round_share
from evaluation.backtests.since import Since
from evaluation.pages.cells import multiple_interval
from evaluation.report.notes import Note
from evaluation.report.summary import ReportSummary

NO_VERDICT = _("no verdict is recorded.")


def unused(summary: ReportSummary) -> Note | None:
    """That the report is on a version that is not in use, and what the gate said of it."""
    reported = summary.reported
    if reported is None or reported.champion:
        return None
    says = _(
        "Version {number} of the model is not in use: {reason}",
        number=reported.number,
        reason=reported.events[-1].reason if reported.events else NO_VERDICT,
    )
    return Note("found_unused", says)


def tested(summary: ReportSummary) -> Note | None:
    """What the gate said last of any version, if it refused it; None if it promoted one since."""
    verdicts = [(event, version) for version in summary.versions for event in version.events]
    event, version = max(verdicts, key=lambda one: one[0].at, default=(None, None))
    if event is None or version is None or event.what != "refused":
        return None
    says = _(
        "The tables hold {cases:,} cases and {reviews:,} reviews. The gate refused version "
        "{number}, the last one it judged: {reason}",
        cases=summary.data.cases,
        reviews=summary.data.reviews,
        number=version.number,
        reason=event.reason,
    )
    return Note("sure_refused", says)


def since(summary: ReportSummary) -> Since | None:
    """How the model has done since it was trained, if enough has become known to say."""
    found = summary.since.get("complexity" if summary.card.risk is None else "risk")
    return found if found is not None and found.deciding is not None else None


def worth(found: Since) -> Note:
    """What the model was worth on the outcomes since it was trained, which it had not seen."""
    measures = found.deciding
    if measures is None:
        return Note("found_too_few", found.says)
    facts = _(
        "Among {cases:,} outcomes it had not seen, the {share} of cases ranked highest had {lift} "
        "times as many as a random choice.",
        cases=measures.n,
        share=round_share(measures.share),
        lift=multiple_interval(measures.lift),
    )
    held = not (found.lost or found.worse or found.off)
    says = sentences(found.says_order, facts, found.says_level)
    return Note("found_since" if held else "found_since_bad", says)
