"""`triage begin`: the reviews of a plan begin, once, and the draw of reviewers can be checked."""

from __future__ import annotations

import re
from pathlib import Path

from tests.factories.command import triage


def with_tables(office: Path, reviewers: str = "") -> Path:
    """The office with another table of reviewers, or none; nobody is recused."""
    text = office.read_text("utf-8")
    for name, line in (("reviewers", reviewers), ("recusals", "")):
        text = text.replace(f'{name} = {{ path = "{name}.csv" }}\n', line)
    changed = office.with_name("changed.toml")
    changed.write_text(text, "utf-8")
    return changed


def test_the_reviews_of_a_plan_begin_once(office_anew: Path, tmp_path: Path) -> None:
    """Counts, the folder that holds who reviews what, and a record; then it is under way."""
    office = office_anew
    found = triage("begin", office, "--plan", office.parent / "plan")
    assert found.exit_code == 0, found.output
    shown = found.output.replace("\n", " ")
    assert re.search(r"The reviews of plan [0-9a-f]{16} begin: 100 cases\.", shown)
    assert "Cases with a reviewer: 100." in shown
    assert re.search(r"\(seed 5\)", shown)
    (drawn,) = (tmp_path / "home" / "reviewers").iterdir()
    same = triage("verify", drawn)
    assert (same.exit_code, same.output.split(":")[0]) == (0, "It matches")
    assert triage("verify", drawn, "--totals", office.parent / "cases.csv").exit_code == 2
    again = triage("begin", office, "--plan", tmp_path / "home" / "plans" / drawn.name)
    assert (again.exit_code, "are under way already" in again.output) == (0, True)
    steps = triage("ledger", office, "--kind", "step")
    assert steps.output.count("the reviews of a plan began") == 1


def test_without_reviewers_it_says_how_to_have_them_drawn(
    office_anew: Path, tmp_path: Path
) -> None:
    """The plan begins, and any reviewer may take a case."""
    office = office_anew
    found = triage("begin", with_tables(office), "--plan", office.parent / "plan")
    assert (found.exit_code, "any reviewer may take a case" in found.output) == (0, True)
    assert not (tmp_path / "home" / "reviewers").exists()


def test_readings_without_a_reviewer_are_said_with_the_reason(
    office_anew: Path, tmp_path: Path
) -> None:
    """By reason, at most ten cases each."""
    office = office_anew
    office.with_name("few.csv").write_text("reviewer,most_open\nR01,3\n", "utf-8")
    few = with_tables(office, 'reviewers = { path = "few.csv" }\n')
    found = triage("begin", few, "--plan", office.parent / "plan")
    shown = " ".join(found.output.split())
    assert found.exit_code == 0
    assert "Cases with a reviewer: 3." in shown
    assert re.search(r"and 8\d more: nobody has room left", shown)
    assert "nobody reviews it first yet" in shown
