"""Starting and stopping the service."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cases.errors import BadInput
from cases.language.messages import Sayable
from serving import serve as serving
from serving.workspace import Workspace
from tests.factories.client import request
from tests.factories.fakes import context

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until a server that does not answer has failed


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _started(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A real server over the fake context, and its address."""
    port = _free_port()
    command = serving.command("127.0.0.1", port, "tests.serving.fake_service:Plumbline")
    workspace = Workspace.of(home / "office.toml")
    server = subprocess.Popen(  # noqa: S603  our own command
        command,
        env=dict(os.environ) | serving.environment(workspace, workers=1),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield server, serving.address("127.0.0.1", port)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def _ready(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            httpx.get(f"{address}healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer")


def test_a_real_server_answers_and_stops_cleanly(tmp_path):
    """Started as the command starts it: plans, problem details, metrics; Ctrl-C ends it."""
    with _started(tmp_path) as (server, address):
        _ready(address)
        plan = httpx.post(f"{address}spot_checks", json=request())
        lost = httpx.get(f"{address}nothing")
        metrics = httpx.get(f"{address}metrics")
        page = httpx.get(address)
        server.send_signal(signal.SIGINT)
        log, _ = server.communicate(timeout=PATIENCE)

    assert [line["case_id"] for line in plan.json()["lines"]] == ["b", "d"]
    assert (lost.status_code, lost.headers["content-type"]) == (404, "application/problem+json")
    assert "bentoml_service_request_total" in metrics.text
    assert "Test office" in page.text
    assert server.returncode == 0
    assert "Traceback" not in log


def test_the_process_becomes_the_service(tmp_path, monkeypatch):
    """What was checked is told, then the command takes over with the office's variables."""
    became = []
    said: list[Sayable] = []
    monkeypatch.setattr(serving, "check", lambda *_: context().tables)
    monkeypatch.setattr(os, "execve", lambda *given: became.append(given))

    (tmp_path / "office.toml").write_text("")

    serving.serve(
        Workspace.of(tmp_path / "office.toml"), port=_free_port(), workers=2, say=said.append
    )

    ((program, command, environment),) = became
    assert program == sys.executable
    assert command[1:5] == ["-m", "bentoml", "serve", "serving.service:Plumbline"]
    assert environment["TRIAGE_OFFICE"] == str(tmp_path / "office.toml")
    assert environment["TRIAGE_WORKERS"] == "2"
    assert Path(environment["TRIAGE_CHECKED"]).is_relative_to(tmp_path / ".triage")
    assert environment["BENTOML_DO_NOT_TRACK"] == "True"
    assert "http://127.0.0.1:" in str(said[0])
    assert "Ctrl-C" in str(said[1])


def test_a_port_that_is_taken_is_told_before_anything_is_read(tmp_path):
    """The office file does not even exist; the port is the first thing that is wrong."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(BadInput, match="Choose another with --port"):
            serving.serve(
                Workspace.of(tmp_path / "office.toml"), port=other.getsockname()[1], say=print
            )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"host": "localhost"}, "is not an IP address"),
        ({"workers": 0}, "is not a possible number of workers"),
        ({"port": 70_000}, "cannot be listened on"),
    ],
)
def test_options_that_cannot_be_met_are_told(tmp_path, changes, sentence):
    """Every wrong option has its sentence."""
    with pytest.raises(BadInput, match=sentence):
        serving.serve(
            Workspace.of(tmp_path / "office.toml"), say=print, **({"port": _free_port()} | changes)
        )


def test_addresses_of_both_families_can_be_opened():
    """An IPv6 address stands in brackets."""
    assert serving.address("127.0.0.1", 3000) == "http://127.0.0.1:3000/"
    assert serving.address("::1", 3000) == "http://[::1]:3000/"
