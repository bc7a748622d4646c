"""The loop alone for 24 months: what it finds, and whether its estimates hold.

    python -m benchmarks.loop [--cases 4000] [--share 0.25] [--seeds 5] [--train month]
                              [--out FILE.jsonl]

Each month from July 2024 on the office's tables are exported as they are then, the reviews of the
last plan come back, and `triage run-due` does the rest: it trains through the gate, draws a plan
of the cases closed in the month, begins its reviews and reminds. The model learns from nothing
but what these plans brought; until there is one, plans go by the rule of thumb. Beside each plan
the same draw by equal risks and by the true probabilities. Of each plan the rate is estimated two
months later and compared with the share of its frame that its reviewers would find defective.
A line a month; a month that is in FILE already is not printed again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.living_office import LivingOffice, run_round
from cases.errors import Refused
from cli.files.office import workspace_of
from evaluation.surveys.estimate import estimate
from evaluation.surveys.of_plans import surveys_of
from policies.spot_check.plan import columns_of
from policies.spot_check.planning import draw_plan
from policies.spot_check.verify import Kept
from serving.kept.begin import PLANS
from serving.kept.plan import read_plan

MONTHS = 24
FIRST = datetime(2024, 8, 1, 8)  # the first plan is of July
LATER = timedelta(days=62)  # when the reviews of a plan are final
WAYS = ("random", "loop", "oracle")
TRAINING = 'what = "train"\nevery = "month"'
SCHEDULES = """
[[schedules]]
code = "new_data"
what = "read"
every = "day"

[[schedules]]
code = "training"
what = "train"
every = "month"

[[schedules]]
code = "plan"
what = "plan"
every = "month"
hour = 7

[[schedules]]
code = "reminders"
what = "remind"
every = "day"
hour = 7
"""


def months() -> list[datetime]:
    """The first day of each month at eight."""
    return [
        datetime(FIRST.year + (FIRST.month - 1 + n) // 12, (FIRST.month - 1 + n) % 12 + 1, 1, 8)
        for n in range(MONTHS)
    ]


def cycles(living: LivingOffice, seed: int) -> Iterator[dict[str, Any]]:
    """Month by month what the loop did, beside what others would have found."""
    made: list[Path] = []
    for now in months():
        began = time.perf_counter()
        living.export(now)
        for plan in made[-1:]:
            living.review(plan)
        ended = run_round(living.office, now, str(seed))
        came = {one.due.schedule.what: one.outcome for one in ended if one.outcome is not None}
        assert len(came) == len(ended), ended
        plan = living.home / PLANS / str(came["plan"].made)
        made.append(plan)
        kept = read_plan(plan)
        yield {
            "month": f"{now:%Y-%m}",
            "frame": kept.frame.height,
            "drawn": len(kept.listed),
            "by": kept.manifest["risks_by"],
            **found(living, kept),
            "seconds": round(time.perf_counter() - began, 1),
        }
    last = months()[-1] + LATER
    living.export(last)
    for plan in made[-1:]:
        living.review(plan)
    yield {"estimates": [estimated(living, plan) for plan in made]}


def found(living: LivingOffice, kept: Kept) -> dict[str, float]:
    """The defects that each way to choose is expected to find: inclusion times true probability."""
    frame = kept.frame.join(living.truth, on="case_id", maintain_order="left")
    inputs = kept.frame.select(columns_of(kept.frame))
    risks = {"random": pl.Series(np.full(frame.height, 0.1)), "oracle": frame["probability"]}
    plans = {
        way: draw_plan(inputs.with_columns(risk=risk), kept.parameters).frame
        for way, risk in risks.items()
    }
    true = living.truth.select("case_id", "probability")
    expected = {
        way: plan.join(true, on="case_id")
        .select((pl.col("inclusion_probability") * pl.col("probability")).sum())
        .item()
        for way, plan in (plans | {"loop": kept.frame}).items()
    }
    hits = frame.filter(pl.col("case_id").is_in(list(kept.listed)))["defect"].sum()
    return {**expected, "hits": int(hits)}


def estimated(living: LivingOffice, plan: Path) -> dict[str, float | None]:
    """The estimated rate of a plan's frame, and what its reviewers would find in all of it."""
    kept = read_plan(plan)
    tables = workspace_of(living.office).tables()
    true = living.truth.filter(pl.col("case_id").is_in(kept.frame["case_id"].implode()))
    share = int(true["defect"].sum()) / true.height
    try:
        rate = estimate(surveys_of(tables, [kept], datetime.max).surveys, by=()).rate
    except Refused:
        return {"true": share, "rate": None, "low": None, "high": None}
    return {"true": share, "rate": rate.value, "low": rate.low, "high": rate.high}


def main() -> None:
    """Print a line a month, and what they come to."""
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=4_000)
    options.add_argument("--share", type=float, default=0.25)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--first-seed", type=int, default=1)
    options.add_argument("--train", default="month", help="how often: month, quarter or year")
    options.add_argument("--out", type=Path, default=Path("loop.jsonl"))
    asked = options.parse_args()
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        with tempfile.TemporaryDirectory() as place:
            schedules = SCHEDULES.replace(TRAINING, TRAINING.replace("month", asked.train))
            living = LivingOffice.made(Path(place), asked.cases, seed, schedules, asked.share)
            for line in cycles(living, seed):
                with asked.out.open("a") as file:
                    file.write(json.dumps({"seed": seed, **line}) + "\n")
    show([json.loads(line) for line in asked.out.read_text().splitlines()])


def show(lines: list[dict[str, Any]]) -> None:
    """The figures by quarter of the two years, and the estimates."""
    rows = [line for line in lines if "month" in line]
    names = sorted({line["month"] for line in rows})
    print(
        "quarter  cases drawn | found: random  loop  oracle | loop/random  loop/oracle | by model"
    )
    for first in range(0, len(names), 3):
        these = [line for line in rows if line["month"] in names[first : first + 3]]
        mean = {name: np.mean([line[name] for line in these]) for name in ("frame", "drawn")}
        finds = {
            way: np.mean([line[way] for line in these]) for way in ("random", "loop", "oracle")
        }
        model = np.mean([line["by"] == "model" for line in these])
        print(
            f"{names[first]} {mean['frame']:6.0f} {mean['drawn']:5.0f} |"
            f" {finds['random']:13.1f} {finds['loop']:5.1f} {finds['oracle']:7.1f} |"
            f" {finds['loop'] / finds['random']:11.2f} {finds['loop'] / finds['oracle']:12.2f} |"
            f" {model:8.0%}"
        )
    estimates = [one for line in lines for one in line.get("estimates", ())]
    given = [one for one in estimates if one["low"] is not None]
    holds = [one["low"] <= one["true"] <= one["high"] for one in given]
    widths = [one["high"] - one["low"] for one in given]
    errors = [one["rate"] - one["true"] for one in given if one["rate"] is not None]
    print(
        f"{len(estimates)} estimates, {len(given)} with an interval: {np.mean(holds):.1%} hold, "
        f"{np.median(widths):.3f} wide in the median; mean error {np.mean(errors):+.4f}"
    )


if __name__ == "__main__":
    main()
