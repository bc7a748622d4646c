"""Every address has an action, and who may not do it does not get there."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from serving.access.caller import Caller
from serving.access.directory import Directory
from serving.access.keys import make_key, revoke
from serving.access.limits import Buckets
from serving.access.rules import OPEN, Action, Reach, Role, reach
from serving.access.users import Grant
from serving.http.access.guard import FAILED_BURST, Guard, actions, check_lines
from serving.http.pages.all_pages import all_pages
from serving.work.reviewing import LONGEST_TEXT
from tests.factories.client import case, opened, request
from tests.factories.fakes import context
from tests.serving.access.conftest import Recorded
from tests.serving.http.access.browser import Browser, program

NEW_CASE = {"cases": [{"case_id": "n", "opened_at": "2026-06-30T09:00"}]}
ADDRESSES: list[tuple[str, str, Action, Any]] = [
    ("POST", "/v1/spot_checks", Action.PLAN, request()),
    ("POST", "/v1/score", Action.SCORE, {"case_ids": ["a"]}),
    ("POST", "/v1/intake", Action.INTAKE, NEW_CASE),
    ("POST", "/v1/cases", Action.RECORD_FACTS, {}),
    ("POST", "/v1/events", Action.RECORD_FACTS, {}),
    ("POST", "/v1/reviews", Action.RECORD_REVIEW, {}),
    ("POST", "/v1/overrides", Action.OVERRIDE, {}),
    ("POST", "/v1/trainings", Action.MANAGE_SYSTEM, {}),
    ("GET", "/v1/alerts", Action.SEE_ALERTS, None),
    ("GET", "/healthz", Action.SEE_HEALTH, None),
    ("GET", "/metrics", Action.SEE_METRICS, None),
    ("GET", "/docs.json", Action.SEE_INTERFACE, None),
    ("POST", "/spot_checks", Action.SEE_INTERFACE, None),
    ("POST", "/score", Action.SEE_INTERFACE, None),
    ("POST", "/intake", Action.SEE_INTERFACE, None),
]
PAGES = list(all_pages(()))
TO_PAGES = [("GET", page.path, page.action) for page in PAGES]
TO_PAGES += [("POST", page.path, page.act_as or page.action) for page in PAGES if page.act]


def test_every_address_has_an_action(app: Starlette) -> None:
    """All routes of the application are in the lists above, but for those open to everybody."""
    found = actions(app.routes)
    to_programs = [(method, path, action) for method, path, action, _body in ADDRESSES]
    assert sorted(one for one in found if one[2] not in OPEN) == sorted(to_programs + TO_PAGES)
    assert {path for _method, path, action in found if action in OPEN} == {
        *("/sign-in", "/sign-out", "/password", "/livez", "/readyz"),
        *("/language", "/pages.css", "/pages.js"),
    }


def test_a_route_without_an_action_is_not_built() -> None:
    """Nobody has said who may go there."""

    async def forgotten(_request: object) -> Response:
        return Response("all cases")

    with pytest.raises(TypeError, match="without an action"):
        check_lines([Route("/cases", forgotten)])


@pytest.mark.parametrize("role", Role)
def test_an_address_asks_for_its_action(role: Role) -> None:
    """Each role at each address: an answer where the table allows it, else 403 without one."""
    caller = Caller("somebody", frozenset([role]))
    browser = Browser(opened(context(), caller))
    for method, path, action, body in ADDRESSES:
        answer = browser.ask(method, path, json=body)
        if reach([role], action) is Reach.NONE:
            assert answer.status_code == 403
            assert answer.json()["detail"] == "Your roles do not allow this."
        else:
            assert answer.status_code in (200, 308, 422)  # rows are asked for, and there are none


@pytest.mark.parametrize("role", Role)
def test_a_page_asks_for_its_action(role: Role) -> None:
    """Each role at each page and each form: 403 with a page unless the table allows it."""
    caller = Caller("somebody", frozenset([role]))
    browser = Browser(opened(context(), caller))
    for method, path, action in TO_PAGES:
        answer = browser.ask(method, path, data={} if method == "POST" else None)
        if reach([role], action) is Reach.NONE:
            assert (path, answer.status_code) == (path, 403)
            assert "Your roles do not allow this." in answer.text
        else:
            assert (path, answer.status_code) != (path, 403)
            assert answer.status_code < 500


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer plumb_" + "x" * 43, "Basic YTpi", "Bearer \xe9"],
)
def test_nobody_gets_nothing(app: Starlette, authorization: str | None) -> None:
    """Without a key that is right there is 401 at every address, with how to get further."""
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    for method, path, _action, body in ADDRESSES:
        answer = Browser(app).ask(method, path, json=body, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_lets_in(app: Starlette, key: str, directory: Directory) -> None:
    """As long as it is not revoked."""
    assert program(app, key, "POST", "/v1/score", json={"case_ids": ["a"]}).status_code == 200
    other = make_key(directory, "other", Grant.of([Role.MANAGER]), 1)
    revoke(directory, "other")
    assert program(app, other, "GET", "/healthz").status_code == 401


def test_the_address_of_another_version_is_found_after_signing_in(app: Starlette, key: str) -> None:
    """And what is not there is told to everybody."""
    assert program(app, key, "POST", "/score").status_code == 308
    assert program(app, None, "GET", "/nothing").status_code == 404


def test_wrong_keys_do_not_stop_right_ones(app: Starlette, key: str) -> None:
    """Whoever guesses has to wait, and their neighbours work on."""
    codes = [program(app, "plumb_" + "x" * 43, "GET", "/healthz") for _i in range(FAILED_BURST + 1)]
    assert [one.status_code for one in codes] == [401] * FAILED_BURST + [429]
    assert int(codes[-1].headers["retry-after"]) >= 1
    assert program(app, key, "GET", "/healthz").status_code == 200


def test_a_refusal_is_recorded_once_an_hour(
    app: Starlette, directory: Directory, recorded: Recorded
) -> None:
    """A program that tries again and again does not fill the ledger."""
    secret = make_key(directory, "monitor", Grant.of([Role.SYSTEM_ADMIN]), 1)
    for _i in range(3):
        assert program(app, secret, "POST", "/v1/score", json={}).status_code == 403
    assert program(app, secret, "POST", "/v1/intake", json={}).status_code == 403
    unit = make_key(directory, "unit", Grant.of([Role.MANAGER], ["u1"]), 1)
    sent = {"cases": [case()]}
    assert program(app, unit, "POST", "/v1/score", json=sent).status_code == 403
    refused = [one for one in recorded if one["what"] == "refused"]
    assert [one["action"] for one in refused] == ["score", "intake", "score"]


def test_a_refusal_stands_without_its_record(
    app: Starlette, directory: Directory, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that cannot be written to opens nothing."""
    secret = make_key(directory, "monitor", Grant.of([Role.SYSTEM_ADMIN]), 1)
    monkeypatch.setattr(Recorded, "__call__", lambda *_given: 1 / 0)
    assert program(app, secret, "POST", "/v1/score", json={}).status_code == 403


