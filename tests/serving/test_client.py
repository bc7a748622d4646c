"""The client of the service, against a running one."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pandas as pd
import pytest
import uvicorn

from serving import client as module
from serving.client import Client, Faulty, Refused, Unavailable
from tests.factories.client import opened
from tests.factories.fakes import InMemory

PAGE = Path(__file__).parents[2] / "docs" / "client.md"
EVENT = pd.DataFrame({"case_id": ["b"], "at": ["2026-01-20T12:00"], "activity": ["returned"]})


@contextmanager
def running(ledger: InMemory) -> Iterator[str]:
    """The address of a service over the fake context, in a thread."""
    app = opened(ledger=ledger)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def ledger() -> InMemory:
    """What the service remembers."""
    return InMemory()


@pytest.fixture
def asked(ledger: InMemory) -> Iterator[Client]:
    """A client of a running service."""
    with running(ledger) as address, Client(address) as client:
        yield client


def test_every_block_of_its_page_runs(ledger: InMemory) -> None:
    """One after the other, as a reader would."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 6
    with running(ledger) as address:
        code = "\n".join(blocks).replace("http://127.0.0.1:3000", address)
        exec(compile(code, str(PAGE), "exec"), {})  # noqa: S102  our own page
    kinds = [str(record.kind) for record in ledger.since(1)]
    assert kinds == ["plan", "intake", *["facts"] * 5, "request"]


def test_a_request_that_may_not_have_arrived_is_sent_again(
    ledger: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same key, so that it counts once."""
    monkeypatch.setattr(module, "PAUSE", 0.0)
    lost: list[httpx.Request] = []

    class Losing(httpx.HTTPTransport):
        """Sends a request and loses the first answer."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if not lost:
                answer.read()
                lost.append(request)
                raise httpx.ReadError("the connection was closed")
            return answer

    with running(ledger) as address, Client(address, transport=Losing()) as client:
        taken = client.add_events(EVENT)
    assert (taken.records, taken.rows, len(ledger.since(1))) == ((2,), 1, 1)


def test_many_rows_are_sent_in_parts(
    asked: Client, ledger: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with a key of its own; sent again, all of them are known."""
    monkeypatch.setattr(module, "AT_ONCE", 2)
    hours = pd.date_range("2026-01-20", periods=5, freq="h")
    events = pd.DataFrame({"case_id": "b", "at": hours, "activity": "returned"})
    taken = asked.add_events(events, key="k")
    assert (taken.records, taken.rows, taken.known) == ((2, 3, 4), 5, 0)
    assert asked.add_events(events, key="k") == taken
    assert asked.add_events(events).known == 5
    assert len(ledger.since(1)) == 6


def test_problems_are_exceptions(asked: Client) -> None:
    """With every fault; a refusal is of another kind, and no answer of a third."""
    with pytest.raises(Faulty, match=r"events\[0\].activity") as caught:
        asked.add_events(EVENT.assign(activity="lost"))
    assert caught.value.status == 422
    assert caught.value.faults[0]["remedy"]
    asked.add_events(EVENT, key="k")
    with pytest.raises(Refused, match="another request"):
        asked.add_events(EVENT.assign(activity="decided"), key="k")
    with pytest.raises(Unavailable), Client("http://127.0.0.1:9") as nobody:
        nobody.health()


def test_missing_values_are_left_out(asked: Client) -> None:
    """An empty cell changes nothing, and types of pandas are those of JSON."""
    changes = pd.DataFrame(
        {
            "case_id": ["a", "b"],
            "suspects": [2, None],
            "closed_at": pd.NaT,
            "appealed": [True, None],
        }
    )
    asked.add_cases(changes)
    scores = asked.score(["a", "b"]).set_index("case_id")["risk"]
    assert scores.to_dict() == pytest.approx({"a": 0.4, "b": 0.6})
