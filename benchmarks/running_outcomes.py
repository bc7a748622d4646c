"""How well an outcome is foreseen while a case runs, by how far it has come.

    python benchmarks/running_outcomes.py demo [--office OFFICE.toml]
    python benchmarks/running_outcomes.py road_traffic_fines_running [--data DIR] [--cases 12000]
    python benchmarks/running_outcomes.py bpic2020_requests [--data DIR]

Of the demo: whether a review finds a defect, tried on outcomes of all later cases that are drawn by
their true probabilities (truth.parquet). Of the fines: whether there will be an appeal. Of the
requests: whether one will be rejected by anyone. Cases to whom it has happened by a moment are not
asked about there. Models learn what was known when the last fifth of the cases (by their start)
began, from cases at a landmark, and are tried on those at 25, 50 and 75 % of their run.
Prints AUC with its standard error beside LightGBM as it comes, fitted on the same cases.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from benchmarks.remaining import DATA, ROOT, drawn
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables, moments_of, rows
from features.build import build
from models.estimators.baselines import PlainLightGBM
from models.questions.running_risk import RunningRiskModel
from training.fit import sample_of
from training.labels import effort_labels, ran, risk_labels, runs
from training.landmarks import one_landmark

OUTCOMES = {"road_traffic_fines_running": "Appeal", "bpic2020_requests": "REJECTED"}  # in the name
PARTS = (0.25, 0.5, 0.75)
DEMO = "demo"
RESAMPLED = 200


def main() -> None:
    """Read, fit, try, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("log", choices=(DEMO, *OUTCOMES))
    arguments.add_argument("--office", type=Path, help="the office file of a demo office")
    arguments.add_argument("--data", type=Path, default=DATA, help="the folder of the data sets")
    arguments.add_argument("--cases", type=int, default=12_000, help="of the largest log")
    chosen = arguments.parse_args()
    if chosen.log == DEMO:
        tables = read_tables(load_office(chosen.office), chosen.office.parent)
        later = true_outcomes(chosen.office.parent / "truth.parquet")
    else:
        office = load_office(ROOT / "offices" / f"{chosen.log}.toml")
        tables = drawn(read_tables(office, chosen.data), chosen.cases)
        later = labels(chosen.log, tables, tables.latest_record)
    report(chosen.log, tables, later)


def true_outcomes(path: Path) -> pl.DataFrame:
    """Outcomes of the demo's cases, drawn by their true probabilities."""
    truth = pl.read_parquet(path, columns=["case_id", "defect_probability"])
    draws = np.random.default_rng(2026).random(truth.height)
    y = (pl.Series(draws) < truth["defect_probability"]).cast(pl.Int8)
    return truth.select("case_id", y=y, since=pl.lit(None, pl.Datetime("us")))


def report(log: str, tables: Tables, outcomes: pl.DataFrame) -> None:
    """Print the figures of a log."""
    cases = effort_labels(tables, tables.latest_record)
    cut = cases["moment"].sort()[int(0.8 * cases.height)]
    outcome = labels(log, tables, cut)
    ended = runs(tables, cut).join(outcome.select("case_id", "since"), on="case_id")
    ended = ended.with_columns(end=pl.min_horizontal("end", "since"))
    at = one_landmark(ended.with_columns(ran=ran()))
    known = before(at.join(outcome, on="case_id"))
    model = RunningRiskModel.of(tables.office)
    x = features(tables, known, model)
    sample = sample_of(x, known.select(*KEPT))
    model.fit(sample)
    plain = PlainLightGBM(model.names).fit(sample)
    print(f"{log}: learnt from {known.height:,} cases, {known['y'].sum():,} with the outcome")
    later = outcomes.join(
        cases.filter(pl.col("moment") > cut)
        .drop_nulls("known_at")
        .select("case_id", opened="moment", closed="known_at"),
        on="case_id",
    )
    for part in PARTS:
        gone = (pl.col("closed") - pl.col("opened")) * part
        asked = before(later.with_columns(moment=(pl.col("opened") + gone).cast(pl.Datetime("us"))))
        tried = features(tables, asked, model)
        y = tried.select("case_id").join(asked, on="case_id", maintain_order="left")["y"].to_numpy()
        shown = ", ".join(
            f"{name} {auc(y, way.predict(tried))}"
            for name, way in (("this", model), ("LightGBM", plain))
        )
        print(f"  at {part:.0%}: {len(y):,} cases, {y.sum():,} with the outcome: AUC {shown}")


KEPT = ("case_id", "moment", "y", "weight", "surveyed", "severity")


def labels(log: str, tables: Tables, until: datetime) -> pl.DataFrame:
    """Whether each case that was closed by then had the outcome, and since when (`since`)."""
    if log == DEMO:
        found = risk_labels(tables, until).drop("moment")
        return found.with_columns(since=pl.lit(None, pl.Datetime("us")))
    events = tables.event_rows.filter(pl.col("activity").str.contains(OUTCOMES[log], literal=True))
    since = events.group_by("case_id").agg(since=pl.col("recorded_at").min())
    closed = effort_labels(tables, until).filter(pl.col("known_at") <= until)
    found = closed.select("case_id").join(since, on="case_id", how="left")
    return found.with_columns(
        y=pl.col("since").is_not_null().cast(pl.Int8),
        weight=pl.lit(1.0),
        surveyed=pl.lit(True),
        severity=pl.lit(0.0),
    )


def before(labelled: pl.DataFrame) -> pl.DataFrame:
    """The moments at which the outcome has not happened yet."""
    return labelled.filter(pl.col("since").is_null() | (pl.col("moment") < pl.col("since")))


def features(tables: Tables, at: pl.DataFrame, model: RunningRiskModel) -> pl.DataFrame:
    """`case_id, moment` and what the model reads."""
    asked = moments_of(at.select("case_id", "moment"))
    return rows(build(tables, asked, tuple(model.names)))


def auc(y: Floats, score: Floats) -> str:
    """The AUC with its standard error, by the bootstrap."""
    random = np.random.default_rng(2026)
    draws = (random.integers(0, len(y), len(y)) for _ in range(RESAMPLED))
    values = [roc_auc_score(y[draw], score[draw]) for draw in draws if 0 < y[draw].sum() < len(y)]
    return f"{roc_auc_score(y, score):.3f} (s.e. {np.std(values):.3f})"


if __name__ == "__main__":
    main()
