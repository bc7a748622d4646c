"""Starting and stopping the service."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from cases.errors import BadInput, Refused
from cases.language.messages import Sayable
from serving import serve as serving
from serving.running.sockets import listen
from serving.workspace import Workspace
from tests.factories.fakes import context

ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with listen("127.0.0.1", 0) as probe:
        port: int = probe.getsockname()[1]
        return port


def test_the_process_becomes_the_service(tmp_path, monkeypatch):
    """What was checked is told, then the command takes over with the office's variables."""
    became = []
    said: list[Sayable] = []
    monkeypatch.setattr(serving, "check", lambda *_: context().tables)
    monkeypatch.setattr(serving, "are_kept", lambda: True)
    monkeypatch.setattr(os, "chdir", became.append)
    monkeypatch.setattr(os, "execve", lambda *given: became.append(given))  # three values

    (tmp_path / "office.toml").write_text("")

    serving.serve(
        Workspace.of(tmp_path / "office.toml"),
        port=_free_port(),
        workers=2,
        allow_hosts=["intra", "plumbline.example.org"],
        say=said.append,
    )

    folder, (program, command, environment) = became
    assert folder == ROOT
    assert program == sys.executable
    assert command[1:3] == ["-m", "serving.running"]
    assert command[4:] == ["serving.running.worker", "serving.running.renewal"]
    assert environment["TRIAGE_OFFICE"] == str(tmp_path / "office.toml")
    assert environment["TRIAGE_WORKERS"] == "2"
    assert Path(environment["TRIAGE_CHECKED"]).is_relative_to(tmp_path / ".triage")
    assert environment["TRIAGE_ALLOW_HOSTS"] == "intra,plumbline.example.org"
    first, where, how = map(str, said)
    assert "First start" in first
    assert "http://127.0.0.1:" in where
    assert "Ctrl-C" in how
    assert f"kill -HUP {os.getpid()}" in how


def test_a_demo_is_not_served_behind_a_proxy(tmp_path, monkeypatch):
    """It is refused before users are made."""
    demo = {"office": {"name": {"en": "Test office"}, "demo": True}}
    monkeypatch.setattr(serving, "check", lambda *_: context(**demo).tables)
    with pytest.raises(Refused, match="this machine only"):
        serving.serve(
            Workspace.of(tmp_path / "office.toml"),
            port=_free_port(),
            public_url="https://o.example",
            say=print,
        )
    assert not (tmp_path / ".triage").exists()


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
        ({"allow_hosts": ["http://intra"]}, "is not the name of a host"),
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
