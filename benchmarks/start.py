"""How long the service takes to be ready, and what its processes hold. Linux only.

    python benchmarks/start.py OFFICE [--data DIR] [--workers N]

Runs `triage serve` until `/readyz` answers, and prints the seconds passed, the processor time of
each process until then, and its memory: RSS counts what is shared in every process, PSS
in parts. Then the first and the second score of a case over HTTP.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.key import headers
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from serving.workspace import Workspace

PATIENCE = 300  # seconds
SUPERVISOR = "command, then supervisor"
TICKS = os.sysconf("SC_CLK_TCK")


def processes(first: int) -> Iterator[int]:
    """A process and all that it started."""
    yield first
    for child in Path(f"/proc/{first}/task/{first}/children").read_text().split():
        yield from processes(int(child))


def describe(process: int) -> str:
    """What a process is, its processor time and its memory."""
    at = Path(f"/proc/{process}")
    times = (at / "stat").read_text().rpartition(")")[2].split()
    seconds = (int(times[11]) + int(times[12])) / TICKS
    lines = (at / "smaps_rollup").read_text().splitlines()[1:]
    memory = {name: int(rest.split()[0]) / 1024 for name, rest in (x.split(":") for x in lines)}
    is_worker = "-m\0serving.running.worker\0" in (at / "cmdline").read_text()
    kind = "worker" if is_worker else SUPERVISOR
    return f"{kind:26}{seconds:8.2f} s{memory['Rss']:9.0f} MB{memory['Pss']:9.0f} MB"


def wait(client: httpx.Client) -> None:
    """Until the service is ready."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    sys.exit("The service did not answer.")


def measure(place: Workspace, workers: int, case_id: str) -> None:
    """Start, describe, ask, stop."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--data", str(place.data), "--port", str(port), "--workers", str(workers)]
    program = Path(sys.executable).with_name("triage")
    start = time.perf_counter()
    server = subprocess.Popen(  # noqa: S603  our own command
        [str(program), "serve", str(place.office), *options], stdout=subprocess.DEVNULL
    )
    try:
        address, key = f"http://127.0.0.1:{port}", headers(place)
        with httpx.Client(base_url=address, headers=key, timeout=PATIENCE) as client:
            wait(client)
            print(f"ready after {time.perf_counter() - start:.1f} s with {workers} workers\n")
            print(f"{'':26}{'processor':>10}{'RSS':>12}{'PSS':>12}")
            print("\n".join(map(describe, processes(server.pid))))
            for name in ("first", "second"):
                begun = time.perf_counter()
                body = json.dumps({"case_ids": [case_id]})
                kind = {"Content-Type": "application/json"}
                client.post("/v1/score", content=body, headers=kind).raise_for_status()
                print(f"{name} score {(time.perf_counter() - begun) * 1000:.0f} ms")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long the service takes to be ready.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    place = Workspace.of(given.office, given.data)
    tables = read_tables(load_office(place.office), place.data)
    closed = tables.case_rows.drop_nulls("closed_at").sort("closed_at")
    measure(place, given.workers, closed["case_id"][-1])


if __name__ == "__main__":
    main()
