"""What weighting quick outcomes does to the level: in worlds of known truth, and in offices.

    python benchmarks/quick_outcomes.py worlds
    python benchmarks/quick_outcomes.py road_traffic_fines 2003 2008
    python benchmarks/quick_outcomes.py police_complaints 2001 2002
    python benchmarks/quick_outcomes.py demo 2025 2026

`worlds` compares the rate of defects that the known outcomes of the last year say with the true
one: as they are, weighted (`training/delay.py`), and as the rule for complexity would have it
(`training.labels.settled`). An office is trained at the start of each quarter of these years
without and with the weights, and the mean risk of the quarter's cases is compared with what
their reviews found later. Each takes a minute or two.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from benchmarks.real_offices import DATA, ROOT
from cases.demo import make_demo
from cases.errors import Refused
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables
from training.delay import quick_weights
from training.fit import fit_risk, risk_table
from training.labels import reviewed_moments, risk_labels, settled
from training.splits import rolling_origin

WORLDS = 60
RATE = 0.15  # of defects, in every world
UNTIL = datetime(2024, 12, 31)
YEAR = 365.0
# Mean days to the outcome with and without a defect, and the shape of their gamma distribution.
DELAYS = {"defects slow": (200, 60, 1), "quick": (60, 200, 1), "slow, none at once": (300, 100, 3)}
DELAYS |= {"alike": (120, 120, 1)}
Rates = dict[str, list[float]]


def worlds() -> None:
    """Print bias and root mean square error of the last year's rate, in percentage points."""
    print(f"{WORLDS} worlds each: bias / root mean square error of the rate, cases of the year")
    for cases in (1000, 4000):
        for name in (*DELAYS, "one campaign a year"):
            rates: dict[str, Rates] = {}
            for seed in range(WORLDS):
                for way, labels in ways(world(name, cases, seed)).items():
                    year = labels.filter(pl.col("moment") > UNTIL - timedelta(days=YEAR))
                    mean = np.average(year["y"], weights=year["w"]) if year.height else np.nan
                    found = rates.setdefault(way, {"error": [], "cases": []})
                    found["error"].append(100 * (float(mean) - RATE))
                    found["cases"].append(year.height)
            print(f"{name:20} {cases:5}", *(f"| {way} {said(f)}" for way, f in rates.items()))


def said(rates: Rates) -> str:
    """Bias, root mean square error and mean number of cases; of worlds with cases."""
    error = np.array(rates["error"])
    error = error[np.isfinite(error)]
    if not len(error):
        return "none"
    rms = np.sqrt(np.square(error).mean())
    return f"{error.mean():+.1f} / {rms:.1f}, {np.mean(rates['cases']):.0f}"


def world(name: str, cases: int, seed: int) -> pl.DataFrame:
    """The outcomes known by `UNTIL` of cases closed in the three years before."""
    rng = np.random.default_rng(seed)
    age, y = rng.uniform(0, 3 * YEAR, cases), rng.random(cases) < RATE
    if name in DELAYS:
        slow, quick, shape = DELAYS[name]
        delay = rng.gamma(shape, np.where(y, slow, quick) / shape)
    else:  # all cases of a year are reviewed within thirty days after it
        delay = np.maximum(age % YEAR - rng.uniform(0, 30, cases), 1)
    known = delay <= age
    moment = [UNTIL - timedelta(days=days) for days in age[known]]
    waited = [timedelta(days=days) for days in delay[known]]
    labels = pl.DataFrame({"moment": moment, "waited": waited, "y": y[known].astype(int)})
    return labels.with_columns(known_at=pl.col("moment") + pl.col("waited"))


def ways(labels: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What there is to learn from, by the way of choosing it, with weights `w`."""
    weighted = labels.with_columns(quick_weights(labels, UNTIL).alias("w")).drop_nulls("w")
    one = pl.lit(1.0).alias("w")
    rule = settled(labels, UNTIL).with_columns(one)
    return {"as known": labels.with_columns(one), "weighted": weighted, "settled": rule}


def office(name: str, first: int, last: int) -> None:
    """Print mean risk and rate found of each year's cases, and the error by quarter."""
    with tempfile.TemporaryDirectory() as folder:
        tables = _tables(name, Path(folder))
        scores = pl.concat([scored(tables, first, last, weighted=on) for on in (False, True)])
    quarter = pl.col("risk").mean() - pl.col("y").mean()
    print("weighted, year, cases, found, mean risk, mean absolute error of its quarters, AUC")
    for (on, year), part in scores.group_by(
        "weighted", pl.col("moment").dt.year(), maintain_order=True
    ):
        errors = part.group_by("origin").agg(error=quarter)["error"].abs()
        figures = [
            float(np.mean(values.to_numpy())) for values in (part["y"], part["risk"], errors)
        ]
        auc = roc_auc_score(part["y"], part["risk"])
        print(on, year, part.height, *(f"{100 * one:.1f}" for one in figures), f"{auc:.3f}")


def _tables(name: str, folder: Path) -> Tables:
    if name == "demo":
        return read_tables(load_office(make_demo(folder, seed=1)), folder)
    return read_tables(load_office(ROOT / "offices" / f"{name}.toml"), DATA)


def scored(tables: Tables, first: int, last: int, *, weighted: bool) -> pl.DataFrame:
    """`moment, y, risk, origin, weighted` of the cases closed in these years."""
    x = risk_table(tables, reviewed_moments(tables, tables.latest_record))
    with patch("training.labels.quick_weights", unweighted):
        outcomes = risk_labels(tables, tables.latest_record)
    parts = []
    for quarter in rolling_origin(date(first, 1, 1), date(last, 12, 31), "quarter"):
        later = outcomes.filter(pl.col("moment").is_between(quarter.after, quarter.until))
        with patch("training.labels.quick_weights", quick_weights if weighted else unweighted):
            known = risk_labels(tables, quarter.after)
        try:
            model = fit_risk(x, known, tables.office)
        except Refused:
            continue
        cases = later.join(x, on=["case_id", "moment"])
        risk = pl.Series("risk", model.predict(cases))
        parts.append(
            cases.select(
                "moment", "y", risk, origin=pl.lit(quarter.after), weighted=pl.lit(weighted)
            )
        )
    return pl.concat(parts)


def unweighted(labels: pl.DataFrame, _until: datetime) -> pl.Series:
    """Every outcome counts once."""
    return pl.Series("quick", np.ones(labels.height))


if __name__ == "__main__":
    if sys.argv[1] == "worlds":
        worlds()
    else:
        office(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
