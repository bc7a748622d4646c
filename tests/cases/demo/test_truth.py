"""The demo's truth: what makes a case go wrong, and that the document prints it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from cases.demo import simulate
from cases.demo.clock import END
from cases.demo.draws import Term
from cases.demo.model import DEFECT
from cases.demo.process import EFFORT, RETURN
from cases.demo.reviews.dimensions import DIMENSIONS
from cases.demo.reviews.drawn import realise
from cases.tables.tables import Tables
from features.as_of import closing_moments, cut
from features.catalogue import catalogue
from features.conditions import holding

DOCUMENT = Path(__file__).parents[3] / "docs" / "demo_office.md"
col = pl.col


def test_complex_is_what_the_office_file_says(tables: Tables, truth: pl.DataFrame) -> None:
    """Of closed cases, the true complexity is the office file's condition."""
    complexity = tables.office.complexity
    assert complexity is not None
    known = cut(tables, closing_moments(tables, after=None, until=END))
    stated = pl.concat(
        holding(known, (test,)).collect("polars").to_native() for test in complexity.any_of
    )
    stated = stated.group_by("case_id").agg(col("holds").any()).join(truth, on="case_id")
    assert stated.filter(col("holds") != col("complex")).is_empty()


@pytest.mark.parametrize("seed", [1, 2026])
def test_the_best_possible_ranking(seed: int) -> None:
    """Ranking by the true probability finds realised defects with AUC 0.78 to 0.84."""
    rng = np.random.default_rng(seed)
    whole, _ = simulate(rng, 20_000)
    defect = realise(rng, whole["log_odds"].to_numpy()) > 0
    assert abs(defect.mean() - whole["defect_probability"].mean()) < 0.01
    assert 0.78 < roc_auc_score(defect, whole["defect_probability"]) < 0.84


def test_constraints_name_features_that_exist(tables: Tables) -> None:
    """Every feature the office file constrains is in the catalogue."""
    risk = tables.office.risk
    assert {*risk.increasing, *risk.decreasing} <= set(catalogue(tables.office))


@pytest.mark.parametrize("terms", [DEFECT, EFFORT, RETURN], ids=["defect", "effort", "return"])
def test_the_document_prints_the_model(terms: dict[str, Term]) -> None:
    """docs/demo_office.md has the very table of causes that the code computes with."""
    lines = [f"| {name} | {term.meaning} | {term.weight:+.2f} |" for name, term in terms.items()]
    table = "\n".join(["| Cause | Value | Weight |", "| --- | --- | ---: |", *lines, ""])
    assert table + "\n" in DOCUMENT.read_text(encoding="utf-8")


def test_the_document_prints_what_moves_dimensions() -> None:
    """docs/demo_office.md has the very weights of every dimension."""
    lines = [
        f"| {name} | {cause} | {term.meaning} | {term.weight:+.2f} |"
        for name, terms in DIMENSIONS.items()
        for cause, term in terms.items()
    ]
    assert "\n".join(["", *lines, "", ""]) in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DEFECT)
def test_every_cause_moves_the_truth(name: str) -> None:
    """Each cause but the constant varies between cases."""
    whole, _ = simulate(np.random.default_rng(1), 3_000)
    values = whole.select(DEFECT[name].value.cast(pl.Float64)).to_series()
    assert name == "always" or values.std() > 0.1
