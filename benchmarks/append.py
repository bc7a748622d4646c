"""What it costs to take in an event, and how that grows with how many came in before.

    python benchmarks/append.py OFFICE [--data DIR] [--most N]

In one process, without HTTP, in processor time. First single events, each of another closed case
and recorded before its closing, and the next score of that case: the score is compared with that
of tables which hold the event from the start. Then 1/8, 1/4, 1/2 and all of N events one by one,
each time from the tables as they were read; the exponent is the slope of the logarithms.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from cases.tables.arrivals.records import arrived
from features.online.sums import prepare
from serving.running.worker import load_context
from serving.use_cases.context import ServiceContext
from serving.use_cases.scores import scores_of_ids
from serving.workspace import Workspace

SINGLE = 30
WARM_UP = 3
CLOSE = 1e-9


def events_of(context: ServiceContext, count: int) -> list[pl.DataFrame]:
    """An event each of `count` closed cases, in the middle of its time."""
    closed = context.tables.case_rows.drop_nulls("closed_at").sample(count, seed=1)
    middle = pl.col("opened_at") + (pl.col("closed_at") - pl.col("opened_at")) / 2
    activity = next(iter(context.office.activities))
    rows = closed.select("case_id", at=middle, activity=pl.lit(activity))
    return list(rows.iter_slices(1))


def with_event(context: ServiceContext, event: pl.DataFrame) -> ServiceContext:
    """The context with an event that came in."""
    tables = arrived(context.tables, {"events": event}).tables
    prepare(tables)
    return replace(context, tables=tables)


def measure_single(context: ServiceContext, events: list[pl.DataFrame]) -> None:
    """Take in one event and ask for its case, again and again.

    Prints the medians, and the smallest, which other work on the machine disturbs least.
    """
    took: list[tuple[float, float]] = []
    for event in events:
        start = time.process_time()
        context = with_event(context, event)
        first = (time.process_time() - start) * 1000
        asked = event["case_id"].to_list()
        scores_of_ids(context, asked)
        took.append((first, (time.process_time() - start) * 1000 - first))
    compare(context, pl.concat(events)["case_id"].to_list())
    times = np.array(took[WARM_UP:])
    print(f"{context.tables.height:,} rows of cases in memory; {len(times)} events\n")
    print(f"{'milliseconds':20}{'median':>8}{'least':>8}")
    for name, column in zip(
        ("take in an event", "score of its case", "together"),
        (*times.T, times.sum(axis=1)),
        strict=True,
    ):
        print(f"{name:20}{np.median(column):8.1f}{column.min():8.1f}")
    print()


def compare(context: ServiceContext, case_ids: list[str]) -> None:
    """The scores are those of the same rows, put together and sorted anew."""
    names = context.tables.frames
    whole = replace(
        context, tables=context.tables.with_rows(**{n: context.tables.rows(n) for n in names})
    )
    prepare(whole.tables)
    one, other = (scores_of_ids(each, case_ids).scored["risk"] for each in (context, whole))
    assert float((one - other).abs().max() or 0.0) <= CLOSE  # type: ignore[arg-type]


def measure_growth(context: ServiceContext, events: list[pl.DataFrame]) -> None:
    """Take in ever more events one by one; print the totals and the exponent."""
    counts = [len(events) // part for part in (8, 4, 2, 1)]
    seconds = []
    for count in counts:
        now = context
        start = time.process_time()
        for event in events[:count]:
            now = with_event(now, event)
        seconds.append(time.process_time() - start)
        print(f"{count:6,} events  {seconds[-1]:8.2f} s  {seconds[-1] / count * 1000:6.1f} ms each")
    slope = np.polyfit(np.log(counts), np.log(seconds), 1)[0]
    print(f"exponent {slope:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What it costs to take in an event.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--most", type=int, default=800)
    given = parser.parse_args()
    context = load_context(Workspace.of(given.office, given.data))
    prepare(context.tables)
    measure_single(context, events_of(context, WARM_UP + SINGLE))
    measure_growth(context, events_of(context, given.most))


if __name__ == "__main__":
    main()
