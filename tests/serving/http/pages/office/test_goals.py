"""The page of the office's goals."""

from __future__ import annotations

from typing import Any

import pytest

from serving.access.rules import Role
from tests.evaluation.conftest import browser
from tests.evaluation.pages.views import barriers, faults
from tests.factories.client import ask, opened
from tests.factories.fakes import context
from tests.serving.http.pages.server import served
from tests.serving.use_cases.rectifying.following import MANAGER, caller, office_at

__all__ = ["browser"]
BOTH = {"goals": {"rectified_within_days": 30, "most_defective": 0.05}}
PATH = "/office/goals"


def test_each_goal_stands_beside_what_is_known() -> None:
    """No plan was drawn, and what was found in March was not rectified."""
    page = ask("GET", PATH, office_at(**BOTH), MANAGER)
    assert page.status_code == 200
    wanted = ("At most 5% of the cases are defective.", "not yet known", "No plan is under way")
    late = ("Every finding is rectified within 30 days of its review.", "not reached")
    assert all(part in page.text for part in (*wanted, *late))
    assert "95 % sure" in page.text


def test_without_goals_it_says_where_to_name_them() -> None:
    """In the office file."""
    assert "[goals]" in ask("GET", PATH, context(), MANAGER).text


@pytest.mark.parametrize(
    "who",
    [caller(Role.REVIEWER, "r1"), caller(Role.HANDLER, "h1"), caller(Role.MANAGER, "m", "u1")],
)
def test_it_is_about_the_whole_office(who: Any) -> None:
    """Nobody else sees it."""
    assert ask("GET", PATH, office_at(**BOTH), who).status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("en", 320), ("zh", 1280)])
def test_nothing_is_cut_and_nobody_is_kept_out(browser: Any, language: str, width: int) -> None:
    """Narrow and wide; axe has no complaint (WCAG 2.2 AA)."""
    with (
        served(opened(office_at(**BOTH), MANAGER)) as address,
        browser.new_context(viewport={"width": width, "height": 800}) as given,
    ):
        given.add_cookies([{"name": "language", "value": language, "url": address}])
        page = given.new_page()
        page.goto(f"{address}{PATH}")
        assert (faults(page), barriers(page)) == ([], [])
