"""How the findings of the leak finder are shown."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from cases.office.model import Office
from cli.show.console import out
from evaluation.leaks.finder import accepted, how_to_accept, remedies, stopping
from evaluation.leaks.findings import Finding


def show_leaks(findings: Sequence[Finding], office: Office) -> None:
    """The findings as a table in the office's language, with what they mean for training."""
    if not findings:
        out.print("No column seems to know too much.")
        return
    table = Table("column", "knows too much", "why", show_lines=True)
    for one in findings:
        reason = accepted(office, one)
        severity = one.severity if reason is None else f"accepted: {reason}"
        cells = (one.column, severity, one.evidence.say(office.language))
        table.add_row(*map(Text, cells))
    out.print(table)
    doubted = [one for one in findings if accepted(office, one) is None]
    for remedy in remedies(doubted):
        out.print(remedy.say(office.language), markup=False, soft_wrap=True)
    blatant = stopping(office, findings)
    if blatant:
        out.print("`triage train` stops at what is blatant.")
        out.print(how_to_accept(blatant[0].column).say(office.language), markup=False)
