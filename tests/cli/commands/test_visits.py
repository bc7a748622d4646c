"""An inspectorate ranks visits not yet made: risk is asked at intake, no case has a closing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.factories.command import triage

OFFICE = """
[office]
name = { en = "Inspectorate" }

[tables]
cases = { path = "visits.csv", columns = { case_id = "visit", opened_at = "planned" } }
reviews = { path = "results.csv" }

[attributes.complaints]
type = "number"
known = "intake"
meaning = { en = "complaints since the last visit" }

[risk]
at = "intake"
rule_of_thumb = [{ points = 1, when = [{ attribute = "complaints", at_least = 3 }] }]

[[reviews.grades]]
code = "passed"
meaning = { en = "passed" }
defect = false

[[reviews.grades]]
code = "failed"
meaning = { en = "failed" }
defect = true
"""
FIRST = date(2024, 1, 1)
PLAN = ("--closed-after", "2024-03-31", "--as-of", "2024-04-30", "--capacity", "10", "--seed", "s")


def _visits(folder: Path, results: str) -> Path:
    """The office with a visit due every day until the end of May."""
    due = (FIRST + timedelta(days=day) for day in range(152))
    lines = [f"v{number},{day},,{number % 5}" for number, day in enumerate(due)]
    (folder / "office.toml").write_text(OFFICE, encoding="utf-8")
    (folder / "visits.csv").write_text("\n".join(["visit,planned,closed_at,complaints", *lines]))
    (folder / "results.csv").write_text("case_id,reviewed_at,grade\n" + results)
    return folder / "office.toml"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The office, and a plan of April's visits that its rule of thumb ranks."""
    office = _visits(tmp_path_factory.mktemp("visits"), "v0,2024-01-20,failed\n")
    trained = triage("train", office, "--until", "2024-04-30")
    assert trained.exit_code == 0, trained.output
    plan = office.parent / "plan"
    drawn = triage("plan", office, *PLAN, "--out", plan)
    assert drawn.exit_code == 0, drawn.output
    return office, plan


def test_open_cases_are_drawn_and_the_plan_is_verified(planned: tuple[Path, Path]) -> None:
    """The frame holds what came due in April; no closing is made up; the draw repeats."""
    _office, plan = planned
    frame = pl.read_parquet(plan / "frame.parquet")
    assert (frame.height, frame["closed_at"].null_count()) == (30, 30)
    assert frame["moment"].dt.month().unique().to_list() == [4]
    sheet = pl.read_csv(plan / "plan.csv", infer_schema=False)
    assert sheet.height == 10
    assert sheet["closed_at"].null_count() == 10
    assert sheet["moment"].str.contains(r"^2024-04-\d\d$").all()
    assert triage("verify", plan).exit_code == 0


def test_results_of_the_days_before_the_plan_answer_it(planned: tuple[Path, Path]) -> None:
    """Visits made on the day they were due, and entered after the draw, are no missing reviews."""
    office, plan = planned
    sheet = pl.read_csv(plan / "plan.csv", infer_schema=False)
    results = (
        f"{line['case_id']},{line['moment'][:10]},passed\n" for line in sheet.iter_rows(named=True)
    )
    _visits(office.parent, "v0,2024-01-20,failed\n" + "".join(results))
    estimated = triage("estimate", office, "--plan", plan)
    assert estimated.exit_code == 0, estimated.output
    assert "from 10 of 10 reviews" in " ".join(estimated.output.split())
    assert "not come back" not in estimated.output


def test_visits_not_yet_made_are_scored(planned: tuple[Path, Path]) -> None:
    """Every visit that was due by the day and has no result; none that is due later."""
    office, _plan = planned
    target = office.parent / "risks.csv"
    scored = triage(
        "score", office, "--as-of", "2024-05-10", "--closed-after", "2024-04-30", "--out", target
    )
    assert scored.exit_code == 0, scored.output
    risks = pl.read_csv(target, infer_schema=False)
    assert risks.height == 10
    assert risks["moment"].str.starts_with("2024-05").all()
