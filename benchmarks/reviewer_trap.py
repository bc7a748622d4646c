"""Does the evaluation see a model that has only learnt who reviews what?

A demo office in which every case is equally likely to be defective. Each reviewer reads the
files of one police bureau and is more or less severe, so that the bureau predicts the grade.
A model fitted on such reviews ranks later reviews well, and knows nothing about cases: the
interval of the lift within reviewers should contain 1 in about 95 offices of 100. An office
takes half a minute to a minute.

    .venv/bin/python benchmarks/reviewer_trap.py [OFFICES] [CASES]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import make_demo
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from evaluation.backtests.backtest import backtest
from evaluation.backtests.performance import risk_performance
from evaluation.backtests.strata import Within
from evaluation.statistics.metrics import Figure

UNTIL = datetime(2026, 7, 1)
ALWAYS = -2.2  # log-odds of a defect in every case
SPREAD = 1.0  # standard deviation of the reviewers' severities, in log-odds


def main(offices: int, cases: int) -> None:
    """Print the figures of every office, and how often the trap is seen."""
    print("seed: AUC and lift over all; AUC and lift within reviewers")
    seen = 0
    for seed in range(offices):
        found = by_reviewer(trap(seed, cases))
        seen += found.signal is False
        over_all, own = (found.auc, found.lift), (found.auc_within, found.lift_within)
        print(f"{seed:4}: {_shown(*over_all)};  {_shown(*own)}", flush=True)
    print(found.says.say("en"))
    print(found.says.say("zh"))
    print(f"no case signal said of {seen} of {offices} offices of {cases:,} cases without any")


def trap(seed: int, cases: int) -> Tables:
    """A demo office whose grades depend on the reviewer alone, and reviewers on the bureau."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = read_tables(load_office(make_demo(folder, cases=cases, seed=seed)), folder)
    rng = np.random.default_rng(seed)
    bureaus = tables.case_rows.select("case_id", reviewer="police_bureau")
    reviews = tables.review_rows.filter(pl.col("kind") != "double").drop("reviewer", "grade")
    reviews = reviews.join(bureaus, on="case_id", maintain_order="left")
    names = reviews["reviewer"].unique().sort()
    severity = dict(zip(names, rng.normal(0, SPREAD, len(names)), strict=True))
    probability = 1 / (
        1 + np.exp(-ALWAYS - reviews["reviewer"].replace_strict(severity).to_numpy())
    )
    bad = pl.Series(rng.random(reviews.height) < probability)
    grade = pl.when(bad).then(pl.lit("unqualified")).otherwise(pl.lit("qualified"))
    office = tables.office.model_copy(update={"complexity": None})
    return Tables.of(
        office,
        tables.case_rows,
        events=tables.event_rows,
        reviews=reviews.with_columns(grade=grade).select(tables.review_rows.columns),
        handlers=tables.handler_rows,
    )


def by_reviewer(tables: Tables) -> Within:
    """The figures within reviewers of a backtest of the last year and a half."""
    tested = backtest(
        tables,
        first=date(2025, 1, 1),
        last=date(2026, 6, 30),
        until=UNTIL,
        every="year",
        retrain="year",
    )
    found = risk_performance(tables, tested, UNTIL)
    assert found is not None
    return found.within[0]


def _shown(*figures: Figure) -> str:
    return "  ".join(
        f"{figure.value:.3f} ({figure.low:.3f}, {figure.high:.3f})" for figure in figures
    )


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    main(*(numbers + [18, 20_000][len(numbers) :]))
