"""The report as one HTML file, in the style of all pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from evaluation.pages.cells import NOTHING
from evaluation.pages.exhibits import Chapter
from evaluation.pages.render import page
from evaluation.report.chapters import (
    drift,
    fairness,
    influences,
    intake,
    leaks,
    making,
    people,
    quality,
    ranking,
    reviewers,
    versions,
)
from evaluation.report.findings.decisions import DECISIONS, Decision
from evaluation.report.findings.finding import Finding
from evaluation.report.findings.found import chapter_of, findings
from evaluation.report.findings.order import judged
from evaluation.report.front import TITLES, About, Line, front_page
from evaluation.report.summary import ReportSummary

CHAPTERS: tuple[Callable[[ReportSummary], Chapter], ...] = (
    partial(ranking.chapter, question="risk"),
    influences.chapter,
    leaks.chapter,
    drift.chapter,
    fairness.chapter,
    partial(ranking.chapter, question="complexity"),
    intake.chapter,
    versions.chapter,
    quality.chapter,
    reviewers.chapter,
    people.chapter,
    making.chapter,
)
TECHNICAL = frozenset({"gate", "leaks", "making"})  # chapters that stand in the annex alone


@dataclass(frozen=True)
class Part:
    """A chapter with the findings that it is about, which it begins with."""

    chapter: Chapter
    findings: tuple[Finding, ...]

    @property
    def technical(self) -> bool:
        """Whether it is for auditors and data officers alone."""
        return self.chapter.key in TECHNICAL


@dataclass(frozen=True)
class Report:
    """The whole report as values that are put into a language where they are shown.

    `front` is what the front page says, each part with its title; `advised` are the decisions on
    it, with how they are carried out; `made_of` names the data.
    """

    office: Sayable
    front: tuple[tuple[Sayable, tuple[Line, ...]], ...]
    parts: tuple[Part, ...]
    advised: tuple[Decision, ...]
    made_of: Sayable

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Every chapter, in order."""
        return tuple(part.chapter for part in self.parts)


def compose(summary: ReportSummary) -> Report:
    """The report on a summary: every sentence and every table, for all languages at once."""
    lines = front_page(summary)
    front = tuple((TITLES[about], tuple(part)) for about, part in groupby(lines, _about))
    advised = tuple(DECISIONS[line.code] for line in lines if line.about == "do")
    return Report(summary.office, front, tuple(_parts(summary)), advised, _made_of(summary))


def _about(line: Line) -> About:
    return line.about


def _parts(summary: ReportSummary) -> Iterator[Part]:
    found = findings(summary)
    for chapter in chapters(summary):
        about = (finding for finding in found if chapter_of(finding, summary) == chapter.key)
        yield Part(chapter, tuple(about))


def _made_of(summary: ReportSummary) -> Sayable:
    values = {
        "version": NOTHING if summary.reported is None else summary.reported.number,
        "until": summary.card.trained_until,
        "data": summary.data.data_hash[:12] or NOTHING,
    }
    answer = judged(summary)
    if answer is None:
        return _(
            "Version {version} of the model knows what was known by {until}; data {data}. In "
            "brackets: 95% intervals.",
            **values,
        )
    return _(
        "Version {version} of the model knows what was known by {until}; tried on cases of {first} "
        "to {last}; data {data}. In brackets: 95% intervals.",
        **values,
        first=answer.first,
        last=answer.last,
    )


def render(report: Report, language: Language) -> str:
    """The page in `language`; all text from the office file is escaped."""
    return page("report.html.jinja", language, report=report)


def chapters(summary: ReportSummary) -> Iterator[Chapter]:
    """Every chapter; those without anything to show say so."""
    for chapter in CHAPTERS:
        yield chapter(summary)
