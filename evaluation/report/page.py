"""The report as one HTML file, in the style of all pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from cases.language.catalogues import Language
from evaluation.pages.exhibits import Chapter
from evaluation.pages.render import Voice, page
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
from evaluation.report.notes import said
from evaluation.report.summary import ReportSummary


def render(summary: ReportSummary, language: Language) -> str:
    """The report in `language`; all text from the office file is escaped."""
    voice = Voice(language)
    return page(
        "report.html.jinja",
        language,
        office=summary.office.say(language),
        front=tuple(_front(summary, voice)),
        summary=summary,
        chapters=tuple(chapters(summary, voice)),
    )


def _front(summary: ReportSummary, voice: Voice) -> Iterator[tuple[str, list[str]]]:
    """What the front page is about, and the sentences on it."""
    for about, own in groupby(headlines(summary), key=lambda one: one.code.split("_")[0]):
        yield voice.say(f"about_{about}"), [said(one, voice) for one in own]


def chapters(summary: ReportSummary, voice: Voice) -> Iterator[Chapter]:
    """Every chapter, those without anything to tell saying so."""
    yield ranking.chapter(summary, "risk", voice)
    yield influences.chapter(summary, voice)
    yield leaks.chapter(summary, voice)
    yield drift.chapter(summary, voice)
    yield fairness.chapter(summary, voice)
    yield ranking.chapter(summary, "complexity", voice)
    yield intake.chapter(summary, voice)
    yield versions.chapter(summary, voice)
    yield quality.chapter(summary, voice)
    yield reviewers.chapter(summary, voice)
    yield people.chapter(summary, voice)
    yield making.chapter(summary, voice)
