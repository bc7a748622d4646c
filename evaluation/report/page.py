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
from evaluation.report.headlines import headlines
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
ABOUT = {"found": _("What it found"), "sure": _("How sure"), "do": _("What to do")}


@dataclass(frozen=True)
class Report:
    """The whole report as values that are put into a language where they are shown.

    `front` is what the front page says, each part with its title; `made_of` names the data.
    """

    office: Sayable
    front: tuple[tuple[Sayable, tuple[Sayable, ...]], ...]
    chapters: tuple[Chapter, ...]
    made_of: Sayable


def compose(summary: ReportSummary) -> Report:
    """The report on a summary: every sentence and every table, for all languages at once."""
    made_of = _(
        "Version {version} of the model knows what was known by {until}; tested on cases of "
        "{first} to {last}; data {data}. In brackets: 95% intervals.",
        version=NOTHING if summary.reported is None else summary.reported.number,
        until=summary.card.trained_until,
        first=summary.first,
        last=summary.last,
        data=summary.data.data_hash[:12] or NOTHING,
    )
    front, parts = tuple(_front(summary)), tuple(chapters(summary))
    return Report(summary.office, front, parts, made_of)


def render(report: Report, language: Language) -> str:
    """The page in `language`; all text from the office file is escaped."""
    return page("report.html.jinja", language, report=report)


def _front(summary: ReportSummary) -> Iterator[tuple[Sayable, tuple[Sayable, ...]]]:
    """What the front page is about, and the sentences on it."""
    for about, notes in groupby(headlines(summary), key=lambda note: note.code.split("_")[0]):
        yield ABOUT[about], tuple(note.says for note in notes)


def chapters(summary: ReportSummary) -> Iterator[Chapter]:
    """Every chapter; those without anything to show say so."""
    for chapter in CHAPTERS:
        yield chapter(summary)
