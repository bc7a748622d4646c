"""`triage demo`, and training where there are no reviews."""

from __future__ import annotations

import json
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


def test_a_folder_with_a_plan_is_left_as_it_is(office: Path) -> None:
    """A second demo in it is refused before anything is made or trained."""
    before = sorted((path, path.stat().st_mtime_ns) for path in office.parent.rglob("*"))
    again = triage("demo", office.parent)
    assert (again.exit_code, "already holds something" in again.output) == (2, True)
    assert sorted((path, path.stat().st_mtime_ns) for path in office.parent.rglob("*")) == before


def test_office_without_reviews(office: Path, tmp_path: Path) -> None:
    """Without reviews complexity is trained and reported on, and there is a plan by the start.

    No clock is watched there, so that nothing is learnt of running cases.
    """
    bare = tmp_path / "bare"
    shutil.copytree(office.parent, bare, ignore=shutil.ignore_patterns(".triage"))
    file = bare / "office.toml"
    sections = re.split(r"\n(?=\[)", file.read_text("utf-8"))
    reviews = ("[tables.reviews", "[reviews]", "[reviews.", "[[reviews", "[rectification", "[goals")
    kept = [one for one in sections if not one.startswith(reviews)]
    text = "\n".join(kept).replace("watched = false\n", "")
    file.write_text(text.replace("[[limits]]\n", "[[limits]]\nwatched = false\n"), "utf-8")
    trained = triage("train", file)
    assert trained.exit_code == 0, trained.output
    assert "No model of risk is in use yet: the office file describes no reviews" in trained.output
    assert "Judged by complexity: AUC" in trained.output
    page = bare / "report.html"
    assert triage("report", file, "--out", page).exit_code == 0
    assert "No model of risk is in use yet" in page.read_text("utf-8")
    day = ("--as-of", "2026-06-30")
    assert triage("score", file, *day, "--out", bare / "risks.csv").exit_code == 0
    planned = triage("plan", file, *day, "--out", bare / "first", "--capacity", 20)
    assert planned.exit_code == 0, planned.output
    assert "cases are ranked by the office's rule of thumb" in " ".join(planned.output.split())
    plan = pl.read_csv(bare / "first" / "plan.csv")
    assert "rule of thumb" in plan["why"].str.join(" ").item()
    assert triage("verify", bare / "first").exit_code == 0


def test_the_smallest_demo_does_the_whole_job(tmp_path: Path) -> None:
    """A demo office with hardly a review still leaves a list and a report."""
    done = triage("demo", tmp_path / "demo", "--cases", 120)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "demo" / "report.en.html").exists()
    kept = json.loads((tmp_path / "demo" / "plan" / "plan.json").read_text("utf-8"))
    assert kept["risks_by"] == "points"
    assert "No model of risk is in use yet" in kept["notes"][-1]
