"""A PostgreSQL server of its own for tests, on a socket in a folder that goes afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "postgres"  # the server refuses to run as root


def program(name: str) -> str | None:
    """Where a program of the server is; Debian keeps them out of the way."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


def missing() -> str:
    """Why there can be no server here; empty if there can."""
    if program("initdb") is None or program("pg_ctl") is None:
        return "PostgreSQL is not installed"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and there is no runuser"
    return ""


@contextmanager
def server(
    password: str = "", *, is_durable: bool = False, within: Path | None = None
) -> Iterator[str]:
    """A running server; yields the URL of its database, whose user needs this password, if any.

    Nothing that it writes need reach the disk, unless it is to be durable. It keeps its files in a
    folder of its own, `within` another.
    """
    folder = Path(tempfile.mkdtemp(prefix="triage-postgres-", dir=within))
    data = folder / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT)
        asks = ["-A", "trust"]
        if password:
            (folder / "password").write_text(password, encoding="ascii")
            asks = ["-A", "scram-sha-256", f"--pwfile={folder / 'password'}"]
        _run("initdb", "-D", str(data), "-U", "office", *asks, "-E", "UTF8", "--no-sync")
        _start(folder, is_durable=is_durable)
        try:
            yield f"postgresql+psycopg://office@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kill_and_start_again(url: str) -> None:
    """Kill the server of `server`, as it is, and start it again on what it has left."""
    folder = Path(url.rpartition("host=")[2])
    process = int((folder / "data" / "postmaster.pid").read_text("utf-8").splitlines()[0])
    os.kill(process, signal.SIGKILL)
    latest = time.monotonic() + 30
    while not _has_started(folder, latest):  # its children end by themselves, a little later
        time.sleep(0.1)


def _has_started(folder: Path, latest: float) -> bool:
    try:
        _start(folder, is_durable=True)
    except subprocess.CalledProcessError:
        if time.monotonic() > latest:
            raise
        return False
    return True


def _start(folder: Path, *, is_durable: bool) -> None:
    fsync = "fsync=on -c recovery_init_sync_method=syncfs" if is_durable else "fsync=off"
    options = f"-k {folder} -c listen_addresses='' -c {fsync}"
    log = str(folder / "log")
    _run("pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", log, "-w", "start")


def _run(name: str, *arguments: str) -> None:
    """Run a program of the server, as an account that it accepts."""
    apart = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    command = [*apart, program(name) or name, *arguments]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)  # noqa: S603
