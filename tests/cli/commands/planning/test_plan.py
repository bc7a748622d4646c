"""`triage plan`, `seed`, `verify` and `estimate`."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import datetime
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from benchmarks.tampering import with_manifest
from cases.tables.tables import Tables
from cli.console import Terminal
from cli.show.plan import show_plan
from policies.spot_check.plan import PlanParameters
from serving.use_cases.spot_checks import ServiceContext, spot_checks
from tests.factories.command import triage
from tests.factories.fakes import FakeModel, context
from tests.factories.pages import CHROMIUM


def test_verify_redraws_the_plan(office: Path, tmp_path: Path) -> None:
    """The demo's plan matches; with one line of the list exchanged it is refused."""
    kept = tmp_path / "kept"
    shutil.copytree(office.parent / "plan", kept)
    same = triage("verify", kept)
    assert (same.exit_code, same.output.split(":")[0]) == (0, "It matches")
    assert triage("verify", kept, "--commitment", "0" * 64).exit_code == 3

    sheet = pl.read_csv(kept / "plan.csv", infer_schema=False)
    pl.concat([sheet[1:], sheet[:1]]).write_csv(kept / "plan.csv")
    other = triage("verify", kept)
    assert (other.exit_code, "plan.csv has" in other.output) == (3, True)
    with_manifest(kept, tmp_path / "renewed")
    other = triage("verify", tmp_path / "renewed")
    assert other.exit_code == 3
    assert re.search("plan.csv, row 2: case_id is [AP]-[0-9]+, computed again", other.output)


def test_a_committed_seed_is_shown_to_be_the_one_drawn_with(office: Path, tmp_path: Path) -> None:
    """Hash published, plan drawn, seed revealed: verification binds the three together."""
    made = re.findall(r"\b([0-9a-f]{32}|[0-9a-f]{64})\b", triage("seed").output)
    assert [len(one) for one in made] == [32, 64]
    request = ("--as-of", "2026-06-30", "--capacity", 60, "--seed", made[0])
    assert triage("plan", office, *request, "--out", tmp_path / "plan").exit_code == 0
    assert triage("verify", tmp_path / "plan", "--commitment", made[1]).exit_code == 0


def test_estimate_of_a_drawn_plan(office: Path, tmp_path: Path) -> None:
    """From the reviews that came back after an early plan; without a plan it is refused."""
    request = ("--as-of", "2025-12-31", "--capacity", 300, "--seed", "s")
    assert triage("plan", office, *request, "--out", tmp_path / "plan").exit_code == 0
    found = triage("estimate", office, "--plan", tmp_path / "plan")
    assert found.exit_code == 0, found.output
    assert "Defect rate of all" in found.output
    assert "have not come back" in found.output
    assert "no ranking" in found.output
    twice = triage("estimate", office, "--plan", tmp_path / "plan", "--plan", tmp_path / "plan")
    assert (twice.exit_code, "several plans" in twice.output) == (0, True)
    claim = triage("estimate", office, "--plan", tmp_path / "plan", "--at-most", 0.2)
    assert "It is not shown that at most 20.0% of" in claim.output
    assert "Next to read, in this order" in claim.output
    assert "together" not in claim.output
    assert triage("estimate", office, "--plan", tmp_path / "plan", "--at-most", 2).exit_code == 2
    later = ("--as-of", "2026-03-31", "--capacity", 150, "--seed", "t", "--out", tmp_path / "later")
    assert triage("plan", office, *later).exit_code == 0
    plans = ("--plan", tmp_path / "plan", "--plan", tmp_path / "later")
    both = triage("estimate", office, *plans, "--at-most", 0.2)
    assert "cases of all 2 plans together are defective, nor that more are" in both.output
    refused = triage("estimate", office)
    assert refused.exit_code == 3
    assert "picked by rule or by hand" in refused.output
    listed = tmp_path / "plan" / "plan.csv"
    listed.write_text("".join(listed.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    touched = triage("estimate", office, "--plan", tmp_path / "plan")
    assert (touched.exit_code, "NOT match" in touched.output) == (3, True)


@pytest.mark.parametrize("name", ["plan.json", "plan.csv", "frame.parquet"])
def test_a_broken_plan_folder_is_told_by_its_file(office: Path, tmp_path: Path, name: str) -> None:
    """A file that is missing or no such file is named, without a traceback."""
    kept = tmp_path / "kept"
    shutil.copytree(office.parent / "plan", kept)
    (kept / name).write_bytes(b"\x00[")
    broken = triage("verify", kept)
    assert (broken.exit_code, name in broken.output) == (3, True)
    with_manifest(kept, tmp_path / "renewed")
    broken = triage("verify", tmp_path / "renewed")
    assert (broken.exit_code, name in broken.output) == (2, True)
    (kept / name).unlink()
    missing = triage("verify", kept)
    assert (missing.exit_code, f"{name} is missing." in missing.output) == (3, True)
    with_manifest(kept, tmp_path / "without")
    missing = triage("verify", tmp_path / "without")
    assert missing.exit_code == 2
    assert f"{name}: is not there." in missing.output


def test_the_same_seed_draws_the_same_plan(office: Path, tmp_path: Path) -> None:
    """Two plans with one seed are equal to the byte; another seed draws another lottery."""
    for name, seed in (("one", 1), ("two", 1), ("three", 2)):
        request = ("--as-of", "2026-06-30", "--capacity", 60, "--seed", seed)
        assert triage("plan", office, *request, "--out", tmp_path / name).exit_code == 0
    texts = [(tmp_path / name / "plan.csv").read_bytes() for name in ("one", "two", "three")]
    assert texts[0] == texts[1] != texts[2]
    described = json.loads((tmp_path / "one" / "plan.json").read_text("utf-8"))
    frame = pl.read_parquet(tmp_path / "one" / "frame.parquet")
    assert described["frame_cases"] == frame.height
    assert frame["inclusion_probability"].sum() == pytest.approx(sum(described["drawn"].values()))


def test_a_plan_of_no_case_is_refused(office: Path, tmp_path: Path) -> None:
    """Before any case was closed there is nothing to draw, and nothing is written."""
    request = ("--as-of", "2010-01-01", "--capacity", 60, "--out", tmp_path / "plan")
    result = triage("plan", office, *request)
    assert result.exit_code == 3
    assert "No case came up for review (closing) by 1 January 2010. In the" in result.output
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(
    ("as_of", "note"),
    [("2026-03-31", "With hindsight: the model learnt"), ("2031-01-01", "The newest record")],
)
def test_a_plan_out_of_time_says_so(office: Path, tmp_path: Path, as_of: str, note: str) -> None:
    """A model that knows more than the day of the plan, or tables that end before it, are noted."""
    result = triage("plan", office, "--as-of", as_of, "--capacity", 60, "--out", tmp_path / "plan")
    kept = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))["notes"]
    assert sum(one.startswith(note) for one in kept) == 1
    assert note in result.output
    assert triage("verify", tmp_path / "plan").exit_code == 0


