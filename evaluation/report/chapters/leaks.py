"""Columns that knew too much when the model was trained."""

from __future__ import annotations

from cases.language.messages import Sayable, _, listed
from evaluation.leaks.lines import Line, in_lines
from evaluation.pages.cells import NOTHING, Cell
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.facts import Leak
from evaluation.report.summary import ReportSummary

TITLE = _("What the model may know too early")
SEVERITIES: dict[str, Sayable] = {"blatant": _("blatant"), "suspicious": _("suspicious")}


def chapter(summary: ReportSummary) -> Chapter:
    """What the leak finder found at training, and what the office file accepts of it."""
    leaks = summary.leaks
    if leaks is None:
        lead = _("Nobody looked for such columns when this model was trained; `triage check` does.")
        return Chapter("leaks", TITLE, lead)
    if not leaks:
        lead = _("No column of the tables seemed to know too much when the model was trained.")
        return Chapter("leaks", TITLE, lead)
    lead = _(
        "Columns that seemed to know too much when the model was trained: {columns}. Findings "
        "that are accepted in the office file: {accepted}.",
        columns=len({leak.column for leak in leaks}),
        accepted=sum(leak.accepted is not None for leak in leaks),
    )
    return Chapter("leaks", TITLE, lead, (_findings(leaks),))


def _findings(leaks: tuple[Leak, ...]) -> Exhibit:
    lines = in_lines(
        Line((leak.column,), leak.severity, leak.evidence, leak.accepted) for leak in leaks
    )
    head = (_("Column"), _("How surely"), _("Evidence"), _("Accepted because"))
    return Exhibit(_("The findings"), _says(leaks), head, tuple(map(_cells, lines)))


def _says(leaks: tuple[Leak, ...]) -> Sayable:
    blatant = dict.fromkeys(leak.column for leak in leaks if leak.severity == "blatant")
    if blatant:
        return _(
            "Blatant: {columns}. If one is not known in time, every figure of this report is too "
            "good.",
            columns=listed(blatant),
        )
    return _("None is blatant; ask who fills the column in about each of them.")


def _cells(line: Line) -> tuple[Cell, ...]:
    return (
        listed(line.columns),
        SEVERITIES.get(line.severity, line.severity),
        line.evidence,
        line.accepted or NOTHING,
    )
