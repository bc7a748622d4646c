"""Signing in with a real browser, with the keyboard alone and without JavaScript."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from serving.access.directory import Directory
from serving.access.rules import Role
from serving.access.users import Grant, add_user
from serving.http.access.account import Account
from serving.http.access.guard import Guard
from serving.http.access.site import Site
from serving.http.app import application
from serving.memory.current import Current
from tests.evaluation.conftest import browser
from tests.evaluation.pages.views import barriers, faults
from tests.factories.client import NO_ROOMS
from tests.factories.fakes import InMemory, context

__all__ = ["browser"]
PATIENCE = 30  # seconds
NEW = "quite a long one 7"


@pytest.fixture
def once(directory: Directory) -> str:
    """The one-time password of a user."""
    return add_user(directory, "bea", Grant.of([Role.MANAGER]), shown="Bea B.")[1]


@pytest.fixture(params=["en", "zh"])
def address(request: pytest.FixtureRequest, directory: Directory) -> Iterator[str]:
    """Of a running service, in both languages."""
    office = {"name": {"en": "Test office", "zh": "测试院"}, "language": request.param}
    five, guard = context(office=office), Guard(directory, Site())
    pages = Account(guard, five.office, has_provider=True).lines()
    yield from served(application(Current(five, InMemory()), guard, pages, rooms=NO_ROOMS))


def served(app: Starlette) -> Iterator[str]:
    """The address of a server on this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    (sockets,) = server.servers
    yield f"http://127.0.0.1:{sockets.sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def typed(page: Any, *words: str) -> None:
    """Fill in a form with the keyboard, from its first field on, and send it."""
    page.locator("input:not([type=hidden])").first.focus()
    for word in words:
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.browser
def test_the_whole_way(browser: Any, address: str, once: str) -> None:
    """Led to the page, in with the one-time password, a password chosen, out again."""
    with browser.new_context(java_script_enabled=False) as without:
        page = without.new_page()
        page.goto(f"{address}/")
        assert page.url == f"{address}/sign-in?back=%2F"
        typed(page, "bea", "wrong")
        assert page.locator("[role=alert]").count() == 1
        typed(page, "", once)  # the name is still there
        assert page.url == f"{address}/password"
        typed(page, once, NEW)
        assert page.url == f"{address}/work"
        assert "Bea B." in page.text_content("header")
        page.locator("header form button").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url == f"{address}/sign-in"
        page.goto(f"{address}/")
        assert page.url == f"{address}/sign-in?back=%2F"


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_cut_and_nobody_is_kept_out(
    browser: Any, address: str, once: str, width: int
) -> None:
    """On a phone and a desk; axe has no complaint (WCAG 2.2 AA)."""
    with browser.new_context(viewport={"width": width, "height": 800}) as given:
        page = given.new_page()
        page.goto(f"{address}/sign-in")
        assert (faults(page), barriers(page)) == ([], [])
        typed(page, "bea", "wrong")
        assert (faults(page), barriers(page)) == ([], [])
        typed(page, "", once)
        assert page.url == f"{address}/password"
        assert (faults(page), barriers(page)) == ([], [])
