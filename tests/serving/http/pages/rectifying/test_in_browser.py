"""The pages about findings in a real browser: by keyboard, without JavaScript, at any width."""

from __future__ import annotations

from typing import Any

import pytest

from serving.http.pages.rectifying.finding import path_of
from serving.http.pages.shell.reader import now_of
from tests.evaluation.conftest import browser
from tests.factories.client import opened
from tests.serving.http.pages.server import PHONE, served, visited, wrong
from tests.serving.use_cases.rectifying.following import (
    HANDLER,
    MANAGER,
    REVIEWER,
    Work,
    office_at,
)

__all__ = ["browser"]
WAY = ("answered", "decided", "planned", "finished", "checked")
READERS = (HANDLER, REVIEWER, MANAGER, HANDLER, REVIEWER)  # who has the form after so many steps


def at_work(steps: int = 0) -> Work:
    """An office whose reviews were made today, and some steps with one finding."""
    today = now_of(office_at().office).date()
    work = Work(office_at(today), today)
    for name in WAY[:steps]:
        getattr(work, name)()
    return work


@pytest.mark.browser
@pytest.mark.parametrize("steps", range(len(READERS)))
def test_nothing_is_cut_and_nobody_is_kept_out(browser: Any, steps: int) -> None:
    """The list, and the page of each state with faults of its form, in both languages."""
    work = at_work(steps)
    with served(opened(work.context, READERS[steps], work.ledger)) as address:
        for language in ("en", "zh"):
            with visited(browser, address, language) as given:
                page = given.new_page()
                if not steps:
                    page.goto(f"{address}/rectification")
                    assert wrong(page) == []
                page.goto(f"{address}{path_of(work.one())}")
                assert page.get_attribute("html", "lang").startswith(language)
                with page.expect_navigation():
                    page.locator("main form button").first.click()
                assert page.locator("[role=alert]").count() == 1
                assert wrong(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_finding_is_answered_with_the_keyboard(browser: Any, language: str) -> None:
    """Without JavaScript, at 320 pixels: from the list in two pages."""
    work = at_work()
    with (
        served(opened(work.context, HANDLER, work.ledger)) as address,
        visited(browser, address, language, PHONE, java_script_enabled=False) as given,
    ):
        page = given.new_page()
        page.goto(f"{address}/rectification?show=mine")
        follow(page, f"a[href*='case=a'][href*='dimension={work.one().key.dimension}']")
        page.locator("input[name=answer][value=no]").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("It is in volume two.")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(".done").count() == 1
        assert "It is in volume two." in page.text_content("main")


def follow(page: Any, link: str) -> None:
    """Press Tab until a link has the focus, then Enter."""
    for _tab in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("link => document.activeElement.matches(link)", link):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
