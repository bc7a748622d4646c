"""Planning with a real browser: the keyboard alone, no JavaScript, a narrow telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation.conftest import browser
from tests.factories.client import opened
from tests.serving.http.pages.keyboard import Keyboard
from tests.serving.http.pages.server import PHONE, served, wrong
from tests.serving.http.pages.visits import ASKED, NEW, Visitor, drawn, office_of

__all__ = ["browser"]
pytestmark = pytest.mark.browser
MOST_PAGES = 4


@dataclass
class Running:
    """A service at an address, and who asks there."""

    address: str
    visitor: Visitor


@pytest.fixture(params=["en", "zh"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """A service that takes everybody for a manager, in both languages."""
    office = {"name": {"en": "Test office", "zh": "测试院"}, "language": request.param}
    visitor = Visitor(tmp_path, office_of(office=office))
    app = opened(visitor.of, visitor.caller, visitor.ledger, visitor.home)
    with served(app) as address:
        yield Running(address, visitor)


@pytest.fixture
def keyboard(browser: Any) -> Iterator[Keyboard]:
    """A browser of 320 pixels without JavaScript."""
    view = {"width": PHONE, "height": 640}
    with browser.new_context(java_script_enabled=False, viewport=view) as given:
        yield Keyboard(given.new_page())


def test_the_knob_is_moved_and_a_plan_drawn(running: Running, keyboard: Keyboard) -> None:
    """From the list of plans: the form, what it buys, the plan."""
    keyboard.open(f"{running.address}/plans")
    keyboard.press("a[href='/plan/new']")
    keyboard.write("#as_of", "02282026")
    keyboard.write("#capacity", "2")
    keyboard.write("#search", "25")
    keyboard.press("form.live button")
    assert keyboard.page.locator("svg circle").count() == 1
    keyboard.press("button[value=draw]")
    assert re.search(r"/plan\?id=[0-9a-f]{16}&said=begun$", keyboard.page.url)
    assert keyboard.pages <= MOST_PAGES
    assert running.visitor.now.remembered.planned[-1].content["search_share"] == "0.25"


def test_a_plan_is_verified(running: Running, keyboard: Keyboard) -> None:
    """From the list of plans: the plan, its checks; and with the hash that one knows."""
    plan = drawn(running.visitor)
    keyboard.open(f"{running.address}/plans")
    keyboard.press(f"th a[href='/plan?id={plan}']")
    keyboard.press(f"a[href='/plan/verify?id={plan}']")
    assert keyboard.page.locator("[role=status]").count() == 1
    keyboard.write("#manifest", "a" * 64)
    keyboard.press("form button:not(.link)")
    assert keyboard.page.locator(".errors li").count() >= 1
    assert keyboard.pages <= MOST_PAGES


def test_somebody_departs_from_a_draw(running: Running, keyboard: Keyboard) -> None:
    """From the card that the case leads to: told that a reason is missing, given, recorded."""
    plan = drawn(running.visitor)
    keyboard.open(f"{running.address}/case/override?id=d&plan={plan}")
    keyboard.press("form button.stop")
    assert keyboard.page.locator("[role=alert]").count() == 1
    keyboard.write("#reason", "The file is at court.")
    keyboard.press("form button.stop")
    assert keyboard.page.url.endswith(f"/case?id=d&plan={plan}&said=overridden")
    assert keyboard.pages <= MOST_PAGES
    assert running.visitor.now.tables.override_rows.height == 1


def test_nothing_is_cut_and_nobody_is_kept_out(running: Running, browser: Any) -> None:
    """On a phone and a desk; axe has no complaint (WCAG 2.2 AA), and no page is heavy."""
    visitor = running.visitor
    visitor.ask("POST", "/v1/cases", json={"cases": NEW}, headers={"Idempotency-Key": "k"})
    visitor.post("/new-cases")
    visitor.post("/new-case?id=n2", do="send_back", why="Not ours.")
    plan = drawn(visitor)
    sent = visitor.post("/plan/new", **ASKED | {"key": "p", "do": "promise"})
    asked = "&".join(f"{name}={value}" for name, value in ASKED.items())
    paths = (
        "/plans",
        f"/plan?id={plan}",
        f"/plan/verify?id={plan}",
        f"/plan/verify?id={plan}&manifest=x",
        f"/plan/new?{asked}",
        f"/plan/new?{asked.replace('capacity=2', 'capacity=x')}",
        sent.headers["location"],
        f"/case/override?id=d&plan={plan}",
        f"/case/override?id=c&plan={plan}",
        "/new-cases",
        "/new-case?id=n1",
        "/new-case?id=n2",
    )
    with browser.new_context() as given:
        page = given.new_page()
        for path in paths:
            answer = page.goto(f"{running.address}{path}")
            page.locator("details > summary").evaluate_all("all => all.forEach(one => one.click())")
            assert (path, wrong(page)) == (path, [])
            assert len(answer.body()) < 60_000
