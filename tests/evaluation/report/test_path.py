"""The path from the start to a fitted model, as the report shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases.language.catalogues import languages
from cases.language.messages import say
from cases.language.texts import Text
from evaluation.report.chapters.versions import chapter
from evaluation.report.facts import ModelVersion, reigns
from evaluation.report.front import front_page
from evaluation.report.summary import ReportSummary
from models.questions.start import Start, StartKind
from models.registry import Event, What

MADE = date(2026, 1, 1)
BECAUSE = Text(en="too few reviews.", zh="评查结果过少。")


def version(number: str, start: StartKind | None, **decided: What) -> ModelVersion:
    """A version that was decided about on days of January 2026, called `d05` and so on."""
    events = tuple(
        Event(f"2026-01-{day[1:]}T00:00:00Z", what, f"{what} {number}")
        for day, what in decided.items()
    )
    return ModelVersion(number, MADE, MADE, champion=False, events=events, start=start)


VERSIONS = (
    version("4", None, d20="promoted"),
    version("3", "points", d10="promoted", d25="restored"),
    version("2", None, d11="refused"),
    version("1", "equal", d05="promoted"),
)


def test_each_reign_ends_where_the_next_begins() -> None:
    """Promotions and ways back in order of time; refusals make no champion."""
    found = [
        (one.version.number, one.since.day, one.until and one.until.day, one.because)
        for one in reigns(VERSIONS)
    ]
    assert found == [
        ("1", 5, 10, "promoted 3"),
        ("3", 10, 20, "promoted 4"),
        ("4", 20, 25, "restored 3"),
        ("3", 25, None, None),
    ]
    assert reigns(()) == ()


def test_the_chapter_says_what_each_went_by(summary: ReportSummary) -> None:
    """One line a reign, and the last is the one in use."""
    path = chapter(replace(summary, versions=VERSIONS)).exhibits[0]
    assert [str(row[1]) for row in path.rows] == [
        "equal risks",
        "the rule of thumb",
        "fitted models",
        "the rule of thumb",
    ]
    assert "Since 25 January 2026 it is version 3: the rule of thumb." in str(path.says)


@pytest.mark.parametrize("reviewed", [0, 1, 40])
def test_the_front_page_begins_with_the_start(summary: ReportSummary, reviewed: int) -> None:
    """Where no fitted model of risk is in use it says so first, why, and by what the list goes."""
    start = Start("points", BECAUSE, reviewed)
    card = replace(summary.card, risk=None, start=start, complexity=None)
    lines = front_page(replace(summary, card=card, risk=None, complexity=None))
    assert lines[0].code == "start"
    assert "more" in [line.code for line in lines if line.about == "do"]
    assert "No model of risk is in use yet: too few reviews." in say(lines[0].says, "en")
    for language in languages():
        assert say(lines[0].says, language)
