"""Bundles: whom they score, what they save, and what they refuse."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cases.errors import Refused
from cases.tables.tables import Tables
from features.as_of import closing_moments, intake_moments
from models.bundle import files
from models.bundle.bundle import Bundle
from tests.factories.office import OFFICE, office
from tests.factories.small_office import COMPLEXITY, UNTIL, small_office


@pytest.fixture(scope="session")
def saved(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle's folder."""
    folder = tmp_path_factory.mktemp("bundle")
    bundle.save(folder)
    return folder


def rewritten(saved: Path, folder: Path, **changes: Any) -> Path:
    """A copy whose description is changed and whose hashes are put right."""
    texts, described = files.read(saved)
    files.write(folder, texts, described | changes)
    return folder


def test_scores_closed_cases_nobody_reviewed(bundle: Bundle, small_tables: Tables) -> None:
    """Every case closed by then and not reviewed by then is scored once, with its interval."""
    scored = bundle.score(small_tables, UNTIL)
    reviewed = small_tables.review_rows.filter(pl.col("reviewed_at") <= UNTIL)["case_id"]
    closed = small_tables.case_rows.filter(pl.col("closed_at") <= UNTIL)["case_id"]
    assert scored["case_id"].to_list() == sorted(set(closed) - set(reviewed))
    assert scored.columns[:5] == ["case_id", "closed_at", "kind", "unit", "handler"]
    assert scored.null_count().sum_horizontal().item() == 0
    assert scored.select((pl.col("risk_low") <= pl.col("risk")).all()).item()
    assert scored.select((pl.col("risk") <= pl.col("risk_high")).all()).item()


def test_scores_only_the_cases_it_is_for(bundle: Bundle, small_tables: Tables) -> None:
    """Cases outside `risk.among` are not scored."""
    among = [{"attribute": "suspects", "at_least": 4}]
    few = Bundle(
        office(risk={"among": among}, complexity=COMPLEXITY),
        bundle.risk,
        bundle.complexity,
        bundle.routing,
        bundle.effort,
        bundle.usual,
        bundle.about,
    )
    many = small_tables.case_rows.filter(pl.col("suspects") >= 4)["case_id"]
    assert set(few.score(small_tables, UNTIL)["case_id"]) <= set(many)


