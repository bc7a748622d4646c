"""The pages about running cases, as each role meets them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from policies.alerts import AlertKey, Sort, Stage
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.pages.rectifying.finding import QUICKER
from serving.http.pages.watching.seen import case_path, path_of
from tests.serving.http.pages.visits import Visitor
from tests.serving.use_cases.watching.office import office_of

MANAGER = Caller("m", frozenset([Role.MANAGER]))
NEAR = AlertKey("near", Sort.HARD, "month", date(2026, 6, 2), date(2026, 7, 2), Stage.WARNING)
STEP = AlertKey("step", Sort.BREACH, "accepted_first", date(2026, 6, 30))


def visitor(caller: Caller = MANAGER, **changes: Any) -> Visitor:
    """Somebody at the pages of the office."""
    return Visitor(Path("/nowhere"), office_of(**changes), caller=caller)


def text_of(answer: httpx.Response) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def cases_of(answer: httpx.Response) -> list[str]:
    """The cases that a list shows, in order."""
    return re.findall(r'<th scope="row"><a [^>]*><bdi>(.*?)</bdi>', answer.text)


def test_each_alert_says_why_since_when_and_what_to_do() -> None:
    """What can still be kept first, then what is overrun, then the breach."""
    page = visitor().get("/running")
    assert page.status_code == 200
    assert cases_of(page) == ["near", "over", "step"]
    words = text_of(page)
    for said in (
        "days used: 28 of 30; days left: 2. Its last day is 2 July 2026.",
        "overrun since 22 June 2026; days over: 9",
        "“accepted” is missing",
        "Have what ends it done: “decided”.",
        "desk not notified yet",
        "3 alerts",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("query", "cases"),
    [
        ("sort=hard", ["near", "over"]),
        ("sort=breach", ["step"]),
        ("sort=predicted", []),
        ("unit=u2", ["step"]),
        ("show=closed", []),
        ("show=all&unit=u1", ["near", "over"]),
        ("show=%00&sort=x&page=99", ["near", "over", "step"]),
    ],
)
def test_the_list_is_chosen_by_a_form(query: str, cases: list[str]) -> None:
    """By sort, unit and state; nonsense asks for nothing."""
    assert cases_of(visitor().get(f"/running?{query}")) == cases


def test_what_is_beyond_the_budget_waits() -> None:
    """It is counted, and shown to who asks for it."""
    at = visitor(alerts={"per_day": 0})
    page = at.get("/running")
    assert cases_of(page) == ["near", "over"]
    assert "1 more waits" in text_of(page)
    assert cases_of(at.get("/running?show=waiting")) == ["step"]


@pytest.mark.parametrize(
    ("caller", "cases"),
    [
        (Caller("c", frozenset([Role.CLERK]), frozenset(["u1"])), ["near", "over"]),
        (Caller("h", frozenset([Role.HANDLER]), None, "h1"), ["near"]),
        (Caller("h", frozenset([Role.HANDLER]), None, None), []),
        (Caller("a", frozenset([Role.AUDITOR])), ["near", "over", "step"]),
    ],
)
def test_everybody_sees_the_alerts_of_their_own_cases(caller: Caller, cases: list[str]) -> None:
    """And nothing that tells of others."""
    at = visitor(caller)
    assert cases_of(at.get("/running?show=all")) == cases
    for key in (NEAR, STEP):
        expected = 200 if key.case_id in cases else 404
        assert at.get(path_of(key)).status_code == expected
        assert at.get(case_path(key.case_id)).status_code == expected


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SYSTEM_ADMIN])
def test_others_see_none(role: Role) -> None:
    """Reviewers look at closed cases, administrators at none."""
    assert visitor(Caller("x", frozenset([role]))).get("/running").status_code == 403


def test_an_alert_is_snoozed_and_then_closed_with_a_reason() -> None:
    """Each is recorded, stands in its history, and takes it off the list."""
    at = visitor()
    sent = at.post(path_of(NEAR), do="snooze", until="2026-07-02", snooze_reason="expert is ill")
    assert sent.status_code == 303
    page = at.get(sent.headers["location"])
    words = text_of(page)
    assert "Saved." in words
    assert "It was snoozed until 2 July 2026. expert is ill" in words
    assert cases_of(at.get("/running")) == ["over", "step"]
    assert cases_of(at.get("/running?show=snoozed")) == ["near"]
    sent = at.post(path_of(NEAR), do="close", close_reason="it is decided")
    assert "It was closed. it is decided" in text_of(at.get(sent.headers["location"]))
    assert cases_of(at.get("/running?show=closed")) == ["near"]
    again = at.post(path_of(NEAR), do="close", close_reason="me too")
    assert str(QUICKER) in text_of(at.get(again.headers["location"]))


def test_an_address_of_another_last_day_or_stage_leads_nowhere() -> None:
    """What was meant is no alert any more."""
    for other in (NEAR._replace(due_on=date(2026, 7, 9)), NEAR._replace(stage=Stage.OVERRUN)):
        assert visitor().get(path_of(other)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "close"}, ["is empty."]),
        ({"do": "close", "close_reason": "x" * 4001}, ["has more than 4,000 letters."]),
        ({"do": "snooze", "until": "soon"}, ["is not a day.", "is empty."]),
        (
            {"do": "snooze", "until": "2026-07-03", "snooze_reason": "y"},
            ["Give a day from today to 2 July 2026."],
        ),
        ({"do": "snooze", "until": "2026-06-29", "snooze_reason": "y"}, ["is past"]),
        ({"do": "nothing"}, ["is not one of this page."]),
    ],
)
def test_every_fault_of_a_form_is_said(fields: dict[str, str], said: list[str]) -> None:
    """The page is shown again, with what was written."""
    answer = visitor().post(path_of(NEAR), **fields)
    assert answer.status_code == 422
    words = text_of(answer)
    assert all(part in words for part in said)


@pytest.mark.parametrize(
    "caller",
    [Caller("h", frozenset([Role.HANDLER]), None, "h1"), Caller("a", frozenset([Role.AUDITOR]))],
)
def test_who_only_sees_alerts_answers_none(caller: Caller) -> None:
    """Neither is there a form, nor is one taken."""
    at = visitor(caller)
    assert "<textarea" not in at.get(path_of(NEAR)).text
    assert at.post(path_of(NEAR), do="close", close_reason="done").status_code == 403


def test_the_clocks_of_a_case_are_told_event_by_event() -> None:
    """From the alert one gets there."""
    at = visitor()
    link = case_path("near")
    assert link in at.get(path_of(NEAR)).text
    words = text_of(at.get(link))
    assert "2 June 2026: it started (opening of the case); days allowed: 30." in words
    assert "days left: 2" in words


def test_a_case_that_is_closed_has_its_clocks_too() -> None:
    """Nothing is to be done there any more."""
    words = text_of(visitor().get(case_path("done")))
    assert "overrun since 1 April 2026" in words


@pytest.mark.parametrize("path", ["/running/alert", "/running/case", "/running/case?id=%00"])
def test_an_address_that_names_nothing_leads_nowhere(path: str) -> None:
    """As for what is out of reach."""
    assert visitor().get(path).status_code == 404


def test_an_office_without_limits_and_rules_has_no_alerts() -> None:
    """The page says so."""
    page = visitor(limits=[], process=[]).get("/running")
    assert cases_of(page) == []
    assert "0 alerts" in text_of(page)
