"""What a plan would buy, looked at before it is drawn: how quick, and how near to the plan.

PYTHONPATH=. python benchmarks/prospects.py [CASES]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from policies.spot_check.plan import FRAME, PlanParameters
from policies.spot_check.planning import candidates, draw_plan
from policies.spot_check.prospect import Prospects

CASES, UNITS, HANDLERS, REPEATS = 200_000, 6, 90, 5
SHARES = (0.0, 0.5, 0.9, 1.0)


def frame(cases: int) -> pl.DataFrame:
    """Cases with risks of 7.7 % on average, of 90 handlers in six units."""
    risk = np.clip(np.random.default_rng(1).beta(1, 12, cases), 0.002, 0.95)
    number = pl.int_range(cases, eager=True)
    return pl.DataFrame(
        {
            "case_id": "A-" + number.cast(pl.String),
            "closed_at": [datetime(2026, 1, 1)] * cases,
            "kind": ["k"] * cases,
            "unit": "u" + (number % UNITS).cast(pl.String),
            "handler": "h" + (number % HANDLERS).cast(pl.String),
            "risk": risk,
            "risk_low": 0.8 * risk,
            "risk_high": 1.1 * risk,
            "rule": [None] * cases,
        },
        schema=FRAME,
    )


def timed(name: str, work: Callable[[], Any]) -> Any:
    """What work gives; the median of its times is printed."""
    times = []
    for _repeat in range(REPEATS):
        began = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - began)
    print(f"{name:45} {1000 * float(np.median(times)):8.0f} ms")
    return found


def main() -> None:
    """Print times, and by how much finds and margin differ from those of the drawn plan."""
    of = frame(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)
    asked = PlanParameters(
        as_of=datetime(2026, 6, 1), capacity=400, seed="1", floor=0.3, doubt=0.25
    )
    by_rule, others = timed("a new day: cases in order", lambda: candidates(of, asked))
    plans = timed("a new capacity: the design", lambda: Prospects.of(by_rule, others, asked))
    timed("and its frontier", lambda: Prospects.of(by_rule, others, asked).frontier)
    timed("the knob: one plan", lambda: plans.at(asked.model_copy(update={"search_share": 0.5})))
    for share in SHARES:
        at = asked.model_copy(update={"search_share": share})
        thought, drawn = plans.at(at).outlook[0], draw_plan(of, at).outlook[0]
        finds = thought.expected_defects / drawn.expected_defects - 1
        margin = (thought.margin or 1) / (drawn.margin or 1) - 1
        print(f"search share {share:4}: finds {finds:+.2%}, margin {margin:+.2%} of the plan's")


if __name__ == "__main__":
    main()
