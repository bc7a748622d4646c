"""`triage import-reviews`: the form of a plan, filled in, comes back into the estimate."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.pages.plan.grade_form import GRADES_FILE
from tests.factories.command import triage
from tests.serving.kept.forms import fill_in


def filled(folder: Path, target: Path, most: int, **cells: Any) -> Path:
    """The form of a plan with a grade in its first rows."""

    def grade(row: dict[str, Any], number: int) -> None:
        if number < most:
            row |= {"reviewer": f"R9{number % 2}", "date": date(2026, 7, 10), "grade": "qualified"}
            row |= cells

    return fill_in(folder / GRADES_FILE, target, grade)


def test_a_form_comes_back_in_parts(office_anew: Path, tmp_path: Path) -> None:
    """Each time what is new; what is there already stays, and the estimate knows of it."""
    folder = tmp_path / "plan"
    request = ("--as-of", "2026-06-30", "--capacity", 30, "--seed", "s", "--out", folder)
    assert triage("plan", office_anew, *request).exit_code == 0
    one = filled(folder, tmp_path / "one.xlsx", 3)
    command = ("import-reviews", office_anew, one, "--plan", folder)

    tried = triage(*command, "--check")
    assert (tried.exit_code, "3 new grades." in tried.output) == (0, True), tried.output
    assert "Nothing was recorded." in tried.output
    done = triage(*command)
    assert (done.exit_code, "Recorded." in done.output) == (0, True), done.output
    again = triage(*command)
    assert "0 new grades." in again.output
    assert "3 grades were there already." in again.output
    assert "Nothing was recorded." in again.output

    more = filled(folder, tmp_path / "more.xlsx", 4, **{"what was done well": "clear"})
    later = triage("import-reviews", office_anew, more, "--plan", folder)
    assert "1 new grade." in later.output
    estimate = triage("estimate", office_anew, "--plan", folder, "--as-of", "2027-01-01")
    assert "from 4 of 30 reviews" in estimate.output, estimate.output


def test_a_form_finds_its_plan_under_way(office_anew: Path, tmp_path: Path) -> None:
    """By the id on it; one that is under way nowhere is a fault that says so."""
    folder = tmp_path / "plan"
    request = ("--as-of", "2026-06-30", "--capacity", 30, "--seed", "s", "--out", folder)
    assert triage("plan", office_anew, *request).exit_code == 0
    form = filled(folder, tmp_path / "form.xlsx", 2)
    lost = triage("import-reviews", office_anew, form)
    assert (lost.exit_code, "which is not under way here" in lost.output) == (2, True)

    plan_id = lost.output.split("is of plan ")[1][:16]
    shutil.copytree(folder, tmp_path / "home" / "plans" / plan_id)
    found = triage("import-reviews", office_anew, form)
    assert (found.exit_code, "2 new grades." in found.output) == (0, True), found.output


def test_faults_are_listed_with_row_and_column(office_anew: Path, tmp_path: Path) -> None:
    """And nothing comes in."""
    folder = tmp_path / "plan"
    request = ("--as-of", "2026-06-30", "--capacity", 30, "--seed", "s", "--out", folder)
    assert triage("plan", office_anew, *request).exit_code == 0
    form = filled(folder, tmp_path / "form.xlsx", 2, grade="unqualified", hours="long")
    refused = triage("import-reviews", office_anew, form, "--plan", folder)
    assert refused.exit_code == 2
    assert "form.xlsx, row 2, column grade" in refused.output
    assert "form.xlsx, row 3, column hours" in refused.output
    assert "4 faults; nothing was changed." in refused.output
