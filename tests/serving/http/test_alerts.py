"""Alerts of running cases as programs ask for them."""

from __future__ import annotations

import pytest

from serving.access.caller import Caller
from serving.access.rules import Role
from tests.factories.client import ask
from tests.serving.use_cases.watching.office import office_of


def alerts(caller: Caller | None = None) -> list[dict[str, object]]:
    """What is answered to somebody."""
    more = {} if caller is None else {"caller": caller}
    answer = ask("GET", "/v1/alerts", office_of(), **more)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["alerts"]
    return found


def test_every_alert_has_its_days_and_sentences() -> None:
    """In the order of the list for people."""
    near, over, step = alerts()
    assert near == {
        "case_id": "near",
        "unit": "u1",
        "sort": "hard",
        "rule": "month",
        "began": "2026-06-02",
        "stage": "warning",
        "state": "new",
        "since": "2026-06-29",
        "due_on": "2026-07-02",
        "notified_on": None,
        "probability": None,
        "worth": None,
        "why": "one month: days used: 28 of 30; days left: 2. Its last day is 2 July 2026.",
        "todo": "Have what ends it done: “decided”. If the law gives more time, have it entered.",
    }
    assert (over["case_id"], over["since"], over["due_on"]) == ("over", "2026-06-22", "2026-06-21")
    assert (step["sort"], step["due_on"]) == ("breach", None)


def test_who_may_see_some_cases_is_answered_as_if_there_were_no_others() -> None:
    """Neither in the list nor in what is said of it."""
    clerk = Caller("c", frozenset([Role.CLERK]), frozenset(["u2"]))
    assert [one["case_id"] for one in alerts(clerk)] == ["step"]
    answer = ask("GET", "/v1/alerts", office_of(), clerk)
    assert answer.json()["notes"] == ["1 alert to act on."]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SECURITY_ADMIN])
def test_others_are_refused(role: Role) -> None:
    """As the table of access says."""
    assert ask("GET", "/v1/alerts", office_of(), Caller("x", frozenset([role]))).status_code == 403
