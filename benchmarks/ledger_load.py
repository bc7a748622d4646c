"""How fast many writers append to one ledger, and how fast it is verified.

    .venv/bin/python -m benchmarks.ledger_load [--writers N] [--appends N] [--verify N]

Writers are processes, then threads of one process; every append is one record and returns when
it is on the disk. Afterwards every record is read: no fork, no gap. PostgreSQL is a server of its
own with `fsync` on.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from ledger import alone
from ledger.ledger import FILE, Entry, Ledger
from ledger.records import Kind
from ledger.verifying import verify
from tests.cases.sources import postgres

CONTENT = {"plan_id": "2026-06-30/0123456789abcdef", "manifest": "0" * 64, "drawn": 100}


def main() -> None:
    """Print the rates of both databases."""
    parser = argparse.ArgumentParser(description="Measure the ledger under load.")
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--appends", type=int, default=100_000)
    parser.add_argument("--verify", type=int, default=1_000_000)
    given = parser.parse_args()
    for name, place in (("SQLite", in_file), ("PostgreSQL", in_server)):
        for kind, run in (("processes", by_processes), ("threads", by_threads)):
            with place() as (home, url):
                waits, seconds = run(home, url, given.writers, given.appends // given.writers)
                checked(home, url, 1 + given.appends // given.writers * given.writers)
            print(
                f"{name}, {given.writers} {kind}: {len(waits) / seconds:,.0f} appends a second, "
                f"each waits {median(waits) * 1e3:.1f} ms (median), {max(waits) * 1e3:.0f} ms "
                f"(longest); load of the machine {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    for place in (in_file, in_server):
        with place() as (home, url):
            verification(home, url, given.verify)


@contextmanager
def in_file() -> Iterator[tuple[Path, None]]:
    """A folder for a ledger in SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder), None


@contextmanager
def in_server() -> Iterator[tuple[Path, str]]:
    """A folder for a key, and a server whose commits reach the disk."""
    with tempfile.TemporaryDirectory() as folder, postgres.server(is_durable=True) as url:
        yield Path(folder), url


def by_processes(home: Path, url: str | None, writers: int, each: int) -> tuple[list[float], float]:
    """Seconds that each append took, and all of them, from when every process is ready."""
    Ledger.at(home, url).close()
    context = multiprocessing.get_context("spawn")
    ready, found = context.Barrier(writers + 1), context.SimpleQueue()
    processes = [
        context.Process(target=_write, args=(home, url, each, ready, found)) for _ in range(writers)
    ]
    for process in processes:
        process.start()
    ready.wait()
    began = time.perf_counter()
    waits = [wait for _ in processes for wait in found.get()]
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return waits, seconds


def by_threads(home: Path, url: str | None, writers: int, each: int) -> tuple[list[float], float]:
    """As `by_processes`, by threads that share a ledger."""
    with Ledger.at(home, url) as ledger, ThreadPoolExecutor(writers) as pool:
        began = time.perf_counter()
        waits = list(pool.map(lambda _writer: _appended(ledger, each), range(writers)))
        return [wait for some in waits for wait in some], time.perf_counter() - began


def checked(home: Path, url: str | None, count: int) -> None:
    """Stop unless the ledger has so many records, each after the one before it."""
    verdict = verify(url or home / FILE)
    assert verdict.bad is None, verdict.bad
    assert verdict.tree.size == count, verdict.tree.size


def verification(home: Path, url: str | None, count: int) -> None:
    """Print how long every record takes to be checked, by the program and by the one alone."""
    with Ledger.at(home, url) as ledger:
        for start in range(1, count, 1_000):
            ledger.append(*(Entry(Kind.PLAN, CONTENT) for _ in range(min(1_000, count - start))))
        root = ledger.tree().root()
    seconds, verdict = timed(lambda: verify(url or home / FILE))
    assert (verdict.bad, verdict.tree.root()) == (None, root)
    print(f"{'PostgreSQL' if url else 'SQLite'}: {count:,} records verified in {seconds:.1f} s")
    if url is None:
        command = [sys.executable, "-I", str(alone.__file__), str(home / FILE)]
        seconds, _done = timed(lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: S603
        print(f"  by the stand-alone verifier in {seconds:.1f} s")


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds until it is done, and what it gives."""
    began = time.perf_counter()
    given = work()
    return time.perf_counter() - began, given


def _write(home: Path, url: str | None, count: int, ready: Any, found: Any) -> None:
    with Ledger.at(home, url) as ledger:
        ready.wait()
        found.put(_appended(ledger, count))


def _appended(ledger: Ledger, count: int) -> list[float]:
    waits = []
    for number in range(count):
        began = time.perf_counter()
        ledger.append(Entry(Kind.PLAN, CONTENT | {"number": number}))
        waits.append(time.perf_counter() - began)
    return waits


if __name__ == "__main__":
    main()