def test_only_cases_closed_after_a_day(bundle: Bundle, small_tables: Tables) -> None:
    """A batch is scored as the whole office is, without the cases closed before it."""
    every = bundle.score(small_tables, UNTIL)
    middle = every["closed_at"].sort()[every.height // 2]
    batch = bundle.score(small_tables, UNTIL, closed_after=middle)
    assert 0 < batch.height < every.height
    assert batch.equals(every.filter(pl.col("closed_at") > middle))


def test_later_data_change_no_score(bundle: Bundle) -> None:
    """A score of a past day is the same when later cases and reviews have come in."""
    early, late = (small_office(800), small_office(800))
    cut = datetime(2024, 5, 1)
    known = early.case_rows.filter(pl.col("opened_at") <= cut)
    events = early.event_rows.filter(pl.col("recorded_at") <= cut)
    reviews = early.review_rows.filter(pl.col("reviewed_at") <= cut)
    short = Tables.of(early.office, known, events=events, reviews=reviews)
    assert bundle.score(short, cut).equals(bundle.score(late, cut))


def test_no_handler_among_the_features(bundle: Bundle) -> None:
    """Who handled a case is no feature unless the office file says so."""
    assert not [name for name in bundle.risk.names if "handler" in name and "history" in name]
    assert "attribute.handler" not in bundle.risk.names


def test_round_trip_to_the_bit(bundle: Bundle, saved: Path, small_tables: Tables) -> None:
    """A loaded bundle gives the same scores, probabilities and reasons to the bit."""
    again = Bundle.load(saved, bundle.office)
    moments = closing_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    opened = intake_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    assert again.score(small_tables, UNTIL).equals(bundle.score(small_tables, UNTIL))
    assert again.complexity_at(small_tables, opened).equals(
        bundle.complexity_at(small_tables, opened)
    )
    assert again.reasons(again.features(small_tables, moments), "zh") == bundle.reasons(
        bundle.features(small_tables, moments), "zh"
    )
    assert again.effort_at(small_tables, opened).equals(bundle.effort_at(small_tables, opened))
    assert again.remaining_effort(small_tables, UNTIL).equals(
        bundle.remaining_effort(small_tables, UNTIL)
    )
    x = bundle.intake_features(small_tables, opened)
    assert again.complexity_reasons(x, "zh") == bundle.complexity_reasons(x, "zh")
    assert again.cutoffs(0.05, 0.2) == bundle.cutoffs(0.05, 0.2)
    assert again.about == bundle.about


def test_what_is_left_of_the_open_cases(bundle: Bundle, small_tables: Tables) -> None:
    """Exactly the cases open at the moment, each with what was known of it by then."""
    left = bundle.remaining_effort(small_tables, UNTIL)
    came_in = small_tables.case_rows.filter(pl.col("opened_at") <= UNTIL)
    still_open = came_in.filter(pl.col("closed_at") > UNTIL)
    assert left["case_id"].to_list() == sorted(still_open["case_id"])
    assert (left["remaining_effort"] > 0).all()
    assert left["handler"].null_count() == left.height  # known at closing in this office
    assert left["age_days"].is_between(0, 40).all()


def test_efforts_lie_in_their_interval(bundle: Bundle, small_tables: Tables) -> None:
    """The expected effort of a new case has a low and a high beside it."""
    opened = intake_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    found = bundle.effort_at(small_tables, opened)
    assert found.columns == ["case_id", "moment", "effort", "effort_low", "effort_high"]
    assert found.select((pl.col("effort_low") < pl.col("effort_high")).all()).item()


def test_saved_files_are_text(saved: Path) -> None:
    """A bundle is text and JSON."""
    assert sorted(path.name for path in saved.iterdir()) == [
        "bundle.json", "manifest.json", "risk.txt",
    ]  # fmt: skip
    for path in saved.iterdir():
        path.read_text(encoding="utf-8")


def test_another_catalogue_is_refused(saved: Path) -> None:
    """An office file with another attribute does not meet a model that never saw it."""
    other = OFFICE["attributes"] | {
        "age": {"type": "number", "known": "intake", "meaning": {"en": "age"}}
    }
    with pytest.raises(Refused, match="Train again"):
        Bundle.load(saved, office(attributes=other, complexity=COMPLEXITY))


@pytest.mark.parametrize("name", ["bundle.json", "risk.txt", "manifest.json"])
@pytest.mark.parametrize("harm", ["change", "remove", "empty", "binary"])
def test_harmed_file_is_refused(saved: Path, tmp_path: Path, name: str, harm: str) -> None:
    """A file that is not as it was saved is refused in one sentence that says what to do."""
    folder = tmp_path / "copy"
    shutil.copytree(saved, folder)
    path = folder / name
    if harm == "remove":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(
            {"change": data[:-9] + b"x" * 9, "empty": b"", "binary": b"\xff" * 9}[harm]
        )
    with pytest.raises(Refused, match=r"cannot be used.*Train again"):
        Bundle.load(folder, office(complexity=COMPLEXITY))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 1},
        {"complexity": None},
        {"risk": {}},
        {"risk": None},
        {"risk": []},
        {"usual": 5},
        {"usual": {"risk": {}, "complexity": {}}},
        {"routing": None},
        {"routing": {"rows": {}, "until": "2024-01-01"}},
        {"effort": None},
        {"effort": {"linear": 1}},
        {"complexity": {"columns": 1}},
    ],
)
def test_forged_description_is_refused(
    saved: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """A description that hashes right but describes no model is refused all the same."""
    with pytest.raises(Refused, match="cannot be used"):
        Bundle.load(rewritten(saved, tmp_path / "forged", **changes), office(complexity=COMPLEXITY))


def test_too_large_a_file_is_not_read(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beyond the limit is refused by its size alone."""
    monkeypatch.setattr("models.bundle.files.LONGEST_FILE", 100)
    with pytest.raises(Refused, match="larger than 100 bytes"):
        Bundle.load(saved, office(complexity=COMPLEXITY))


def test_no_complexity_is_said(bundle: Bundle, small_tables: Tables) -> None:
    """A bundle without a complexity model says what was missing when it was trained."""
    about = bundle.about | {"not_trained": {"complexity": "there is no [complexity]."}}
    without = Bundle(bundle.office, bundle.risk, None, None, bundle.effort, bundle.usual, about)
    with pytest.raises(Refused, match=r"nothing about complexity.*\[complexity\]"):
        without.complexity_at(small_tables, intake_moments(small_tables, after=None, until=UNTIL))
    with pytest.raises(Refused, match="nothing about complexity"):
        without.cutoffs(0.05, 0.2)


def test_no_effort_is_said(bundle: Bundle, small_tables: Tables) -> None:
    """A bundle without an effort model says why, whether asked of new cases or of open ones."""
    about = bundle.about | {"not_trained": {"effort": "too few closed cases."}}
    without = replace(bundle, effort=None, about=about)
    opened = intake_moments(small_tables, after=None, until=UNTIL)
    for ask in (
        lambda: without.effort_at(small_tables, opened),
        lambda: without.remaining_effort(small_tables, UNTIL),
    ):
        with pytest.raises(Refused, match=r"nothing about effort.*too few closed cases"):
            ask()


def test_no_risk_is_said(bundle: Bundle, small_tables: Tables) -> None:
    """Whatever needs risk is refused by a bundle without it, for the reason it has."""
    about = bundle.about | {"not_trained": {"risk": "there are no reviews."}}
    without = replace(bundle, risk=None, usual={}, about=about)
    moments = closing_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    x = bundle.features(small_tables, moments)
    for ask in (
        lambda: without.score(small_tables, UNTIL),
        lambda: without.score_moments(small_tables, moments),
        lambda: without.features(small_tables, moments),
        lambda: without.risks(x),
        lambda: without.reasons(x, "en"),
    ):
        with pytest.raises(Refused, match=r"nothing about risk.*there are no reviews"):
            ask()


def test_about_can_be_written_as_json(bundle: Bundle) -> None:
    """What a bundle says of itself names its date, counts and versions."""
    about = json.loads(json.dumps(bundle.about))
    assert about["trained_until"] == "2024-08-01T00:00:00"
    assert about["defects"] > 50
    assert about["versions"]["lightgbm"]
    assert "suspects" in str(about["risk_features"])
