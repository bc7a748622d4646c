"""The pages of reviewing in a real browser: by keyboard, without JavaScript, at any width."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.conftest import browser
from tests.serving.http.pages.server import PHONE, served, visited, wrong
from tests.serving.use_cases.reviewing.office import MANAGER, Office, reviewer

__all__ = ["browser"]
MOST_TABS = 60  # to what is looked for


def tab_to(page: Any, selector: str) -> None:
    """Go on with the Tab key until what is looked for has the focus."""
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"no way with the keyboard to {selector} on {page.url}")


def press(page: Any, selector: str) -> None:
    """Tab to a link or a button and press it."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_my_work_to_a_saved_grade(browser: Any, blind: Office, language: str) -> None:
    """Find the next case, look at it, grade it, understand why: four pages.

    With the keyboard alone, without JavaScript, on a small screen. The office reviews blind, so
    that why a case was chosen is on the page that comes after the grade.
    """
    case_id = _next(blind)
    with (
        served(blind.app(reviewer("r1"))) as address,
        visited(browser, address, language, PHONE, java_script_enabled=False) as given,
    ):
        page, seen = given.new_page(), []
        page.on("load", lambda of: seen.append(of.url))
        page.goto(f"{address}/work")
        assert page.get_attribute("html", "lang").startswith(language)
        press(page, "a.button")
        assert case_id in page.text_content("h1")
        press(page, "a.button")
        tab_to(page, "#grade")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")  # the third, a defect
        tab_to(page, "#dimension-1")
        page.keyboard.press("Space")
        tab_to(page, "#remark-1")
        page.keyboard.type("wrong")
        press(page, "button[value=save]")
        assert page.locator("[role=status]").count() == 1
        assert page.locator(".bars li").count() == 1
        assert len(seen) == 4
    assert blind.context.tables.review_rows.filter(case_id=case_id)["grade"].to_list() == ["bad"]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_from_my_work_to_why(browser: Any, office: Office, language: str) -> None:
    """Find the next case and understand why it is here: two pages, and a link into its facts."""
    with (
        served(office.app(reviewer("r1"))) as address,
        visited(browser, address, language, PHONE, java_script_enabled=False) as given,
    ):
        page = given.new_page()
        page.goto(f"{address}/work")
        press(page, "a.button")
        assert page.locator(".bars li").count() == 1
        tab_to(page, ".bars a")
        page.keyboard.press("Enter")
        assert page.url.endswith("#fact-suspects")
        assert page.locator("#fact-suspects:target").count() == 1


def _next(office: Office) -> str:
    """The first case in the reading order that r1 reads first."""
    given = office.context.remembered.work.reviewing.readings
    mine = set(given.filter(reviewer="r1", reading="first")["case_id"])
    return str(next(one for one in office.plan.cases["case_id"] if one in mine))


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_and_nobody_is_kept_out(browser: Any, office: Office, language: str) -> None:
    """Every page, also with faults of its form: axe has no complaint (WCAG 2.2 AA)."""
    case_id = _next(office)
    paths = ["/work", "/cases", f"/case?id={case_id}", f"/case/grade?id={case_id}", "/excellent"]
    with (
        served(office.app(reviewer("r1"))) as address,
        visited(browser, address, language) as given,
    ):
        page = given.new_page()
        for path in paths:
            page.goto(f"{address}{path}")
            assert (path, wrong(page)) == (path, [])
            assert page.get_attribute("html", "lang").startswith(language)
        page.goto(f"{address}/case/grade?id={case_id}")
        page.locator("input[value=bad]").check()
        page.locator("button[value=save]").click()
        assert page.locator("[role=alert]").count() == 1
        assert wrong(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_grade_of_two_is_open_to_everybody(browser: Any, office: Office, language: str) -> None:
    """The page with both grades, and that of the case with all three."""
    case_id = office.twice()
    for reading, grade in (("first", "good"), ("second", "bad")):
        office.graded(case_id, grade, reading, reason="as said", good="clear")
    with (
        served(office.app(MANAGER)) as address,
        visited(browser, address, language) as given,
    ):
        page = given.new_page()
        for path in ("/work", f"/case/consolidate?id={case_id}", f"/case?id={case_id}"):
            page.goto(f"{address}{path}")
            assert (path, wrong(page)) == (path, [])
