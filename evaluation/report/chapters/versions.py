"""Which models there are, and what the gate said of each."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.pages.render import Voice
from evaluation.report.facts import ModelVersion
from evaluation.report.summary import ReportSummary


def chapter(summary: ReportSummary, voice: Voice) -> Chapter:
    """Every version with every verdict, newest first."""
    title, versions = voice.say("gate"), summary.versions
    if not versions:
        return Chapter("gate", title, voice.say("no_versions"))
    rows = tuple(line for one in versions for line in _lines(one, voice))
    head = tuple(map(voice.say, ("version", "made", "knows_by", "verdict", "on", "because")))
    exhibit = Exhibit(voice.say("verdicts"), _says(versions, voice), head, rows)
    return Chapter("gate", title, voice.say("gate_lead"), (exhibit,))


def _lines(one: ModelVersion, voice: Voice) -> Iterator[tuple[str, ...]]:
    facts = (one.number, one.made, one.trained_until or "–")
    if not one.events:
        yield (*facts, voice.say("no_verdict"), "–", "–")
    for event in one.events:
        yield (*facts, voice.say(f"verdict_{event.what}"), event.at[:10], event.reason)


def _says(versions: tuple[ModelVersion, ...], voice: Voice) -> str:
    refused = sum(any(event.what == "refused" for event in one.events) for one in versions)
    present = next((one.number for one in versions if one.champion), None)
    if present is None:
        return voice.say("says_no_champion", versions=len(versions), refused=refused)
    values = {"champion": present, "versions": len(versions), "refused": refused}
    return voice.say("says_versions", **values)
