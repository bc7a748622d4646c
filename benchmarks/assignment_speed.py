"""How long it takes to find who takes new cases, and how that grows with their number.

    .venv/bin/python benchmarks/assignment_speed.py [--only speed|growth]

`speed`: one case and 1,000 cases against 500 handlers, with recusals. `growth`: processor time
for 250 to 4,000 cases and 100 handlers, and the exponent.
"""

from __future__ import annotations

import argparse
import time
from datetime import datetime

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment

from policies.assignment.assign import assign
from policies.assignment.eligibility import RECUSALS
from policies.assignment.result import AssignmentParameters


def speed() -> None:
    """One case and 1,000 cases against 500 handlers, next to one-to-one matching."""
    rng = np.random.default_rng(4)
    handlers = some_handlers(rng, 500)
    none = pl.DataFrame(schema=RECUSALS)
    moments = [clocked(some_cases(rng, 1), handlers, none, str(seed)) for seed in range(300)]
    p50, p99 = 1000 * np.quantile(moments, [0.5, 0.99], axis=0)
    print(f"1 case, 500 handlers: ms of wall {p50[0]:.1f} p50 {p99[0]:.1f} p99,", end=" ")
    print(f"of processor {p50[1]:.1f} p50 {p99[1]:.1f} p99")
    cases = some_cases(rng, 1000)
    for name, number in (("of 3 % of cases", 30), ("of 3 % of all pairs", 15_000)):
        recusals = some_recusals(rng, cases.head(max(30, number)), handlers, number)
        wall, processor = clocked(cases, handlers, recusals, "1")
        print(f"1,000 cases, recusals {name}: {wall:.1f} s of wall, {processor:.1f} of processor")
    begin = time.process_time()
    cost = np.add.outer(cases["effort"].to_numpy(), np.tile(handlers["load"].to_numpy(), 2))
    linear_sum_assignment(cost)
    print(f"peer: linear_sum_assignment 1,000 x 1,000 {time.process_time() - begin:.2f} s")


def growth() -> None:
    """How processor time grows with the cases: with and without recusals of 3 % of them."""
    rng = np.random.default_rng(4)
    numbers = (250, 500, 1000, 2000, 4000)
    handlers = some_handlers(rng, 100)
    for share in (0.0, 0.03):
        took = []
        for number in numbers:
            cases, recused = some_cases(rng, number), round(share * number)
            recusals = some_recusals(rng, cases.head(recused), handlers, recused)
            took.append(min(clocked(cases, handlers, recusals, seed)[1] for seed in "12345"))
        slope = np.polyfit(np.log(numbers), np.log(took), 1)[0]
        times = ", ".join(f"{number:,}: {s:.2f} s" for number, s in zip(numbers, took, strict=True))
        print(f"recusals of {share:.0%} of cases: {times}; exponent {slope:.2f}", flush=True)


def some_handlers(rng: np.random.Generator, number: int) -> pl.DataFrame:
    """Handlers of one unit with some load each."""
    return pl.DataFrame(
        {
            "handler": [f"H{one:03d}" for one in range(number)],
            "unit": ["u"] * number,
            "load": rng.uniform(0, 12, number),
            "open_cases": rng.integers(0, 9, number),
            "capacity": rng.integers(7, 12, number).astype(float),
        }
    )


def some_recusals(
    rng: np.random.Generator, cases: pl.DataFrame, handlers: pl.DataFrame, number: int
) -> pl.DataFrame:
    """Recusals of any of the handlers from any of the cases."""
    return pl.DataFrame(
        {
            "handler": rng.choice(handlers["handler"].to_numpy(), number),
            "case_id": rng.choice(cases["case_id"].to_numpy(), number) if number else [],
            "party": pl.Series([None] * number, dtype=pl.String),
        },
        schema=RECUSALS,
    )


def some_cases(rng: np.random.Generator, number: int) -> pl.DataFrame:
    """Cases of one kind and varying effort."""
    names = {"case_id": [f"c{i}" for i in range(number)], "kind": "k", "unit": "u"}
    return pl.DataFrame(names | {"effort": rng.lognormal(0, 0.6, number)})


def clocked(
    cases: pl.DataFrame, handlers: pl.DataFrame, recusals: pl.DataFrame, seed: str
) -> tuple[float, float]:
    """Seconds of wall clock and of processor that an assignment takes."""
    parameters = AssignmentParameters(as_of=datetime(2026, 3, 2), seed=seed)
    wall, processor = time.perf_counter(), time.process_time()
    assign(cases, handlers, recusals, parameters)
    return time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("speed", "growth"))
    only = parser.parse_args().only
    if only in (None, "speed"):
        speed()
    if only in (None, "growth"):
        growth()


if __name__ == "__main__":
    main()
