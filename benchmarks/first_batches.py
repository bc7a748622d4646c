"""What a new office's first batches of reviews find: from a start without any review.

    python benchmarks/first_batches.py [--cases 20000] [--share 0.15] [--seeds 4] [--batches 3]

A demo office without its reviews. At the end of each quarter from June 2025 on the model is trained
through the gate on the reviews there are, the product draws its plan among the cases closed in the
quarter, and a month later they are reviewed: defective with the true probability. A plan has
a `share` of the quarter's cases, those of the mandatory rules among them. Beside it the same draw
by equal risks, by the office's rule of thumb as it stands without labels, and by the true
probabilities. Printed by batch: the defects each is expected to find (inclusion times true
probability, mean over the seeds), and what the product planned by.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import TRUTH, make_demo
from cases.office.loading import load_office
from cases.progress import silent
from cases.tables.reading import read_tables
from cases.tables.tables import REVIEWS, Tables
from evaluation.promotion.candidate import train_candidate
from models.registry import Registry
from policies.spot_check.plan import PlanParameters, SpotCheckPlan
from policies.spot_check.planning import draw_plan
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import plan_frame
from training.fit import fit_start, start_table
from training.labels import risk_labels
from training.splits import rolling_origin

FIRST, LAST = datetime(2025, 4, 1), datetime(2026, 6, 30)
WAYS = ("random", "rule of thumb", "product", "truth")


def new_office(folder: Path, cases: int, seed: int) -> tuple[Tables, pl.DataFrame]:
    """A demo office before its first review, with risk alone to learn, and the true risks."""
    described = load_office(make_demo(folder, cases=cases, seed=seed))
    whole = read_tables(described, folder)
    office = described.model_copy(update={"complexity": None})
    tables = Tables.of(office, whole.case_rows, events=whole.event_rows)
    truth = pl.read_parquet(folder / TRUTH).select("case_id", truth="defect_probability")
    drawn = np.random.default_rng(seed).random(truth.height)
    return tables, truth.with_columns(defect=pl.Series(drawn) < pl.col("truth"))


def batches(
    folder: Path, tables: Tables, truth: pl.DataFrame, share: float, count: int
) -> Iterator[tuple[str, dict[str, float]]]:
    """Batch by batch what the product planned by, and the finds of every way."""
    registry, reviews = Registry(folder / "home"), pl.DataFrame(schema=REVIEWS)
    for quarter in list(rolling_origin(FIRST.date(), LAST.date(), "quarter"))[:count]:
        known = tables.with_rows(reviews=reviews)
        train_candidate(known, registry, quarter.until, silent)
        champion = registry.champion(known.office)
        asked = PlanParameters.of(
            known.office, as_of=quarter.until, closed_after=quarter.after, capacity=1, seed="1"
        )
        frame = plan_frame(ServiceContext(known, champion), asked)
        asked = asked.model_copy(update={"capacity": round(share * frame.height)})
        plans = {
            way: draw_plan(frame.with_columns(risk=risk), asked)
            for way, risk in risks(tables, frame, truth, quarter.until).items()
        }
        found = {way: expected(plan, truth) for way, plan in plans.items()}
        yield "model" if champion.start is None else champion.start.kind, found
        reviews = pl.concat([reviews, reviewed(plans["product"], truth, quarter.until)])


def risks(
    tables: Tables, frame: pl.DataFrame, truth: pl.DataFrame, until: datetime
) -> dict[str, pl.Series]:
    """The risks of the cases of the frame, by every way."""
    x = start_table(tables, until)
    unlabelled = fit_start(x, risk_labels(tables, until), tables.office)
    points = x.select("case_id", points=pl.Series(unlabelled.predict(x)))
    joined = frame.join(points, on="case_id", maintain_order="left")
    joined = joined.join(truth, on="case_id", maintain_order="left")
    equal = pl.Series(np.full(frame.height, 0.1))
    columns = equal, joined["points"], frame["risk"], joined["truth"]
    return dict(zip(WAYS, columns, strict=True))


def expected(plan: SpotCheckPlan, truth: pl.DataFrame) -> float:
    """How many defects the plan finds on average over its draws."""
    both = plan.frame.join(truth, on="case_id")
    return float((both["inclusion_probability"] * both["truth"]).sum())


def reviewed(plan: SpotCheckPlan, truth: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """The reviews of the drawn cases, a month later."""
    lines = plan.lines.join(truth, on="case_id", maintain_order="left")
    grade = pl.when("defect").then(pl.lit("unqualified")).otherwise(pl.lit("qualified"))
    return lines.select(
        "case_id",
        reviewed_at=pl.lit(until + timedelta(days=30)),
        reviewer=pl.lit("R01"),
        kind=pl.lit("random"),
        grade=grade,
        inclusion_probability="inclusion_probability",
        dimensions=pl.lit(None, pl.String),
        hours=pl.lit(None, pl.Float64),
    ).cast(pl.Schema(REVIEWS))


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--share", type=float, default=0.15)
    options.add_argument("--seeds", type=int, default=4)
    options.add_argument("--batches", type=int, default=3)
    asked = options.parse_args()
    found: list[list[dict[str, float]]] = [[] for _ in range(asked.batches)]
    planned_by: list[Counter[str]] = [Counter() for _ in range(asked.batches)]
    for seed in range(asked.seeds):
        with tempfile.TemporaryDirectory() as name:
            tables, truth = new_office(Path(name, "demo"), asked.cases, seed)
            steps = batches(Path(name), tables, truth, asked.share, asked.batches)
            for number, (kind, finds) in enumerate(steps):
                found[number].append(finds)
                planned_by[number][kind] += 1
    print(f"{asked.cases:,} cases, {asked.share:.0%} of a quarter, {asked.seeds} seeds")
    print("batch", *(f"{way:>14}" for way in WAYS), " planned by")
    for number, finds_of in enumerate(found):
        means = [np.mean([finds[way] for finds in finds_of]) for way in WAYS]
        kinds = ", ".join(f"{kind} {times}" for kind, times in planned_by[number].items())
        print(f"{number + 1:5}", *(f"{mean:14.1f}" for mean in means), f" {kinds}")


if __name__ == "__main__":
    main()
