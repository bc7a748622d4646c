"""How the findings of the leak finder are shown."""

from __future__ import annotations

from collections.abc import Sequence

from cases.language.messages import Sayable, _, listed
from cases.office.model import Office
from cli.console import Terminal
from evaluation.leaks.finder import accepted, as_lines, how_to_accept, remedies, stopping
from evaluation.leaks.findings import Finding
from evaluation.leaks.lines import Line

SEVERITIES = {"blatant": _("blatant"), "suspicious": _("suspicious")}


def show_leaks(
    terminal: Terminal, findings: Sequence[Finding], unseen: Sequence[Sayable], office: Office
) -> None:
    """The findings as a table, with what they mean for training, and what was not looked at."""
    if findings:
        _show_findings(terminal, findings, office)
    else:
        terminal.show(_("No column seems to know too much, as far as could be seen:"))
    terminal.show(*unseen)


def _show_findings(terminal: Terminal, findings: Sequence[Finding], office: Office) -> None:
    heads = _("column"), _("knows too much"), _("why")
    rows = [
        (listed(line.columns), _severity(line), line.evidence)
        for line in as_lines(office, findings)
    ]
    terminal.table(heads, rows, lines=True)
    doubted = [finding for finding in findings if accepted(office, finding) is None]
    terminal.show(*remedies(doubted))
    blatant = stopping(office, findings)
    if blatant:
        terminal.show(_("`triage train` stops at what is blatant."))
        terminal.show(how_to_accept(blatant[0].column))


def _severity(line: Line) -> Sayable:
    if line.accepted is None:
        return SEVERITIES[line.severity]
    return _("accepted: {reason}", reason=line.accepted)
