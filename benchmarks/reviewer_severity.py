"""What taking reviewers' severity out of the target is worth, against the demo's truth.

For each seed a demo office is made, the risk model is fitted on what was known at the end of
2025 with and without the severities, and both are compared with the true defect
probabilities of the cases closed after that.

    .venv/bin/python benchmarks/reviewer_severity.py [OFFICES]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from cases.demo import make_demo
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from features.as_of import closing_moments
from training.fit import fit_risk, risk_table
from training.labels import risk_labels

UNTIL = datetime(2025, 12, 31, 23, 59)
END = datetime(2026, 7, 1)
FIGURES = ("AUC", "rank correlation", "mean risk - truth", "root mean square error")


def main(offices: int) -> None:
    """Print each figure without and with the severities, and the difference with its error."""
    both = np.array([compare(seed) for seed in range(offices)])  # offices, 2, figures
    gain = both[:, 1] - both[:, 0]
    error = gain.std(axis=0, ddof=1) / np.sqrt(offices)
    print(f"{offices} demo offices: figure, without, with, difference (standard error)")
    for place, name in enumerate(FIGURES):
        without, heeded = both[:, :, place].mean(axis=0)
        print(f"{name:24} {without:.4f} {heeded:.4f} {gain[:, place].mean():+.4f}", end=" ")
        print(f"({error[place]:.4f})")


def compare(seed: int) -> list[list[float]]:
    """The figures of one office, without and with the severities."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = read_tables(load_office(make_demo(folder, seed=seed)), folder)
        truth = pl.read_parquet(folder / "truth.parquet")
    x = risk_table(tables, closing_moments(tables, after=None, until=END))
    labels = risk_labels(tables, UNTIL)
    later = x.filter(pl.col("moment") > UNTIL).join(truth, on="case_id")
    true = later["defect_probability"].to_numpy()
    blind = labels.with_columns(severity=pl.lit(0.0))
    models = [fit_risk(x, known, tables.office) for known in (blind, labels)]
    return [against(true, model.predict(later)) for model in models]


def against(true: Floats, risk: Floats) -> list[float]:
    """`FIGURES` of risks against true probabilities; the AUC is its expectation under them."""
    outcome = np.repeat([1, 0], len(true))
    auc = roc_auc_score(outcome, np.tile(risk, 2), sample_weight=np.r_[true, 1 - true])
    error = np.sqrt(np.square(risk - true).mean())
    return [auc, spearmanr(true, risk)[0], (risk - true).mean(), error]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
