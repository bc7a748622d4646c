"""Every page in a browser, in both languages, on a phone and a desk; and with hostile texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from tests.evaluation.conftest import browser
from tests.serving.http.pages.every_page.hostile import Watched, hostile
from tests.serving.http.pages.every_page.living import Living, living
from tests.serving.http.pages.every_page.walking import starts_for, walk
from tests.serving.http.pages.server import served, wrong

__all__ = ["browser"]
pytestmark = pytest.mark.browser
FILES = (
    "/plan/file",
    "/plan/commitment",
    "/ledger/checkpoint",
    "/docs.json",
    "/v1/alerts",
    "/healthz",
    "/metrics",
)


def addresses(office: Living, stack: ExitStack) -> Iterator[str]:
    """The whole addresses of all pages, each path once, as two people with every role see them."""
    seen: set[str] = set()
    for person in ("m1", "r1"):
        caller = Caller(f"u-{person}", frozenset(Role), None, office.text(person))
        lost = f"/case?id={quote(office.lost)}&plan={office.plan}"  # where most can be done
        found = walk(office.visitor(caller).get, [lost, *starts_for(caller)], alike=1)
        server = stack.enter_context(served(office.app(caller)))
        for path, answer in found.items():
            page = path.split("?")[0]
            is_page = answer.status_code == 200 and not page.startswith((*FILES, "/metrics"))
            if is_page and page not in seen:
                seen.add(page)
                yield server + path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Of an office in which everything has happened."""
    with ExitStack() as stack:
        office = stack.enter_context(living(tmp_path_factory.mktemp("living")))
        yield list(addresses(office, stack))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_and_nobody_is_kept_out(
    browser: Any, pages: list[str], language: str
) -> None:
    """axe has no complaint (WCAG 2.2 AA), and no text is cut, hidden or over another."""
    found = []
    with browser.new_context() as given:
        page = given.new_page()
        for base in {address.split("/", 3)[2] for address in pages}:
            page.goto(f"http://{base}/language?code={language}")
        for address in pages:
            page.goto(address)
            found += [(address.split("/", 3)[3], one) for one in wrong(page)]
    assert found == []


@pytest.mark.parametrize("turn", range(3))
def test_no_text_is_run_and_none_breaks_a_page(browser: Any, tmp_path: Path, turn: int) -> None:
    """Hostile texts in everything that people and tables can write, another in each field."""
    with ExitStack() as stack:
        office = stack.enter_context(living(tmp_path, hostile(turn)))
        watched = Watched(browser)
        for address in addresses(office, stack):
            watched.visit(address)
        assert watched.seen
        assert watched.run == []
        assert watched.broken == []
