"""`triage demo`, and training where there are no reviews."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import polars as pl

from tests.factories.command import triage


def test_demo_does_the_whole_job(office: Path) -> None:
    """The demo leaves a plan, its replay files and a report in both languages."""
    plan = pl.read_csv(office.parent / "plan" / "plan.csv")
    assert plan.columns[:7] == [
        "rank",
        "case_id",
        "selected_by",
        "inclusion_probability",
        "risk",
        "risk_low",
        "risk_high",
    ]
    assert set(plan["selected_by"]) <= {"mandatory", "search", "lottery"}
    assert plan["why"].null_count() == 0
    for language in ("en", "zh"):
        assert "<html" in (office.parent / f"report.{language}.html").read_text("utf-8")


def test_office_without_reviews(office: Path, tmp_path: Path) -> None:
    """Without reviews complexity is trained, shown and reported on; what needs risk is refused."""
    bare = tmp_path / "bare"
    shutil.copytree(office.parent, bare, ignore=shutil.ignore_patterns(".triage"))
    file = bare / "office.toml"
    sections = re.split(r"\n(?=\[)", file.read_text("utf-8"))
    reviews = ("[tables.reviews", "[reviews", "[[reviews")
    kept = [one for one in sections if not one.startswith(reviews)]
    file.write_text("\n".join(kept), "utf-8")
    trained = triage("train", file)
    assert trained.exit_code == 0, trained.output
    assert "No model of risk was trained: the office file describes no reviews" in trained.output
    assert "Judged by complexity: AUC" in trained.output
    page = bare / "report.html"
    assert triage("report", file, "--out", page).exit_code == 0
    assert "says nothing about risk" in page.read_text("utf-8")
    asked = ("--as-of", "2026-06-30", "--out", bare / "out.csv")
    for request in (("score", file, *asked), ("plan", file, *asked, "--capacity", 20)):
        refused = triage(*request)
        assert refused.exit_code == 3
        assert "says nothing about risk" in refused.output