def test_a_caller_that_runs_wild_is_stopped(
    guard: Guard, app: Starlette, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a rate of its own."""
    monkeypatch.setattr(guard, "_rates", Buckets(0.001, 2, time.monotonic))
    assert [program(app, key, "GET", "/healthz").status_code for _i in range(3)] == [200, 200, 429]


def test_a_session_only_reads(app: Starlette) -> None:
    """A cookie alone never sends anything: for that programs have keys, and forms a token."""
    browser = Browser(app)
    browser.sign_in("anna", "quite a long one 7")
    assert browser.get("/healthz").status_code == 200
    assert browser.ask("POST", "/v1/score", json={"case_ids": ["a"]}).status_code == 401


def test_a_form_is_sent_from_its_page_alone(app: Starlette) -> None:
    """With the token of the session; a cookie alone sends nothing."""
    browser = Browser(app)
    browser.sign_in("anna", "quite a long one 7")
    for token in ({}, {"form": "0" * 64}):
        assert browser.ask("POST", "/plan/new", data=token | {"do": "draw"}).status_code == 403
    assert browser.send("/plan/new", do="draw").status_code == 422


def test_long_texts_in_any_script_can_be_sent(app: Starlette) -> None:
    """As long as the fields of a grade can be, each letter of them 9 bytes."""
    browser = Browser(app)
    browser.sign_in("anna", "quite a long one 7")
    texts = {f"remark-{number}": "评" * LONGEST_TEXT for number in range(1, 11)}
    assert browser.send("/plan/new", **texts, do="draw").status_code == 422
