"""Pages as a reader sees them: what tables say in a language, and the browser of the tests."""

from __future__ import annotations

from pathlib import Path

from cases.language.catalogues import SOURCE, Language
from cases.language.messages import say
from evaluation.pages.exhibits import Chapter, Exhibit

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


def rows_of(exhibit: Exhibit, language: Language = SOURCE) -> tuple[tuple[str, ...], ...]:
    """The cells of a table as texts."""
    return tuple(tuple(say(cell, language) for cell in row) for row in exhibit.rows)


def titled(chapter: Chapter, title: str) -> Exhibit:
    """The exhibit of a chapter with this English title."""
    return next(exhibit for exhibit in chapter.exhibits if say(exhibit.title, SOURCE) == title)
