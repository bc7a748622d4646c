"""Which models there are, and what the gate said of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cases.language.messages import Sayable, _
from evaluation.pages.cells import NOTHING, Cell, day
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.facts import ModelVersion, Reign, reigns
from evaluation.report.summary import ReportSummary
from models.questions.start import StartKind

TITLE = _("Versions, and what the gate said")
VERDICTS: dict[str, Sayable] = {
    "promoted": _("promoted"),
    "refused": _("refused"),
    "restored": _("restored"),
}
GOES_BY: dict[StartKind | None, Sayable] = {
    None: _("fitted models"),
    "points": _("the rule of thumb"),
    "equal": _("equal risks"),
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
    verdicts = Exhibit(_("Every verdict"), _says(versions), head, rows)
    return Chapter("gate", TITLE, lead, (*_path(reigns(versions)), verdicts))


def _path(reigns: tuple[Reign, ...]) -> Iterator[Exhibit]:
    """Which version the office planned by and when, and why the next took over."""
    if not reigns:
        return
    last = reigns[-1]
    says = _(
        "Versions that were champion, one after the other: {reigns}. Since {day} it is version "
        "{version}: {goes_by}.",
        reigns=len(reigns),
        day=last.since,
        version=last.version.number,
        goes_by=GOES_BY[last.version.start],
    )
    head = (
        _("Version"),
        _("Goes by"),
        _("From"),
        _("Until"),
        _("Replaced by"),
        _("Replaced because"),
    )
    rows = tuple(
        (
            reign.version.number,
            GOES_BY[reign.version.start],
            day(reign.since),
            day(reign.until) if reign.until else NOTHING,
            reign.replaced_by or NOTHING,
            reign.because or NOTHING,
        )
        for reign in reigns
    )
    yield Exhibit(_("Which version was champion when"), says, head, rows)


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
