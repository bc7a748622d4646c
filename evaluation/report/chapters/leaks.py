"""Columns that knew too much when the model was trained."""

from __future__ import annotations

from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.report.facts import Leak
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """What the leak finder found at training, and what the office file accepts of it."""
    title, found = voice.say("leaks"), summary.leaks
    if not found:
        return Chapter("leaks", title, voice.say("no_leaks" if found == () else "leaks_untold"))
    taken = sum(one.accepted is not None for one in found)
    lead = voice.say("says_leaks", columns=len({one.column for one in found}), accepted=taken)
    head = tuple(map(voice.say, ("column", "severity_of_leak", "evidence", "accepted_because")))
    rows = tuple(_line(one, voice) for one in found)
    blatant = [one.column for one in found if one.severity == "blatant"]
    says = voice.say("says_blatant", columns=voice.listed(blatant)) if blatant else ""
    exhibit = Exhibit(voice.say("leaks_title"), says or voice.say("says_no_blatant"), head, rows)
    return Chapter("leaks", title, lead, (exhibit,))


def _line(one: Leak, voice: Voice) -> tuple[str, ...]:
    severity = voice.say(f"leak_{one.severity}")
    return (one.column, severity, one.evidence.say(voice.language), one.accepted or "–")
