"""How the findings of the leak finder are shown."""

from __future__ import annotations

from collections.abc import Sequence

from cases.language.messages import Sayable, _
from cases.office.model import Office
from cli.console import Terminal
from evaluation.leaks.finder import accepted, how_to_accept, remedies, stopping
from evaluation.leaks.findings import Finding

SEVERITIES = {"blatant": _("blatant"), "suspicious": _("suspicious")}


def show_leaks(terminal: Terminal, findings: Sequence[Finding], office: Office) -> None:
    """The findings as a table, with what they mean for training."""
    if not findings:
        terminal.show(_("No column seems to know too much."))
        return
    heads = _("column"), _("knows too much"), _("why")
    rows = [(finding.column, _severity(office, finding), finding.evidence) for finding in findings]
    terminal.table(heads, rows, lines=True)
    doubted = [finding for finding in findings if accepted(office, finding) is None]
    terminal.show(*remedies(doubted))
    blatant = stopping(office, findings)
    if blatant:
        terminal.show(_("`triage train` stops at what is blatant."))
        terminal.show(how_to_accept(blatant[0].column))


def _severity(office: Office, finding: Finding) -> Sayable:
    reason = accepted(office, finding)
    if reason is None:
        return SEVERITIES[finding.severity]
    return _("accepted: {reason}", reason=reason)
