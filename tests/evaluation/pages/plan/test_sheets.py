"""Reviewer's sheets: everything to review a case on paper, and in a blind office nothing more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evaluation.pages.plan import sheets
from evaluation.pages.plan.grade_form import grade_form
from evaluation.pages.plan.sheets import render_sheets
from policies.spot_check.reading import drawn_hidden, reading_order
from tests.evaluation.pages.plan.conftest import AGAINST, FOR, described, renamed, shown_plan
from tests.factories.fakes import context

GRADES = [
    {"code": "good", "defect": False, "meaning": {"en": "well done"}},
    {"code": "fair", "defect": False, "meaning": {"en": "fair"}, "maps_to": "good"}
    | {"valid_until": "2026-01-31"},
    {"code": "bad", "defect": True, "meaning": {"en": "badly done"}},
]
DIMENSIONS = {
    "facts": {"meaning": {"en": "the facts"}},
    "papers": {"meaning": {"en": "papers"}, "valid_until": "2026-02-03", "maps_to": "documents"},
    "documents": {"meaning": {"en": "documents"}, "valid_from": "2026-02-04"},
    "effect": {"meaning": {"en": "effect"}, "valid_from": "2026-02-03"},
}
EVIL = "<script>alert(1)</script>"


def reviews(**changes: Any) -> dict[str, Any]:
    """How the test office grades, with grades and dimensions that changed."""
    return {"reviews": {"grades": GRADES, "dimensions": DIMENSIONS} | changes}


def page(language: str = "en", **changes: Any) -> str:
    """The sheets of the four closed cases."""
    return render_sheets(*shown_plan(described(**changes)), language)


def sheet_of(text: str, case_id: str) -> str:
    """The sheet of a case."""
    found = [
        part for part in text.split('<section class="sheet">') if f"<bdi>{case_id}</bdi>" in part
    ]
    return found[0]


def test_a_sheet_has_facts_and_course() -> None:
    """The course is told from its end; a day without a time has none; nothing later is known."""
    sheet = sheet_of(page(), "a")
    for words in ("number of suspects", "was appealed", "kind of case", "closed on"):
        assert words in sheet
    assert "1 February 2026 09:00" in sheet
    assert re.findall(r"<time>(.*?)</time> <bdi>(.*?)</bdi>", sheet) == [
        ("20 January 2026", "returned for supplementary investigation"),
        ("1 January 2026", "accepted"),
    ]


def test_sheets_lie_in_the_reading_order() -> None:
    """It is drawn from the seed and can be drawn again."""
    shown, files = shown_plan()
    order = reading_order("s", shown.plan.lines["case_id"]).to_list()
    assert re.findall(r"<h2><bdi>(\w)</bdi>", render_sheets(shown, files, "en")) == order
    assert order != sorted(order)


def test_a_sheet_names_the_row_of_its_grade() -> None:
    """Of the form, in which the same reading has the same number."""
    shown, files = shown_plan(second_share=0.5)
    said = re.findall(
        r"sheet (\d+) / 6 · row (\d+) of grades.xlsx", render_sheets(shown, files, "en")
    )
    numbers = [row.number for row in grade_form(shown.plan, shown.office, "en").rows]
    assert said == [(str(number), str(number + 1)) for number in numbers]


def test_second_readings_come_last() -> None:
    """Every case that is read twice has a second sheet."""
    shown, files = shown_plan(second_share=0.5)
    found = re.findall(
        r"<h2><bdi>(\w)</bdi>\s*</h2>\s*<p class=\"small reading\">(\w+)",
        render_sheets(shown, files, "en"),
    )
    assert [which for _case, which in found] == ["first"] * 4 + ["second"] * 2
    twice = set(shown.plan.lines.filter("second_review")["case_id"])
    assert {case for case, which in found if which == "second"} == twice


def test_what_to_check_is_what_was_in_force_at_the_closing() -> None:
    """In the names that a review may use on the plan's day; grades are those of that day."""
    text = page(**reviews())
    closed_on_the_2nd, closed_on_the_3rd = sheet_of(text, "b"), sheet_of(text, "c")
    for sheet in (closed_on_the_2nd, closed_on_the_3rd):
        assert "the facts" in sheet
        assert "documents" in sheet
        assert ">papers<" not in sheet
        assert "well done" in sheet
        assert ">fair<" not in sheet
    assert [">effect<" in closed_on_the_2nd, ">effect<" in closed_on_the_3rd] == [False, True]


def test_a_blind_sheet_says_nothing_of_the_choice() -> None:
    """No risk, no reason, no way of selection: two cases are told apart by their facts alone."""
    for words in (FOR, AGAINST, "Why it is checked", "of 100 such cases", "random draw", "rule: "):
        assert (words in page(**reviews())) == (words != "random draw")
        assert words not in page(**reviews(blind=True))


def test_a_share_of_the_sheets_is_blind() -> None:
    """As the plan drew it; the first and the second sheet of a case alike."""
    shown, files = shown_plan(
        described(**reviews(hidden_share=0.5)), second_share=1, hidden_share=0.5
    )
    text = render_sheets(shown, files, "en")
    cases = shown.plan.lines["case_id"]
    hidden = drawn_hidden(shown.plan.parameters, cases)
    assert {*hidden} == {True, False}
    sheets_of = text.split('<section class="sheet">')[1:]
    for case, blind in zip(cases, hidden, strict=True):
        own = [sheet for sheet in sheets_of if f"<bdi>{case}</bdi>" in sheet]
        assert ["Why it is checked" in sheet for sheet in own] == [not blind] * 2


def test_an_office_without_reviews_has_empty_lines() -> None:
    """What to check and the grade are written by hand."""
    text = page(reviews=None)
    assert "What to check" in text
    assert '<ul class="grades">' not in text


def test_a_long_course_shows_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """And how much came before; of a long plan the first sheets."""
    monkeypatch.setattr(sheets, "MOST_EVENTS", 1)
    monkeypatch.setattr(sheets, "MOST_SHEETS", 3)
    text = page()
    assert "Earlier: 1 more." in text
    assert text.count('<section class="sheet">') == 3
    assert "Here are the sheets of the 3 cases that come first" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_is_only_text(language: str) -> None:
    """Markup in ids, facts and activities is shown, not run."""
    of = renamed(context(), case_id=EVIL, kind=EVIL, charge=EVIL)
    text = render_sheets(*shown_plan(of), language)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 12
