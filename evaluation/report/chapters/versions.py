"""Which models there are, and what the gate said of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cases.language.messages import Sayable, _
from evaluation.pages.cells import NOTHING, Cell, day
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.facts import ModelVersion
from evaluation.report.summary import ReportSummary

TITLE = _("Versions, and what the gate said")
VERDICTS: dict[str, Sayable] = {
    "promoted": _("promoted"),
    "refused": _("refused"),
    "restored": _("restored"),
}


def chapter(summary: ReportSummary) -> Chapter:
    """Every version with every verdict, newest first."""
    versions = summary.versions
    if not versions:
        return Chapter("gate", TITLE, _("The registry lists no version of this model."))
    lead = _(
        "A candidate becomes champion only if it passes the gate: it must hold on later cases, "
        "and against the present champion."
    )
    rows = tuple(line for version in versions for line in _lines(version))
    head = (_("Version"), _("Made"), _("Knows by"), _("Verdict"), _("On"), _("Because"))
    exhibit = Exhibit(_("Every verdict"), _says(versions), head, rows)
    return Chapter("gate", TITLE, lead, (exhibit,))


def _lines(version: ModelVersion) -> Iterator[tuple[Cell, ...]]:
    known = day(version.trained_until) if version.trained_until else NOTHING
    facts = (version.number, day(version.made), known)
    if not version.events:
        yield (*facts, _("none recorded"), NOTHING, NOTHING)
    for event in version.events:
        decided = datetime.fromisoformat(event.at).date()
        yield (*facts, VERDICTS[event.what], day(decided), event.reason)


def _says(versions: tuple[ModelVersion, ...]) -> Sayable:
    refused = sum(any(event.what == "refused" for event in line.events) for line in versions)
    champion = next((version.number for version in versions if version.champion), None)
    if champion is None:
        return _(
            "Of {versions} versions none is champion; refused: {refused}.",
            versions=len(versions),
            refused=refused,
        )
    return _(
        "Version {champion} is champion; versions kept: {versions}, refused: {refused}.",
        champion=champion,
        versions=len(versions),
        refused=refused,
    )
