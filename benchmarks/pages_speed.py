"""How long every page takes in a large office, and how large it is.

    python -m benchmarks.pages_speed OFFICE [--times N] [--asked N]

OFFICE has a champion. Its cases are taken N times, under new ids; a plan of 3,000 cases is under
way, a part of which is graded. Every page that can be reached by links, from the menus of a
manager, a reviewer, an auditor and the administrators, is asked for again and again, by turns, in
this process. Prints for each address without what it asks (`/case`) the median and the 95th
percentile of the time on the clock and of the processor's time, in milliseconds, and the largest
size in bytes. On a machine that does other things as well, the processor's time is the one to
compare: nothing but the disk of the ledger is waited for.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import polars as pl

from cases.integrity.manifest import read_manifest
from cases.tables.tables import Tables
from features.online.sums import prepare
from ledger.ledger import Ledger
from policies.spot_check.plan import PlanParameters
from serving.access.caller import Caller
from serving.access.directory import Directory
from serving.access.rules import Role
from serving.http.app import application
from serving.http.pages.shell.rooms import Rooms
from serving.kept.begin import PLANS
from serving.kept.folders import file_hashes
from serving.kept.home.reports import REPORTS
from serving.kept.plan import write_plan
from serving.memory.current import Current
from serving.memory.grades import record_grade
from serving.running.worker import load_context
from serving.use_cases.context import ServiceContext
from serving.use_cases.recording.records import report_record
from serving.use_cases.remembered import name_of
from serving.use_cases.spot_checks import spot_checks
from serving.work.reviewing import Assigned, Begun, Graded
from serving.work.step import step_entry
from serving.workspace import Workspace
from tests.factories.client import OpenDoor
from tests.serving.http.pages.every_page.walking import starts_for, walk

CAPACITY, READERS, MOST_GRADED = 3_000, 20, 200
NEWEST = timedelta(days=92)  # cases of so long before the end can be drawn
FILES = ("/plan/file", "/docs.json", "/metrics", "/healthz")
PEOPLE = (
    (Role.MANAGER, "m1"),
    (Role.REVIEWER, "R01"),
    (Role.AUDITOR, "a1"),
    (Role.SYSTEM_ADMIN, "s1"),
    (Role.SECURITY_ADMIN, "s2"),
)


@dataclass
class Times:
    """Of one kind of address: milliseconds on the clock and of the processor, and sizes."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    size: int = 0


def many(context: ServiceContext, times: int) -> ServiceContext:
    """The office with every case so many times, under new ids."""
    tables = context.tables

    def repeated(rows: pl.DataFrame) -> pl.DataFrame:
        copies = (
            rows.with_columns(case_id=pl.format("{}-{}", "case_id", pl.lit(at)))
            for at in range(times)
        )
        return pl.concat(copies)

    rows = {name: tables.rows(name) for name in tables.frames}
    rows |= {name: repeated(rows[name]) for name in ("cases", "events", "reviews")}
    rows["events"] = rows["events"].with_columns(sequence=pl.int_range(pl.len(), dtype=pl.Int64()))
    cases, further = rows.pop("cases"), cast("dict[str, Any]", rows)
    made = Tables.of(tables.office, cases, data_hash="0" * 64, **further)
    prepare(made)
    return replace(context, tables=made)


def under_way(context: ServiceContext, home: Path, ledger: Ledger) -> None:
    """A plan is drawn and begun, and a part of it graded."""
    as_of = context.tables.latest_record
    parameters = PlanParameters.of(
        context.office, as_of=as_of, closed_after=as_of - NEWEST, capacity=CAPACITY, seed="5"
    )
    planned, drawn = spot_checks(context, parameters), home / "drawn"
    about = {"data_hash": "0" * 64, "model": {}, "model_hash": "0" * 64, "code": "x"}
    write_plan(planned, context.tables, "en", about, drawn)
    plan = planned.plan.plan_id
    shutil.copytree(drawn, home / PLANS / plan)
    ids = planned.plan.lines["case_id"].to_list()
    readings = tuple(
        Assigned(case_id=one, reading="first", reviewer=f"R{at % READERS:02}", probability=0.05)
        for at, one in enumerate(ids)
    )
    manifest = read_manifest(drawn).hash
    begun = Begun(plan=plan, manifest=manifest, seed="5", draw="d", readings=readings)
    ledger.append(step_entry(name_of(context.office), begun, None))
    current = Current(context, ledger)
    grades = (
        [grade.code for grade in context.office.reviews.grades] if context.office.reviews else []
    )
    for at, reading in enumerate(readings[:MOST_GRADED]):
        step = Graded(
            plan=plan,
            case_id=reading.case_id,
            reading="first",
            reviewer=reading.reviewer,
            grade=grades[-1 if at % 10 == 0 else 1],
            reason="Looked at.",
        )
        moment = as_of + timedelta(days=1)
        record_grade(lambda: current.context, current.record_all, step, moment, 0.5, "u")


def measured(current: Current, rooms: Rooms, asked: int) -> Iterator[tuple[str, Times]]:
    """The times of every kind of address, as each of the people sees it."""
    for role, person in PEOPLE:
        caller = Caller(f"u-{person}", frozenset([role]), None, person)
        found = asyncio.run(_asked(current, rooms, caller, asked))
        for path, times in found.items():
            yield f"{path} ({role})", times


async def _asked(current: Current, rooms: Rooms, caller: Caller, asked: int) -> dict[str, Times]:
    app = application(current, OpenDoor(caller), rooms=rooms)
    transport, found = httpx.ASGITransport(app), defaultdict[str, Times](Times)
    async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
        loop = asyncio.get_running_loop()

        def get(path: str) -> httpx.Response:
            return asyncio.run_coroutine_threadsafe(client.get(path), loop).result()

        answers = await asyncio.to_thread(walk, get, starts_for(caller), 10)
        pages = [
            path
            for path, answer in answers.items()
            if answer.status_code == 200 and not path.startswith(FILES)
        ]
        for _round in range(asked):
            for path in pages:
                clock, processor = time.perf_counter(), time.process_time()
                answer = await client.get(path)
                times = found[path.split("?")[0]]
                times.clock.append(1000 * (time.perf_counter() - clock))
                times.processor.append(1000 * (time.process_time() - processor))
                times.size = max(times.size, len(answer.content))
    return found


def main() -> None:
    """Load, make it large, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("office", type=Path)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--asked", type=int, default=10)
    given = parser.parse_args()
    workspace = Workspace.of(given.office)
    context = many(load_context(workspace), given.times)
    count = context.tables.case_rows.height
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if (workspace.home / REPORTS).exists():
            shutil.copytree(workspace.home / REPORTS, home / REPORTS)
        with Ledger.at(home) as ledger:
            for kept in (home / REPORTS).glob("*"):
                hashes = file_hashes(sorted(kept.iterdir()))
                ledger.append(report_record(hashes, "0" * 64, "0" * 64))
            under_way(context, home, ledger)
            directory = Directory.at(home, ledger.append)
            current = Current(context, ledger)
            print(f"{count:,} cases; ms on the clock and of the processor, bytes")
            rooms = Rooms(home, directory)
            for path, times in sorted(measured(current, rooms, given.asked)):
                clock, processor = (
                    "{:6.0f} {:6.0f}".format(*np.percentile(values, [50, 95]))
                    for values in (times.clock, times.processor)
                )
                print(f"{path:48s} {clock}   {processor}   {times.size:7,}", flush=True)
            directory.close()


if __name__ == "__main__":
    main()
