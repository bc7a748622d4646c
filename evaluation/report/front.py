"""The front page: what was found, compared with before, and what to decide; one screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cases.language.messages import Sayable, _
from evaluation.report.findings.decisions import DECISIONS, decisions
from evaluation.report.findings.finding import Finding
from evaluation.report.findings.found import findings
from evaluation.report.summary import ReportSummary

About = Literal["found", "compared", "do"]

TITLES: dict[About, Sayable] = {
    "found": _("What was found"),
    "compared": _("Compared with before"),
    "do": _("What to decide"),
}


@dataclass(frozen=True)
class Line:
    """A sentence of the front page; of a finding, with how sure it is."""

    about: About
    code: str
    says: Sayable
    finding: Finding | None = None


def front_page(summary: ReportSummary) -> tuple[Line, ...]:
    """What was found, what that is compared with before, and every decision advised."""
    return tuple(_lines(findings(summary)))


def _lines(found: tuple[Finding, ...]) -> Iterator[Line]:
    parts: tuple[Literal["found", "compared"], ...] = ("found", "compared")
    for about in parts:
        for finding in found:
            if finding.kind.part == about:
                yield Line(about, finding.code, finding.what, finding)
    for code in decisions(found):
        yield Line("do", code, DECISIONS[code].says)
