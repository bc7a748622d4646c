"""A PostgreSQL server of its own for tests, on a socket in a folder that goes afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
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
def server(password: str = "") -> Iterator[str]:
    """A running server; yields the URL of its database, whose user needs this password, if any."""
    folder = Path(tempfile.mkdtemp(prefix="triage-postgres-"))
    data = folder / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT)
        asks = ["-A", "trust"]
        if password:
            (folder / "password").write_text(password, encoding="ascii")
            asks = ["-A", "scram-sha-256", f"--pwfile={folder / 'password'}"]
        _run("initdb", "-D", str(data), "-U", "office", *asks, "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = str(folder / "log")
        _run("pg_ctl", "-D", str(data), "-o", options, "-l", log, "-w", "start")
        try:
            yield f"postgresql+psycopg://office@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(name: str, *arguments: str) -> None:
    """Run a program of the server, as an account that it accepts."""
    apart = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    command = [*apart, program(name) or name, *arguments]
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)  # noqa: S603
