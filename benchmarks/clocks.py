"""How long it takes to judge the clocks of all open cases, and of one case after an event.

    triage demo demo --cases 20000
    python benchmarks/clocks.py demo [--cases 10000]

So many cases of the demo office are taken as open, with all their events. Prints the seconds from
the tables in memory to every clock with what each event did to it, then the milliseconds in which
one case is judged anew after one more event, in tables that are prepared for requests; processor
time, and wall time, which depends on what else the machine does. The clocks of the one case must
be those that the batch finds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import EXTENDED, Tables
from cases.tables.values import TIME
from features.build import known_at
from features.online.sums import prepare
from policies.clocks.clocks import Judged, judged, judged_at

TRIALS = 200


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--cases", type=int, default=10_000)
    given = arguments.parse_args()
    tables = read_tables(load_office(given.folder / "office.toml"), given.folder)
    tables = with_open_cases(tables, given.cases)
    as_of = datetime(2099, 1, 1)
    judged(tables, as_of)
    clock = Clock()
    every = judged(tables, as_of)
    seconds, wall = clock.seconds
    events = sum(len(one.course.events) for one in every)
    clocks = sum(len(one.readings) for one in every)
    print(f"{len(every):,} open cases, {events:,} events, {clocks:,} clocks")
    print(f"all judged: {seconds:.2f} s of processor time, {wall:.2f} s")
    processor, walls = zip(*one_by_one(tables, every, as_of), strict=True)
    for sort, took in (("processor", processor), ("wall", walls)):
        middle, slowest = 1000 * statistics.median(took), 1000 * max(took)
        print(
            f"one case after an event, {sort} time: median {middle:.1f} ms, "
            f"slowest of {len(took)} {slowest:.1f} ms"
        )


class Clock:
    """Seconds since it was made: of the processor, and on the wall."""

    def __init__(self) -> None:
        self.begun = time.process_time(), time.perf_counter()

    @property
    def seconds(self) -> tuple[float, float]:
        """Both."""
        return time.process_time() - self.begun[0], time.perf_counter() - self.begun[1]


def with_open_cases(tables: Tables, cases: int) -> Tables:
    """The first `cases` of the office, none of them closed."""
    ids = tables.case_rows["case_id"].sort().head(cases)
    of_these = pl.col("case_id").is_in(ids.implode())
    rows = tables.case_rows.filter(of_these)
    rows = rows.with_columns(closed_at=pl.lit(None, rows.schema["closed_at"]))
    return tables.with_rows(cases=rows, events=tables.event_rows.filter(of_these))


def one_by_one(
    tables: Tables, every: list[Judged], as_of: datetime
) -> Iterator[tuple[float, float]]:
    """Seconds from the last event of a case to its clocks, for some cases."""
    prepare(tables)
    for one in every[:: max(1, len(every) // TRIALS)]:
        case_id = one.course.case_id
        now = {name: tables.of_cases(name, [case_id]) for name in EXTENDED}
        row = {"case_id": [case_id], "moment": [as_of]}
        asked = pl.DataFrame(row, {"case_id": pl.String(), "moment": TIME})
        clock = Clock()
        there = tables.plus(**now, replaced=[case_id])
        (found,) = judged_at(there, known_at(there, asked))
        yield clock.seconds
        assert found.readings == one.readings


if __name__ == "__main__":
    main()
