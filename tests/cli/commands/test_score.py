"""`triage score` and the report of a version, on the small demo office."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.language.messages import _
from cases.office.loading import load_office
from evaluation.backtests import since
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
        (("--as-of", "2010-01-01"), "No case came up for review (closing) by 1 January 2010"),
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


def test_risks_of_unseen_outcomes_say_how_many_are_left_out(
    office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the model has learnt from is left out, counted and said."""
    risks = pl.DataFrame({"case_id": ["a"], "risk": [0.2], "defect": [1]})
    monkeypatch.setattr(since, "out_of_time_risks", lambda *_: (risks, 5))
    out = tmp_path / "scores.parquet"
    result = triage("score", office, "--as-of", "2026-06-30", "--reviewed", "--out", out)
    assert result.exit_code == 0, result.output
    assert "5 cases are left out, because the model has learnt from their outcome" in result.output
    assert pl.read_parquet(out).equals(risks)


def test_a_refused_version_can_be_looked_at(office: Path, tmp_path: Path) -> None:
    """The report of a version that was refused says so first, and why; the champion stays."""
    registry, described = Registry(office.parent / ".triage"), load_office(office)
    refused = registry.log(registry.champion(described), office_name(described), {})
    registry.record(refused, "refused", _("It knows less."))
    page = tmp_path / "report.html"
    result = triage("report", office, "--version", refused.number, "--out", page)
    assert result.exit_code == 0, result.output
    text = page.read_text("utf-8")
    assert f"Version {refused.number} of the model is not in use: It knows less." in text
    assert triage("report", office, "--out", page).exit_code == 0
    assert "is not in use" not in page.read_text("utf-8")
    unknown = triage("report", office, "--version", 99, "--out", page)
    assert unknown.exit_code == 3
    assert "There is no version 99." in unknown.output