def test_cases_are_shown_as_they_are_called() -> None:
    """What reads like the markup of the terminal is neither run nor left out."""
    shown = Console(file=StringIO(), width=200, emoji=False)
    ids = {"a": "A[/x]", "b": "2024[refile]7", "c": "c", "d": ":smile:", "e": "e"}
    tables = context().tables
    renamed = Tables.of(
        tables.office, tables.case_rows.with_columns(pl.col("case_id").replace(ids))
    )
    request = PlanParameters.of(tables.office, as_of=datetime(2026, 6, 30), capacity=4, seed="1")
    plan = spot_checks(ServiceContext(renamed, FakeModel()), request)
    show_plan(Terminal("en", out=shown), plan, tables.office)
    assert all(ids[case] in shown.file.getvalue() for case in "abd")


def test_a_plan_is_not_drawn_over_another(office: Path) -> None:
    """A folder that holds a plan, or part of one, is refused before anything is read."""
    folder = office.parent / "plan"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    request = ("--as-of", "2026-06-30", "--capacity", 60, "--out", folder)
    result = triage("plan", office, "--data", "nowhere", *request)
    assert result.exit_code == 2
    assert "already holds something (closings.parquet). Name another folder." in result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.browser
def test_the_pages_of_a_plan_and_their_print(office: Path, tmp_path: Path) -> None:
    """The command says where they are; with `--pdf` both are printed, and all of it verifies."""
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip(f"no browser at {CHROMIUM}; install chromium to run this test")
    request = ("--as-of", "2026-06-30", "--capacity", 40, "--out", tmp_path / "plan", "--pdf")
    result = triage("plan", office, *request)
    assert result.exit_code == 0, result.output
    for name in ("plan.html", "sheets.html"):
        assert str(tmp_path / "plan" / name) in result.output.replace("\n", "")
    for name in ("plan.pdf", "sheets.pdf"):
        assert (tmp_path / "plan" / name).read_bytes().startswith(b"%PDF-")
    assert triage("verify", tmp_path / "plan").exit_code == 0
    (tmp_path / "plan" / "plan.pdf").write_bytes(b"%PDF- another")
    changed = triage("verify", tmp_path / "plan")
    assert (changed.exit_code, "plan.pdf has" in changed.output) == (3, True)


def test_without_a_browser_nothing_is_drawn(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--pdf` is refused before the draw, with what to do instead."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    request = ("--as-of", "2026-06-30", "--capacity", 40, "--out", tmp_path / "plan", "--pdf")
    result = triage("plan", office, *request)
    assert (result.exit_code, "print it from any browser" in result.output) == (3, True)
    assert not (tmp_path / "plan").exists()


def test_impossible_capacity(office: Path, tmp_path: Path) -> None:
    """A plan for no reviews is refused before anything is written."""
    request = ("--as-of", "2026-06-30", "--capacity", 0, "--out", tmp_path / "plan")
    result = triage("plan", office, *request)
    assert result.exit_code == 2
    assert "too small" in result.output
    assert not (tmp_path / "plan").exists()
