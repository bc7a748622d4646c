"""Results are written where they are wanted, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from serving.workspace import Workspace
from tests.factories.command import triage


@pytest.mark.parametrize(
    ("command", "name", "sentence"),
    [
        ("score", "cases.csv", "is a table of the office"),
        ("score", "risk.xlsx", "End it in .csv or .parquet."),
        ("score", "absent/risk.csv", "cannot be written"),
        ("report", "report.docx", "End it in .html or .pdf or .json or .md."),
        ("report", "absent/report.html", "cannot be written"),
        ("plan", "office.toml/plan", "cannot be written"),
    ],
)
def test_a_target_is_checked_before_the_work(
    office: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, sentence: str
) -> None:
    """What cannot or must not be written is said before a table is read, and kept."""
    monkeypatch.delattr(Workspace, "tables")
    before = (office.parent / "cases.csv").read_bytes()
    request = {"score": ("--as-of", "2026-06-30"), "report": ()}
    words = request.get(command, ("--as-of", "2026-06-30", "--capacity", 60))
    result = triage(command, office, *words, "--out", office.parent / name)
    assert result.exit_code == 2
    assert sentence in result.output
    assert (office.parent / "cases.csv").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(office: Path, tmp_path: Path) -> None:
    """A file in the way of the plan's folder gives a sentence."""
    (tmp_path / "file").write_text("")
    request = ("--as-of", "2026-06-30", "--capacity", 60, "--out", tmp_path / "file" / "plan")
    result = triage("plan", office, *request)
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_score_and_report(office: Path, tmp_path: Path) -> None:
    """Scores and report are written where they are wanted."""
    target = tmp_path / "risk.csv"
    assert triage("score", office, "--as-of", "2026-06-30", "--out", target).exit_code == 0
    assert pl.read_csv(target)["risk"].is_between(0, 1).all()
    page = tmp_path / "report.html"
    assert triage("report", office, "--out", page, "--language", "zh").exit_code == 0
    assert 'lang="zh' in page.read_text("utf-8")


def test_an_unwritable_result_is_a_sentence(office: Path, tmp_path: Path) -> None:
    """A result that cannot be written is told with what to do."""
    target = tmp_path / "absent" / "risk.csv"
    result = triage("score", office, "--as-of", "2026-06-30", "--out", target)
    assert result.exit_code == 2
    assert "cannot be written" in result.output
