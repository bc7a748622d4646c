"""The report as pages show it later, without computing anything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from cases.language.catalogues import SOURCE
from evaluation.pages.cells import NOTHING
from evaluation.pages.kept_report import (
    KeptExhibit,
    KeptReport,
    KeptSentences,
    Said,
    kept_texts,
)
from evaluation.report.chapters import quality
from evaluation.report.front import TITLES, front_page
from evaluation.report.summary import ReportSummary


def kept_report(summary: ReportSummary, until: datetime) -> KeptReport:
    """What pages show of the report, which knows records up to a moment."""
    changed = summary.changes.findings if summary.changes else ()
    return KeptReport(
        office=summary.office.say(SOURCE),
        until=until,
        data_hash=summary.data.data_hash,
        model=NOTHING if summary.reported is None else summary.reported.number,
        front=tuple(_front(summary)),
        alarms=kept_texts(finding.what for finding in changed),
        quality=tuple(map(KeptExhibit.of, quality.chapter(summary).exhibits)),
    )


def _front(summary: ReportSummary) -> Iterator[KeptSentences]:
    for about, lines in groupby(front_page(summary), lambda line: line.about):
        says = kept_texts(line.says for line in lines)
        yield KeptSentences(title=Said.of(TITLES[about]), says=says)
