"""Reports and pages as a reader sees them: made summaries, what tables say, the browser."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

from cases.language.catalogues import SOURCE, Language
from cases.language.messages import say
from cases.language.texts import Text
from evaluation.backtests.backtest import MODEL
from evaluation.backtests.since import Since
from evaluation.drift.calibration import Calibration
from evaluation.pages.drawing import Chart
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report.findings.finding import Finding
from evaluation.report.findings.found import findings
from evaluation.report.front import front_page
from evaluation.report.page import Part, Report, render
from evaluation.report.summary import ReportSummary
from evaluation.statistics.metrics import Figure, measure

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]

# Cells whose text is wider than themselves: it would be cut, or lie over the next cell.
CUT = """[...document.querySelectorAll('th, td, p, dd, dt, li, h1, h2, h3')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
    .map(one => one.textContent.trim().slice(0, 60))"""
# Texts smaller than can be read without effort, in CSS pixels.
SMALL = """[...document.querySelectorAll('body *')]
    .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .filter(one => parseFloat(getComputedStyle(one).fontSize) < 9)
    .map(one => one.textContent.trim().slice(0, 60))"""
# Lines of text that lie over other lines.
OVERLAPPING = """(() => {
    const lines = [];
    const unseen = e => e && (getComputedStyle(e).clipPath !== 'none' || unseen(e.parentElement));
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; node = walker.nextNode();) {
        const parent = node.parentElement;
        if (!node.data.trim() || !parent.checkVisibility() || unseen(parent)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) lines.push([box, node.data.trim()]);
    }
    lines.sort(([one], [other]) => one.top - other.top);
    return lines.filter(([one], i) => {
        for (let j = i + 1; j < lines.length; j++) {
            const [other] = lines[j];
            if (other.top >= one.bottom - 4) return false;
            if (one.left < other.right - 1 && other.left < one.right - 1) return true;
        }
        return false;
    }).map(([, text]) => text.slice(0, 60));
})()"""


def rows_of(exhibit: Exhibit, language: Language = SOURCE) -> tuple[tuple[str, ...], ...]:
    """The cells of a table as texts."""
    return tuple(tuple(say(cell, language) for cell in row) for row in exhibit.rows)


def titled(chapter: Chapter, title: str) -> Exhibit:
    """The exhibit of a chapter with this English title."""
    return next(exhibit for exhibit in chapter.exhibits if say(exhibit.title, SOURCE) == title)


def by_subject(summary: ReportSummary) -> dict[str, Finding]:
    """What was found, by what it is about; each subject once."""
    found = findings(summary)
    subjects = {finding.kind.subject: finding for finding in found}
    assert len(subjects) == len(found)
    return subjects


def decided(summary: ReportSummary) -> list[str]:
    """The decisions on the front page."""
    return [line.code for line in front_page(summary) if line.about == "do"]


def with_model(summary: ReportSummary, **figures: Figure) -> ReportSummary:
    """The summary with other figures of the risk model, over all and on drawn cases."""
    assert summary.risk is not None
    pooled = summary.risk.pooled
    measures = pooled.measures | {MODEL: dataclasses.replace(pooled.measures[MODEL], **figures)}
    gains = dict.fromkeys(pooled.gains, Figure(0.1, 0.05, 0.15, 100))
    changed = dataclasses.replace(pooled, measures=measures, gains=gains)
    risk = dataclasses.replace(summary.risk, pooled=changed)
    return with_honest(dataclasses.replace(summary, risk=risk), **figures)


def with_honest(summary: ReportSummary, **figures: Any) -> ReportSummary:
    """The summary with other figures of the cases drawn at random."""
    risk = summary.performance["risk"]
    assert risk.honest is not None
    assert risk.honest.surveyed is not None
    surveyed = dataclasses.replace(risk.honest.surveyed, **figures)
    honest = dataclasses.replace(risk.honest, surveyed=surveyed)
    performance = summary.performance | {"risk": dataclasses.replace(risk, honest=honest)}
    return dataclasses.replace(summary, performance=performance)


def with_drift(summary: ReportSummary, *, alarm: bool) -> ReportSummary:
    """The summary of a model whose probabilities were, or were not, too high of late."""
    assert summary.changes is not None
    off = Calibration(20, 41, Figure(0.49, 0.3, 0.8, 500), alarm)
    drift = dataclasses.replace(summary.changes.drift, calibration=off)
    return dataclasses.replace(summary, changes=dataclasses.replace(summary.changes, drift=drift))


def with_signal(
    summary: ReportSummary, signal: bool | None, *, alone: bool = False
) -> ReportSummary:
    """The summary of a model that tells cases of one reviewer apart, or not, or nobody knows.

    `alone`: it surely tells reviewers apart alone.
    """
    risk = summary.performance["risk"]
    over, inside = Figure(3.0, 2.0, 4.0, 50), Figure(2.8, 1.8, 3.8, 50)
    if signal is False:
        inside = Figure(1.1, 0.8, 1.4, 50)
    within = tuple(
        dataclasses.replace(one, signal=signal, strata_alone=alone, lift=over, lift_within=inside)
        for one in risk.within
    )
    changed = dataclasses.replace(risk, within=within)
    return dataclasses.replace(summary, performance={"risk": changed})


GOOD = {
    "lift": Figure(3.0, 2.0, 4.0, 100),
    "calibration_error": Figure(0.01, 0.0, 0.02, 100),
}


SINCE = Since(date(2024, 7, 1), 80, 40, measure([1, 0] * 40, [0.5] * 80), None, None, 0.7)


def with_since(summary: ReportSummary, **figures: Figure) -> ReportSummary:
    """The summary of a model that has done so since it was trained."""
    good = {
        "auc": Figure(0.7, 0.65, 0.75, 80),
        "lift": Figure(2.0, 1.5, 2.5, 80),
        "bias": Figure(0.0, -0.01, 0.01, 80),
        "calibration_error": Figure(0.01, 0.0, 0.02, 80),
    }
    assert SINCE.whole is not None
    measures = dataclasses.replace(SINCE.whole, **(good | figures))
    found = dataclasses.replace(SINCE, whole=measures)
    good_summary = with_signal(with_model(summary, **GOOD), signal=True)
    return dataclasses.replace(good_summary, since={"risk": found})


def drawn(chart: Chart, language: Language) -> str:
    """A chart as the part of a page, in a language."""
    title = Text(en="title")
    exhibit = Exhibit(title, title, (), (), chart)
    part = Part(Chapter("part", title, title, (exhibit,)), ())
    html = render(Report(title, (), (part,), (), title), language)
    return html[html.index("<figure") : html.index("</figure>")]
