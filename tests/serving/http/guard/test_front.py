"""What every answer has, and what is told of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from cases.language.messages import _
from serving.http.app import application
from serving.http.guard import metrics
from serving.http.guard.front import HEADERS, Front
from serving.http.guard.hosts import Hosts
from serving.memory.current import Current
from serving.running.logs import OneLine
from tests.factories.client import EVERYTHING, NO_ROOMS, OpenDoor, opened, request
from tests.factories.fakes import BrokenModel, InMemory, context

ALL = [
    ("GET", "/", None),
    ("GET", "/healthz", None),
    ("GET", "/livez", None),
    ("GET", "/metrics", None),
    ("GET", "/docs.json", None),
    ("GET", "/nothing?case=secret", None),
    ("DELETE", "/v1/score", None),
    ("POST", "/score", {}),
    ("POST", "/v1/spot_checks", request()),
    ("POST", "/v1/score", {"case_ids": ["secret"]}),
]


def ask(
    method: str, path: str, host: str = "localhost", app: Any = None, **sent: Any
) -> httpx.Response:
    """The answer of the application behind its front."""
    front = Front(app or opened(), Hosts.of("127.0.0.1"), "en")

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(front, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **sent)

    return asyncio.run(go())


@pytest.mark.parametrize(("method", "path", "body"), ALL)
def test_every_answer_has_the_secure_headers(method, path, body):
    """Pages, documents and errors alike, each header once."""
    headers = ask(method, path, json=body).headers

    for name in HEADERS:
        assert len(headers.get_list(name.decode())) == 1
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_another_host_is_told_why():
    """Not only that it is refused: the one who runs it can allow the name."""
    answer = ask("GET", "/healthz", host="evil.example")

    assert answer.status_code == 421
    assert "--allow-host" in answer.json()["detail"]
    assert HEADERS.keys() <= {name.encode() for name in answer.headers}


@pytest.mark.parametrize(("method", "path", "body"), ALL)
def test_a_line_in_the_log_holds_nothing_private(method, path, body, caplog):
    """The path as it is declared, status, time, size, reference: no id, query, header, client."""
    with caplog.at_level(logging.INFO, logger="plumbline"):
        answer = ask(method, path, json=body, headers={"X-Note": "secret"})
    (record,) = [record for record in caplog.records if record.msg == "request"]
    line = json.loads(OneLine().format(record))

    assert line.keys() == {
        *("time", "level", "event", "path", "status", "milliseconds", "bytes", "reference")
    }
    assert (line["status"], line["bytes"]) == (answer.status_code, len(answer.content))
    assert line["path"] == (path if "?" not in path else "other")
    assert "secret" not in str(line)


def test_an_internal_error_has_the_reference_of_its_request(caplog):
    """The answer, its line and the error's line are found by one number."""
    broken = opened(context(BrokenModel()))
    with caplog.at_level(logging.INFO, logger="plumbline"):
        answer = ask("POST", "/v1/score", app=broken, json={"case_ids": ["a"]})

    facts = [record.facts for record in caplog.records if record.name.startswith("plumbline")]
    assert [one["reference"] for one in facts] == [answer.json()["reference"]] * 2


def test_an_error_outside_of_a_computation_is_a_problem_document_too(monkeypatch):
    """A page that cannot be made says so as everything else does."""
    monkeypatch.setattr("serving.http.pages.shell.page.rendering.rendered", lambda *_: 1 / 0)

    answer = ask("GET", "/interface")

    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")


def cancelled(*_: Any) -> Any:
    """An application that is cut off, as uvicorn does when the service ends."""
    raise asyncio.CancelledError


def test_what_is_cut_off_at_the_end_is_told_to_come_again():
    """Not an internal error: the next service answers it."""
    answer = ask("GET", "/interface", app=cancelled)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_readiness_says_what_is_lacking():
    """Alive all the same."""
    lack: Callable[[], Any] = partial(_, "The ledger is gone.")
    app = application(
        Current(context(), InMemory()), OpenDoor(EVERYTHING), lack=lack, rooms=NO_ROOMS
    )

    answer = ask("GET", "/readyz", app=app)

    assert (answer.status_code, answer.json()["detail"]) == (503, "The ledger is gone.")
    assert ask("GET", "/livez", app=app).is_success


def test_figures_say_what_is_served_and_how_fast():
    """Latency by path and status, the queue, the model, the newest record."""
    metrics.describe(context())
    ask("POST", "/v1/spot_checks", json=request())
    ask("GET", "/a/path/nobody/declared")
    text = ask("GET", "/metrics").text

    assert 'plumbline_request_seconds_count{path="/v1/spot_checks",status="200"}' in text
    assert 'path="other",status="404"' in text
    assert "nobody" not in text
    assert "plumbline_queue_requests 0.0" in text
    assert 'trained_until="2026-01-01"' in text
    assert "plumbline_newest_record_timestamp_seconds 1.7723" in text
