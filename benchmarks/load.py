"""How many requests a second the service answers, next to a BentoML endpoint that does nothing.

    python benchmarks/load.py OFFICE [--data DIR] [--seconds S] [--clients C] [--workers W]
        [--writes]

Starts the service of an office that has a champion, and an empty BentoML service, with as many
workers each. Clients ask one after the other without a pause: of a hundred requests 80 are about
the score of one case, 10 about the intake of one, 8 about a plan of 200 and 2 about a plan of the
whole office; with --writes facts come in too, ten in a hundred. Intakes and facts stay in the
office's ledger: give a copy of an office. Prints requests a second of the mix and of the empty
endpoint, asked by as many clients in the same run, errors, and the median and the 99th percentile
by kind.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.serving_latency import EMPTY, PATIENCE, fresh, kinds, running_empty, running_office
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from serving.workspace import Workspace

# Of a hundred requests.
MIX = {
    "/v1/score, 1 case": 80,
    "/v1/intake, 1 case": 10,
    "/v1/spot_checks, 200 cases": 8,
    "/v1/spot_checks, whole office": 2,
}
MIX_WITH_WRITES = {
    "/v1/score, 1 case": 72,
    "/v1/intake, 1 case": 9,
    "/v1/spot_checks, 200 cases": 7,
    "/v1/spot_checks, whole office": 2,
    "/v1/events, 1 event": 6,
    "/v1/reviews, 1 review": 2,
    "/v1/cases, 1 case": 2,
}
Asked = tuple[str, Any]  # path and body


@dataclass
class Told:
    """What came back: milliseconds by kind of request, how many failed, and how long it took."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(map(len, self.took.values())) / self.seconds


def facts(tables: Tables) -> dict[str, Asked]:
    """What is written, by name: an event and a review of the last closed case, and a new case."""
    office, (case,) = tables.office, tables.case_rows.sort("closed_at").tail(1).to_dicts()
    day, named = case["closed_at"].isoformat(), {"case_id": case["case_id"]}
    event = named | {"at": day, "activity": next(iter(office.activities))}
    review = named | {"reviewed_at": day, "grade": next(iter(office.present_grades))}
    review["kind"] = tables.review_rows["kind"].drop_nulls().first()
    new = {"opened_at": day, "kind": case["kind"], "unit": case["unit"]}
    return {
        "/v1/events, 1 event": ("/v1/events", {"events": [event]}),
        "/v1/reviews, 1 review": ("/v1/reviews", {"reviews": [review]}),
        "/v1/cases, 1 case": ("/v1/cases", {"cases": [new]}),
    }


def endless(mix: Mapping[str, int], seed: int) -> Iterator[str]:
    """Kinds of request in random order, as often as the mix says."""
    rng = random.Random(seed)  # noqa: S311  the same order in every run
    while True:
        yield rng.choices([*mix], [*mix.values()])[0]


async def asking(
    of: httpx.Client,
    asked: Mapping[str, Asked],
    mix: Mapping[str, int],
    seed: int,
    told: Told,
    end: float,
) -> None:
    """One client, until the clock says `end`."""
    headers, address = of.headers, of.base_url
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=PATIENCE) as client:
        for name in endless(mix, seed):
            if time.monotonic() >= end:
                return
            path, body = asked[name]
            sent, own = fresh(path, body)
            start = time.monotonic()
            try:
                answer = await client.post(path, json=sent, headers=own)
            except httpx.TransportError:
                told.errors += 1
                continue
            told.errors += not answer.is_success
            told.took[name].append((time.monotonic() - start) * 1000)


async def under_load(
    of: httpx.Client,
    asked: Mapping[str, Asked],
    mix: Mapping[str, int],
    clients: int,
    seconds: float,
) -> Told:
    """What came back to so many clients in so many seconds."""
    told, start = Told(), time.monotonic()
    await asyncio.gather(
        *(asking(of, asked, mix, seed, told, start + seconds) for seed in range(clients))
    )
    told.seconds = time.monotonic() - start
    return told


def warm_up(
    client: httpx.Client, asked: Mapping[str, Asked], names: Sequence[str], times: int
) -> None:
    """Every kind once for each worker, probably: the first request of a kind makes its plans."""
    for name in names:
        for _time in range(times):
            path, body = asked[name]
            sent, own = fresh(path, body)
            client.post(path, json=sent, headers=own).raise_for_status()


def show(mixed: Told, empty: Told) -> None:
    """Print both rates and one line per kind of request."""
    print(f"mix   {mixed.rate:8.1f} requests/s, {mixed.errors} errors")
    print(f"empty {empty.rate:8.1f} requests/s, {empty.errors} errors")
    print(f"ratio {mixed.rate / empty.rate:8.3f}\n")
    print(f"{'milliseconds':28}{'requests':>10}{'p50':>9}{'p99':>9}")
    for name, times in (mixed.took | empty.took).items():
        p50, p99 = np.percentile(times, [50, 99])
        print(f"{name:28}{len(times):10}{p50:9.1f}{p99:9.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How many requests a second are answered.")
    parser.add_argument("office", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--writes", action="store_true", help="facts come in, too")
    given = parser.parse_args()
    place = Workspace.of(given.office, given.data)
    tables = read_tables(load_office(place.office), place.data)
    asked, mix = kinds(tables), MIX
    if given.writes:
        asked, mix = asked | facts(tables), MIX_WITH_WRITES
    with running_office(place, given.workers) as office, running_empty(given.workers) as empty:
        warm_up(office, asked, [*mix], 4 * given.workers)
        mixed, nothing = (
            asyncio.run(under_load(of, asked, mix, given.clients, given.seconds))
            for of, mix in ((office, mix), (empty, {EMPTY: 1}))
        )
    show(mixed, nothing)


if __name__ == "__main__":
    main()
