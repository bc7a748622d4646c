"""Work that a file or a query could make endless, in a process of its own with bounds.

What it takes stands in a folder that is removed afterwards; what it answers is JSON. Its
memory and its time are bounded by the system, so that this process goes on whatever happens;
where the system is not Linux, only its time is. It sees no variable of the environment that it
does not need, so no password.
The scripts in this folder are run by their path and import nothing of the project: they start
in a fraction of a second.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import polars as pl

from cases.files import DISK_FULL_WORDS, reason
from cases.language.messages import Sayable, _
from cases.sources.base import Unreadable, too_big, took_too_long, took_too_much

MOST_SECONDS = 300
MOST_MEMORY = 8 * 2**30  # bytes
GIVEN = ("PATH", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH")  # of the environment
SHORT_OF_MEMORY = (
    *("memory allocation of", "MemoryError", "std::bad_alloc", "out of memory"),
    "Cannot allocate memory",
)


@dataclass(frozen=True)
class Bounds:
    """The most that a process may take, in seconds and in bytes."""

    seconds: int
    memory: int


class Stopped(Unreadable):
    """What was given ended the process that worked on it."""


@contextmanager
def working_folder() -> Iterator[Path]:
    """A folder for what the two processes hand over; `Unreadable` if the disk does not take it."""
    try:
        with TemporaryDirectory(prefix="triage-") as folder:
            yield Path(folder)
    except OSError as error:
        raise _no_room(reason(error)) from None


def run_apart(
    script: str,
    task: Mapping[str, object],
    folder: Path,
    given: IO[bytes] | None = None,
    bounds: Bounds | None = None,
) -> dict[str, Any]:
    """The answer of `script` in this folder to `task`; `given` is the file it reads from.

    `bounds` are `MOST_SECONDS` and `MOST_MEMORY` if left out. Raises `Unreadable` if it took more
    time or memory than it may, or came to no answer.
    """
    bounds = bounds or Bounds(MOST_SECONDS, MOST_MEMORY)
    command = [sys.executable, "-P", str(Path(__file__).with_name(script)), str(folder)]
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
    stdin = given or subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603  the interpreter and a script of the project
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as process:
        try:
            _bound(process.pid, bounds)
            answer, said = process.communicate(timeout=bounds.seconds)
        except subprocess.TimeoutExpired:
            raise took_too_long(bounds.seconds) from None
        finally:
            process.kill()
    if process.returncode == 0:
        return dict(json.loads(answer))
    raise _failed(process.returncode, said.decode(errors="replace"), bounds)


def _environment() -> dict[str, str]:
    """What a process needs to start Python and to know its bounds on threads."""
    return {
        name: text
        for name, text in os.environ.items()
        if name in GIVEN or name.startswith(("PYTHON", "POLARS_"))
    }


def _failed(code: int, said: str, bounds: Bounds) -> Unreadable:
    """Why a process ended without an answer, by its exit code and its last words."""
    if code == -signal.SIGXCPU:
        return took_too_long(bounds.seconds)
    if code == -signal.SIGKILL or any(words in said for words in SHORT_OF_MEMORY):
        return took_too_much(bounds.memory)
    if any(words in said.lower() for words in DISK_FULL_WORDS):
        return _no_room(_("the disk is full"))
    problem = _("stopped the program that works on it.")
    return Stopped(problem, _("Simplify it, or write it in another way."))


def _no_room(why: str | Sayable) -> Unreadable:
    problem = _("cannot be worked on ({reason}).", reason=why)
    return Unreadable(problem, _("Make room on the disk, or set TMPDIR to another."))


def _bound(pid: int, bounds: Bounds) -> None:
    """Bound what a process may take, where it can be; where memory is short, it ends first."""
    limit = getattr(resource, "prlimit", None)  # Linux only
    if limit is None:
        return
    with suppress(OSError):  # it may have ended already
        limit(pid, resource.RLIMIT_AS, (bounds.memory, bounds.memory))
        cpu = bounds.seconds * (os.cpu_count() or 1)
        limit(pid, resource.RLIMIT_CPU, (cpu, cpu + 10))  # the second kills without a reason
        Path(f"/proc/{pid}/oom_score_adj").write_text("1000", encoding="ascii")


def free_memory() -> int:
    """Bytes that the system can give without swapping; `MOST_MEMORY` where it does not say."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(available.split()[1]) * 1024
    return MOST_MEMORY


def answered(file: Path, most: int) -> pl.DataFrame:
    """The frame that a process left in `file`; `Unreadable` if it takes more than `most` bytes."""
    if file.stat().st_size > most:
        raise too_big(most)
    return pl.read_ipc(file)
