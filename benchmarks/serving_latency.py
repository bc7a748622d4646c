"""How long an answer takes, next to a BentoML endpoint that does nothing.

    python benchmarks/serving_latency.py OFFICE [--data DIR] [--requests N]

Starts the service of an office that has a champion, and an empty BentoML service, each
with one worker, and asks them by turns over one connection each. Prints the median (p50)
and the 99th percentile (p99) in milliseconds, and the median as a multiple of the empty
endpoint's. Before them the first request of each kind, which makes its plans.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import polars as pl

from benchmarks.key import headers
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from serving import serve
from serving.workspace import Workspace

EMPTY = "empty endpoint"
WARM_UP = 5
KEY = "Idempotency-Key"
PATIENCE = 120  # seconds until a service that does not answer has failed
HOST = "127.0.0.1"


def documents(tables: Tables, count: int) -> list[dict[str, Any]]:
    """The newest closed cases with all their events, as a request sends them, under new ids."""
    closed = tables.case_rows.drop_nulls("closed_at").sort("closed_at").tail(count)
    events = tables.event_rows.join(closed, on="case_id", how="semi").sort("sequence")
    by_case = events.partition_by("case_id", as_dict=True)
    attributes = list(tables.office.attributes)
    return [
        {
            "case_id": f"new {case['case_id']}",
            "attributes": {name: _plain(case[name]) for name in attributes},
            "events": _events(by_case.get((case["case_id"],))),
        }
        | {
            name: _plain(case[name])
            for name in ("opened_at", "closed_at", "kind", "unit", "handler")
        }
        for case in closed.iter_rows(named=True)
    ]


def new_documents(tables: Tables, count: int) -> list[dict[str, Any]]:
    """The cases opened last, as they stood at intake, under new ids."""
    newest = tables.case_rows.sort("opened_at").tail(count)
    attributes = [name for name in tables.office.intake_facts if name not in ("kind", "unit")]
    return [
        {
            "case_id": f"new {case['case_id']}",
            "attributes": {name: _plain(case[name]) for name in attributes},
        }
        | {name: _plain(case[name]) for name in ("opened_at", "kind", "unit")}
        for case in newest.iter_rows(named=True)
    ]


def _events(events: pl.DataFrame | None) -> list[dict[str, Any]]:
    if events is None:
        return []
    named = events.select("at", "recorded_at", "activity", "actor").iter_rows(named=True)
    return [{name: _plain(value) for name, value in event.items()} for event in named]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@contextmanager
def running_office(place: Workspace, workers: int = 1) -> Iterator[httpx.Client]:
    """A client of the service of an office, which is stopped afterwards."""
    with running_process(place, workers) as (client, _process):
        yield client


@contextmanager
def running_process(
    place: Workspace, workers: int
) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """The same, with its process."""
    environment = serve.environment(place, workers) | {"TRIAGE_PORT": str(_free_port())}
    with _running([sys.executable, "-m", "serving"], environment, headers(place)) as running:
        yield running


@contextmanager
def running_empty(workers: int = 1) -> Iterator[httpx.Client]:
    """A client of a BentoML service that does nothing, which is stopped afterwards."""
    port = str(_free_port())
    bento = ["serve", "benchmarks.empty_service:Empty", "--working-dir", str(serve.root())]
    command = [sys.executable, "-m", "bentoml", *bento, "--host", HOST, "--port", port]
    with tempfile.TemporaryDirectory() as home:
        environment = {"BENTOML_HOME": home, "BENTOML_DO_NOT_TRACK": "True", "TRIAGE_PORT": port}
        with _running(command, environment | {"TRIAGE_WORKERS": str(workers)}) as (client, _):
            yield client


@contextmanager
def _running(
    command: Sequence[str],
    environment: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """A client of a service on `TRIAGE_PORT`, which sends these headers, and its process."""
    server = subprocess.Popen(  # noqa: S603  our own command
        command,
        env=dict(os.environ) | dict(environment),
        cwd=serve.root(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://{HOST}:{environment['TRIAGE_PORT']}"
        with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as client:
            _wait(client)
            yield client, server
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(client: httpx.Client) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            client.get("/livez").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The service did not answer.")


def fresh(path: str, body: Any) -> tuple[Any, dict[str, str]]:
    """A body and headers as of a request of its own: no case is given twice, no fact is known."""
    mark = uuid.uuid4().hex
    if path == "/v1/intake":
        cases = [case | {"case_id": f"{case['case_id']} {mark}"} for case in body["cases"]]
        return body | {"cases": cases}, {}
    if path == "/v1/cases":
        return {"cases": [case | {"case_id": mark} for case in body["cases"]]}, {KEY: mark}
    if path == "/v1/events":
        return {"events": [event | {"actor": mark} for event in body["events"]]}, {KEY: mark}
    if path == "/v1/reviews":
        return {"reviews": [row | {"reviewer": mark} for row in body["reviews"]]}, {KEY: mark}
    return body, {}


def milliseconds(client: httpx.Client, path: str, body: Any) -> float:
    """How long one answer takes."""
    sent, headers = fresh(path, body)
    start = time.perf_counter()
    client.post(path, json=sent, headers=headers).raise_for_status()
    return (time.perf_counter() - start) * 1000


def kinds(tables: Tables) -> dict[str, tuple[str, Any]]:
    """What is asked, by name: path and body."""
    newest: Any = tables.case_rows["closed_at"].max()
    plan_request = {"as_of": newest.isoformat(), "capacity": 20}
    one, many = {"cases": documents(tables, 1)}, {"cases": documents(tables, 200)}
    return {
        EMPTY: ("/nothing", {}),
        "/v1/score, 1 case": ("/v1/score", one),
        "/v1/score, 200 cases": ("/v1/score", many),
        "/v1/intake, 1 case": ("/v1/intake", {"cases": new_documents(tables, 1)}),
        "/v1/intake, 200 cases": ("/v1/intake", {"cases": new_documents(tables, 200)}),
        "/v1/spot_checks, 1 case": ("/v1/spot_checks", plan_request | one),
        "/v1/spot_checks, 200 cases": ("/v1/spot_checks", plan_request | many),
        "/v1/spot_checks, whole office": ("/v1/spot_checks", plan_request),
    }


def measure(
    empty: httpx.Client, office: httpx.Client, asked: Mapping[str, tuple[str, Any]], rounds: int
) -> dict[str, list[float]]:
    """Milliseconds by kind, the very first before those that count.

    The kinds in turn, so that other work meets all of them alike.
    """
    took: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(WARM_UP + rounds):
        for name, (path, body) in asked.items():
            time_taken = milliseconds(empty if name == EMPTY else office, path, body)
            took[name] += [time_taken] if number == 0 or number >= WARM_UP else []
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How long an answer of the service takes.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--requests", type=int, default=100)
    given = parser.parse_args()
    place = Workspace.of(given.office, given.data)
    tables = read_tables(load_office(place.office), place.data)
    with running_office(place) as office, running_empty() as empty:
        show(measure(empty, office, kinds(tables), given.requests), tables)


def show(took: Mapping[str, list[float]], tables: Tables) -> None:
    """Print one line per kind of request."""
    empty = np.median(took[EMPTY][1:])
    requests = len(took[EMPTY]) - 1
    print(f"{tables.case_rows.height:,} cases, {tables.event_rows.height:,} events in memory;")
    print(f"{requests} requests of each kind; milliseconds\n")
    print(f"{'':28}{'first':>8}{'p50':>8}{'p99':>8}{'p50 / empty':>13}")
    for name, (first, *times) in took.items():
        p50, p99 = np.percentile(times, [50, 99])
        print(f"{name:28}{first:8.1f}{p50:8.1f}{p99:8.1f}{p50 / empty:13.1f}")


if __name__ == "__main__":
    main()
