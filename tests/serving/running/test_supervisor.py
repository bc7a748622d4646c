"""The service as processes: what it opens, how it ends, is renewed and gives up."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import httpx
import pytest

from serving.access.rules import Role
from serving.running import supervisor
from serving.running.sockets import listen
from serving.running.supervisor import Supervisor, Worker
from tests.factories.client import request

HEAD = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALF = HEAD + b"Content-Length: 1000\r\n\r\n{"
LISTENING = "0A"  # in /proc/net/tcp


def listening_ports() -> dict[int, set[int]]:
    """Every port of TCP or UDP that is open on this machine, with the sockets behind it.

    As any user of the machine can read it.
    """
    ports: dict[int, set[int]] = {}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        path = Path("/proc/net", table)
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            _number, local, _remote, state, *_more = line.split()
            if state == LISTENING or table.startswith("udp"):
                ports.setdefault(int(local.rpartition(":")[2], 16), set()).add(int(line.split()[9]))
    return ports


def sockets_of(process: int) -> set[int]:
    """The sockets that a process and its children hold."""
    links = [str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()]
    own = {int(link[8:-1]) for link in links if link.startswith("socket:[")}
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own.union(*(sockets_of(int(child)) for child in children))


def test_it_opens_one_port_answers_and_ends_in_spite_of_half_sent_bodies(start):
    """Plans, problem details, figures; no other port; SIGTERM ends it, and the port is free."""
    service = start(workers=2)
    service.ready()
    plan = service.asked("POST", "v1/spot_checks", json=request())
    lost = service.asked("GET", "nothing")
    both = "plumbline_workers 2.0"  # one answers while the other one still starts
    figures = service.wait_until("metrics", lambda at: both in at.text, Role.SYSTEM_ADMIN)
    held = sockets_of(service.process.pid)
    ports = {port for port, sockets in listening_ports().items() if sockets & held}
    half_sent = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(300)]
    for one in half_sent:
        one.sendall(HALF)
    code = service.end(signal.SIGTERM)
    for one in half_sent:
        one.close()

    assert [line["case_id"] for line in plan.json()["lines"]] == ["b", "d"]
    assert (lost.status_code, lost.headers["content-type"]) == (404, "application/problem+json")
    assert (
        'plumbline_request_seconds_count{path="/v1/spot_checks",status="200"} 1.0' in figures.text
    )
    assert ports == {service.port}
    assert code == 0
    listen("127.0.0.1", service.port).close()
    assert not {line["event"] for line in service.log} & {
        "internal_error",
        "worker_died",
        "crashed",
    }


def test_it_is_renewed_without_a_refused_request(start, tmp_path):
    """SIGHUP replaces the workers if the office is right; otherwise they go on."""
    service = start()
    service.ready()
    refused, stop = [], threading.Event()

    def ask() -> None:
        headers = {"Authorization": f"Bearer {service.keys[Role.MANAGER]}"}
        with httpx.Client(base_url=service.address, headers=headers, timeout=240) as client:
            while not stop.wait(0.02):
                try:
                    client.post("v1/score", json={"case_ids": ["a"]}).raise_for_status()
                except httpx.HTTPError as error:
                    refused.append(repr(error))

    clients = [threading.Thread(target=ask) for _ in range(3)]
    for client in clients:
        client.start()
    service.process.send_signal(signal.SIGHUP)
    while "not_renewed" not in service.written.read_text("utf-8"):
        assert not stop.wait(0.05)
    (tmp_path / "right").touch()
    service.process.send_signal(signal.SIGHUP)
    service.wait_until("healthz", lambda answer: answer.json()["model_version"] == "renewed")
    stop.set()
    for client in clients:
        client.join()
    service.end(signal.SIGINT)

    assert refused == []
    events = [line["event"] for line in service.log if "renewed" in line["event"]]
    assert events == ["not_renewed", "renewed"]


def test_a_worker_that_is_killed_gets_a_successor(start):
    """Requests wait for it meanwhile."""
    service = start()
    service.ready()
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children")
    os.kill(int(children.read_text().split()[0]), signal.SIGKILL)

    assert service.asked("GET", "livez").is_success
    service.end(signal.SIGINT)
    assert [line["code"] for line in service.log if line["event"] == "worker_died"] == [-9]


@pytest.mark.parametrize("module", ["tests.serving.nothing", "serving.running.worker"])
def test_workers_that_cannot_run_end_the_service_with_a_sentence(start, module):
    """A module that is not there, five times; an office that is not there, once."""
    service = start(worker=module)

    assert service.ended() == 1
    (line,) = [line for line in service.log if line["event"] == "gave_up"]
    assert "its workers cannot run" in line["message"]
    assert "crashed" not in {line["event"] for line in service.log}


def test_it_ends_beside_a_worker_that_has_just_ended_by_itself(tmp_path):
    """Whose end was not seen yet, so that there is no process to end."""

    async def ended() -> None:
        listening = socket.socket()
        supervisor = Supervisor(listening, "", "", {}, tmp_path)
        ours, its = socket.socketpair()
        its.close()
        process = Mock(terminate=Mock(side_effect=ProcessLookupError))
        supervisor._watched[asyncio.create_task(asyncio.sleep(0))] = Worker(process, ours)
        await supervisor._stop()
        assert process.terminate.called
        ours.close()
        listening.close()

    asyncio.run(ended())


def test_workers_end_when_nobody_watches_them_any_more(start):
    """A supervisor that is killed leaves no process on the port."""
    service = start()
    service.ready()
    service.end(signal.SIGKILL)

    while service.port in listening_ports():
        time.sleep(0.1)


class Renewed:
    """A worker of a supervisor without processes."""

    def __init__(self, *, answers: bool = True) -> None:
        self.wanted, self.retired, self.killed, self._answers = True, False, False, answers
        self.process = SimpleNamespace(pid=1)

    async def is_ready(self, _within: float) -> bool:
        """At once."""
        return self._answers

    def retire(self) -> None:
        """Remembered."""
        self.wanted, self.retired = False, True

    def kill(self) -> None:
        """Remembered."""
        self.killed = True


@pytest.mark.parametrize(
    ("answers", "retired", "event"),
    [
        ([False], [False, False], "worker_not_ready"),
        ([True, False], [True, False], "half_renewed"),
    ],
)
def test_a_worker_that_does_not_get_ready_ends_a_renewal(
    tmp_path, monkeypatch, caplog, answers, retired, event
):
    """The old ones that were not replaced go on; where some were, that is logged as an error."""
    old, new = [Renewed(), Renewed()], [Renewed(answers=one) for one in answers]
    coming = iter(new)

    async def checked(*_: object) -> str:
        return "/served/after"

    async def started(*_: object) -> Renewed:
        return next(coming)

    monkeypatch.setattr(supervisor, "_checked", checked)
    with socket.socket() as listening:
        service = supervisor.Supervisor(
            listening, "", "", {"TRIAGE_CHECKED": "/served/before"}, tmp_path
        )
        monkeypatch.setattr(service, "_started", started)
        service._watched = dict(enumerate(old))
        assert asyncio.run(service._renewed()) is False

    assert [one.retired for one in old] == retired
    assert [one.killed for one in new] == [not one for one in answers]
    last = caplog.records[-1]
    assert (last.msg, last.levelname) == (event, "ERROR")
    if event == "half_renewed":
        assert last.facts == {"old": "before", "old_workers": 1, "new": "after", "new_workers": 1}


def test_a_worker_that_says_nothing_is_not_waited_for():
    """A renewal goes on after some time."""

    async def is_ready() -> bool:
        ours, its = socket.socketpair()
        ours.setblocking(False)
        with ours, its:
            worker = supervisor.Worker(None, ours)
            ready = await worker.is_ready(0.01)
            worker._said.cancel()
        return ready

    assert asyncio.run(is_ready()) is False


def test_a_check_that_does_not_end_is_given_up(monkeypatch, tmp_path):
    """The next SIGHUP is heard again."""
    (tmp_path / "endless.py").write_text("import time; time.sleep(600)")
    monkeypatch.setattr(supervisor, "STARTING", 0.1)
    environment = {"PYTHONPATH": str(tmp_path)}
    assert asyncio.run(supervisor._checked("endless", environment)) is None
