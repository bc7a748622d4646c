"""The pages about findings in a real browser: by keyboard, without JavaScript, at any width."""

from __future__ import annotations

from typing import Any

import pytest

from serving.http.pages.rectifying.finding import path_of
from serving.http.pages.shell.reader import now_of
from tests.evaluation.conftest import browser
from tests.evaluation.pages.views import barriers, faults
from tests.factories.client import opened
from tests.serving.http.pages.server import served
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


def visited(browser: Any, address: str, language: str, width: int, *, script: bool) -> Any:
    """A browser that asks in a language."""
    view = {"width": width, "height": 800}
    given = browser.new_context(viewport=view, java_script_enabled=script)
    given.add_cookies([{"name": "language", "value": language, "url": address}])
    return given


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_cut_and_nobody_is_kept_out(browser: Any, language: str, width: int) -> None:
    """The list, and the page of each state with faults of its form: axe has no complaint.

    It is axe-core for WCAG 2.2 AA.
    """
    for steps, who in enumerate(READERS):
        work = at_work(steps)
        with (
            served(opened(work.context, who, work.ledger)) as address,
            visited(browser, address, language, width, script=True) as given,
        ):
            page = given.new_page()
            if not steps:
                page.goto(f"{address}/rectification")
                assert (faults(page), barriers(page)) == ([], [])
            page.goto(f"{address}{path_of(work.one())}")
            with page.expect_navigation():
                page.locator("main form button").first.click()
            assert page.locator("[role=alert]").count() == 1
            assert (faults(page), barriers(page)) == ([], [])


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_finding_is_answered_with_the_keyboard(browser: Any, language: str) -> None:
    """Without JavaScript, at 320 pixels: from the list in two pages."""
    work = at_work()
    with (
        served(opened(work.context, HANDLER, work.ledger)) as address,
        visited(browser, address, language, 320, script=False) as given,
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
