"""The process that watches the workers. It opens no port: one talks to it by signals.

The service's socket is opened once, by the command, and every worker listens on it, so that no
request is refused while one takes another's place. A worker is told to retire, and says that it is
ready, over a pair of sockets that nobody else has; when this process ends, however, they see it
there and end too.

| Signal | Does |
|---|---|
| `SIGTERM`, `SIGINT` | ends the service within `PATIENCE` seconds |
| `SIGHUP` | reads and checks the office again, then replaces the workers one by one |

The closing of the terminal that it was started on, which also comes as `SIGHUP`, ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections import deque
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from cases.language.messages import _, say

PATIENCE = 9  # seconds for answers that are being made when the service ends
MOST_DEATHS, IN_SECONDS = 5, 300.0
NOT_STARTED = 3  # exit code of a worker that has logged why it cannot start
STARTING = 600.0  # seconds that a renewal waits for a check, or for a new worker to answer
READY, RETIRE = b"ready", b"retire"

log = logging.getLogger("plumbline.running")


class Worker:
    """One process that answers."""

    def __init__(self, process: asyncio.subprocess.Process, line: socket.socket) -> None:
        self.process, self._line = process, line
        self.wanted = True  # whether another must take its place when it ends
        self._said = asyncio.create_task(self._listen())

    async def is_ready(self, within: float) -> bool:
        """Waits until it answers; False if it ends before, or takes longer than so many seconds."""
        said, _late = await asyncio.wait([self._said], timeout=within)
        return bool(said) and self._said.result() == READY

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
            self.process.kill()

    async def _listen(self) -> bytes:
        """What it says first, or nothing when it ends."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._line, len(READY))
        except OSError:
            return b""

    def retire(self) -> None:
        """Let it finish what it has been asked, and end."""
        self.wanted = False
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._line.send(RETIRE)

    async def ended(self) -> int:
        """Waits for its end; the exit code."""
        code = await self.process.wait()
        await self._said
        self._line.close()
        return code


class Supervisor:
    """Keeps workers running on one socket until it is told to end."""

    def __init__(
        self,
        listening: socket.socket,
        module: str,
        renewal: str,
        environment: dict[str, str],
        metrics: Path,
    ) -> None:
        self._listening, self._metrics = listening, metrics
        self._module, self._renewal = module, renewal
        self._environment = environment | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        self._watched: dict[asyncio.Task[None], Worker] = {}
        self._deaths: deque[float] = deque(maxlen=MOST_DEATHS)
        self._end, self._renew, self._code = asyncio.Event(), asyncio.Event(), 0

    async def run(self, workers: int) -> int:
        """Run so many workers until a signal; the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end.set)
        loop.add_signal_handler(signal.SIGHUP, self._hung_up, sys.stdin.isatty())
        for _worker in range(workers):
            await self._started(self._environment)
        renewing = asyncio.create_task(self._renewing())
        await self._end.wait()
        renewing.cancel()
        await self._stop()
        return self._code

    async def _started(self, environment: dict[str, str]) -> Worker:
        """A new worker; another one follows it when it ends."""
        ours, its = socket.socketpair()
        ours.setblocking(False)
        passed = (self._listening.fileno(), its.fileno())
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", self._module, *map(str, passed)),
            env=environment,
            pass_fds=passed,
            process_group=0,  # Ctrl-C is for this process, which lets them finish
        )
        its.close()
        worker = Worker(process, ours)
        task = asyncio.create_task(self._watch(worker))
        self._watched[task] = worker
        task.add_done_callback(self._watched.pop)
        return worker

    async def _watch(self, worker: Worker) -> None:
        code = await worker.ended()
        mark_process_dead(worker.process.pid, str(self._metrics))  # type: ignore[no-untyped-call]
        if not worker.wanted or self._end.is_set():
            return
        self._deaths.append(time.monotonic())
        _tell("worker_died", logging.ERROR, code=code)
        if code == NOT_STARTED or self._dies_again_and_again():
            self._give_up()
        else:
            await self._started(self._environment)

    def _dies_again_and_again(self) -> bool:
        many = len(self._deaths) == MOST_DEATHS
        return many and self._deaths[-1] - self._deaths[0] < IN_SECONDS

    def _give_up(self) -> None:
        sentence = _("The service ends: its workers cannot run. The lines above say why.")
        language = self._environment.get("TRIAGE_LANGUAGE") or "en"
        _tell("gave_up", logging.ERROR, message=say(sentence, language))
        self._code = 1
        self._end.set()

    async def _stop(self) -> None:
        """End all workers; those that do not within `PATIENCE` are killed."""
        _tell("stopping")
        for worker in self._watched.values():
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                worker.process.terminate()
        if self._watched:
            _done, late = await asyncio.wait(self._watched, timeout=PATIENCE)
            for task in late:
                self._watched[task].kill()
            await asyncio.gather(*late)

    def _hung_up(self, on_terminal: bool) -> None:
        """Renew; or end, where the terminal that it was started on has been closed."""
        closed = on_terminal and not _has_terminal()
        (self._end if closed else self._renew).set()

    async def _renewing(self) -> None:
        while await self._renew.wait():
            self._renew.clear()
            _tell("renewed" if await self._renewed() else "not_renewed")

    async def _renewed(self) -> bool:
        """Whether every worker has been replaced; where something is wrong the others go on.

        Those that were replaced before are not taken back: the old tables are gone by then.
        """
        checked = await _checked(self._renewal, self._environment)
        if checked is None:
            return False
        before = self._environment
        renewed = before | {"TRIAGE_CHECKED": checked}
        left = [worker for worker in self._watched.values() if worker.wanted]
        for done, old in enumerate(left):
            new = await self._started(renewed)
            new.wanted = False
            if not await new.is_ready(STARTING):
                _tell("worker_not_ready", logging.ERROR, pid=new.process.pid)
                new.kill()
                if done:
                    _two_answer(before, renewed, done, len(left) - done)
                return False
            new.wanted, self._environment = True, renewed
            old.retire()
        return True


def _has_terminal() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) > 0
    except (OSError, ValueError):
        return False


async def _checked(module: str, environment: dict[str, str]) -> str | None:
    """The folder of the tables, read and checked in a process of their own; None if not right."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        process_group=0,
    )
    try:
        told, _errors = await asyncio.wait_for(process.communicate(), STARTING)
    except (TimeoutError, asyncio.CancelledError) as error:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if isinstance(error, asyncio.CancelledError):
            raise
        _tell("check_not_ready", logging.ERROR, pid=process.pid)
        await process.wait()
        return None
    return os.fsdecode(told).strip() if process.returncode == 0 else None


def _two_answer(old: dict[str, str], new: dict[str, str], new_ones: int, old_ones: int) -> None:
    """Log that workers answer from different tables, and how many from which folder."""
    names = [Path(given.get("TRIAGE_CHECKED", "")).name for given in (old, new)]
    facts = {"old": names[0], "old_workers": old_ones, "new": names[1], "new_workers": new_ones}
    _tell("half_renewed", logging.ERROR, **facts)


def _tell(event: str, level: int = logging.INFO, **facts: object) -> None:
    log.log(level, event, extra={"facts": facts})
