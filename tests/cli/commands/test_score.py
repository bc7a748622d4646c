"""`triage score` and the report of a version, on the small demo office."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.office.loading import load_office
from models.registry import Registry, office_name
from tests.factories.command import triage


def test_scores_the_cases_closed_in_a_time(office: Path, tmp_path: Path) -> None:
    """A row a case without a review, closed after the one day and by the other."""
    out = tmp_path / "scores.parquet"
    result = triage(
        "score", office, "--closed-after", "2026-05-31", "--as-of", "2026-06-30", "--out", out
    )
    assert result.exit_code == 0, result.output
    closed = pl.read_parquet(out)["closed_at"].dt.strftime("%Y-%m").unique().to_list()
    assert closed == ["2026-06"]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (("--as-of", "2010-01-01"), "No case was closed by 1 January 2010"),
        (("--as-of", "2026-06-30", "--reviewed"), "The model has learnt from the outcomes of all"),
    ],
)
def test_no_case_to_score_is_refused_with_the_reason(
    office: Path, tmp_path: Path, request_: tuple[str, ...], why: str
) -> None:
    """Instead of an empty file there is a refusal that says why, and no file."""
    out = tmp_path / "scores.csv"
    result = triage("score", office, *request_, "--out", out)
    assert result.exit_code == 3
    assert why in result.output
    assert not out.exists()


def test_out_of_time_risks_of_a_model_that_was_trained_before(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What became known after the training, with the outcome; the rest is left out and counted."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "models"))
    assert triage("train", office, "--until", "2025-12-31").exit_code == 0
    out = tmp_path / "scores.parquet"
    result = triage("score", office, "--as-of", "2026-06-30", "--reviewed", "--out", out)
    assert result.exit_code == 0, result.output
    assert "cases are left out, because the model has learnt from their outcome" in result.output
    scored = pl.read_parquet(out)
    assert str(scored["known_at"].min()) > "2025-12-31"
    assert set(scored["defect"]) == {0, 1}
    again = triage("report", office, "--out", tmp_path / "report.json")
    assert again.exit_code == 0, again.output
    assert '"found_since' in (tmp_path / "report.json").read_text("utf-8")


def test_a_refused_version_can_be_looked_at(office: Path, tmp_path: Path) -> None:
    """Training again on the same tables is refused; its report says so first, and why."""
    refused = triage("train", office)
    assert refused.exit_code == 3
    described = load_office(office)
    newest = Registry(office.parent / ".triage").versions(office_name(described))[0]
    page = tmp_path / "report.html"
    result = triage("report", office, "--version", newest.number, "--out", page)
    assert result.exit_code == 0, result.output
    text = page.read_text("utf-8")
    assert f"Version {newest.number} of the model is not in use:" in text
    assert "train again when more outcomes are known" in text
    unknown = triage("report", office, "--version", 99, "--out", page)
    assert unknown.exit_code == 3
    assert "There is no version 99." in unknown.output
