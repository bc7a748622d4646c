"""A new chapter is a function and a line in the list."""

from __future__ import annotations

import pytest

from cases.language.texts import Text
from evaluation.pages.cells import count
from evaluation.pages.exhibits import Chapter, Exhibit
from evaluation.report import page
from evaluation.report.summary import ReportSummary
from tests.factories.pages import titled

TITLE = Text(en="What the chief asked", zh="领导所问")


def chapter(summary: ReportSummary) -> Chapter:
    """How many cases there are."""
    table = Exhibit(
        Text(en="All cases", zh="全部案件"),
        Text(en="So many there are.", zh="共有若干。"),
        (Text(en="office", zh="机构"), Text(en="cases", zh="案件")),
        ((summary.office, count(summary.data.reviewable)),),
    )
    return Chapter("asked", TITLE, Text(en="It was asked.", zh="已作答。"), (table,))


@pytest.mark.parametrize(("language", "lead"), [("en", "It was asked."), ("zh", "已作答。")])
def test_it_is_on_the_page(
    summary: ReportSummary, monkeypatch: pytest.MonkeyPatch, language: str, lead: str
) -> None:
    """With its entry in the contents, its sentences and its table, in every language."""
    monkeypatch.setattr(page, "CHAPTERS", (*page.CHAPTERS, chapter))
    report = page.compose(summary)
    shown = page.render(report, language)
    assert report.chapters[-1].key == "asked"
    assert 'href="#asked"' in shown
    assert shown.count(TITLE.say(language)) >= 2
    assert lead in shown
    assert titled(report.chapters[-1], "All cases").rows[0][0] == summary.office
