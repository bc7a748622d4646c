"""A real service over the fake context, started as the command starts it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from serving import serve
from serving.access.directory import directory_in
from serving.access.keys import make_key
from serving.access.rules import Role
from serving.access.users import Grant
from serving.running.sockets import listen
from serving.workspace import Workspace

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PATIENCE = 240  # seconds until a service that does not answer has failed


@dataclass
class Running:
    """A service, its address, and afterwards what it logged."""

    process: subprocess.Popen[bytes]
    port: int
    written: Path
    keys: dict[Role, str]
    log: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it answers."""
        return serve.address(HOST, self.port)

    def asked(
        self, method: str, path: str, role: Role = Role.MANAGER, **sent: Any
    ) -> httpx.Response:
        """The answer to one request of a program of this role, however long it takes."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        url = f"{self.address}{path}"
        return httpx.request(method, url, headers=headers, timeout=PATIENCE, **sent)

    def wait_until(
        self, path: str, met: Callable[[httpx.Response], bool], role: Role = Role.MANAGER
    ) -> httpx.Response:
        """The first answer at `path` that is as wanted."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = self.asked("GET", path, role)
            except httpx.TransportError:
                answer = None
            if answer is not None and met(answer):
                return answer
            time.sleep(0.1)
        pytest.fail("the service did not answer as it should")

    def ready(self) -> None:
        """Wait until it answers."""
        self.wait_until("readyz", lambda answer: answer.is_success)

    def end(self, signal: int) -> int:
        """Send it a signal and wait for its end; the exit code."""
        self.process.send_signal(signal)
        return self.ended()

    def ended(self) -> int:
        """Wait for its end; the exit code."""
        code = self.process.wait(timeout=PATIENCE)
        lines = self.written.read_text("utf-8").splitlines()
        self.log = [json.loads(line) for line in lines if line.startswith("{")]
        return code


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts services, and ends them after the test."""
    started = []

    def run(
        worker: str = "tests.serving.running.fake_worker", workers: int = 1, root: Path = ROOT
    ) -> Any:
        with listen(HOST, 0) as listening:
            workspace = Workspace.of(tmp_path / "office.toml")
            with directory_in(workspace.home, demo=False) as directory:
                keys = {
                    role: make_key(directory, role, Grant.of([role]), 1)
                    for role in (Role.MANAGER, Role.SYSTEM_ADMIN)
                }
            log = tmp_path / "log"
            with log.open("wb") as stderr:
                process = subprocess.Popen(  # noqa: S603  our own command
                    serve.command(listening, worker, "tests.serving.running.fake_renewal"),
                    env=dict(os.environ)
                    | serve.environment(workspace, workers)
                    | {"PYTHONPATH": str(ROOT)},
                    cwd=root,
                    pass_fds=[listening.fileno()],
                    stdout=subprocess.DEVNULL,
                    stderr=stderr,
                )
            started.append(process)
            return Running(process, listening.getsockname()[1], log, keys)

    yield run
    for process in started:
        process.kill()
        process.wait()
