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
from cases.language.kept import as_json
from cases.language.messages import _
from cases.tables.tables import Tables
from features.as_of import closing_moments, intake_moments
from models.bundle import files
from models.bundle.bundle import FORMAT, Bundle
from models.questions.complexity import ComplexityQuestion
from models.questions.effort import EffortQuestion
from models.questions.questions import QUESTIONS
from models.questions.remaining import RemainingQuestion
from models.questions.risk import RiskQuestion
from tests.factories.office import OFFICE, office
from tests.factories.small_office import COMPLEXITY, UNTIL, small_office, without

UNSAYABLE = {"template": "{a.b}", "values": {"a": 1}}


@pytest.fixture(scope="session")
def saved(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle's folder."""
    folder = tmp_path_factory.mktemp("bundle")
    bundle.save(folder)
    return folder


def rewritten(saved: Path, folder: Path, **changes: Any) -> Path:
    """A copy whose description is changed and whose hashes are put right."""
    texts, described = files.read(saved, ["risk.txt"])
    files.write(folder, files.contents(texts, changed(described, changes)))
    return folder


def changed(described: Any, changes: Any) -> Any:
    """The description with changes, where both are mappings down to their leaves."""
    if not isinstance(described, dict) or not isinstance(changes, dict) or not changes:
        return changes
    return described | {key: changed(described.get(key), new) for key, new in changes.items()}


def risks(bundle: Bundle, *asked: Any, **options: Any) -> pl.DataFrame:
    """The risk of every case that could be spot-checked."""
    return bundle.question(RiskQuestion).score(*asked, **options)


def test_scores_closed_cases_nobody_reviewed(bundle: Bundle, small_tables: Tables) -> None:
    """Every case closed by then and not reviewed by then is scored once, with its interval."""
    scored = risks(bundle, small_tables, UNTIL)
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
    few = office(risk={"among": among}, complexity=COMPLEXITY)
    tables = Tables.of(
        few,
        small_tables.case_rows,
        events=small_tables.event_rows,
        reviews=small_tables.review_rows,
    )
    many = small_tables.case_rows.filter(pl.col("suspects") >= 4)["case_id"]
    scored = set(risks(bundle, tables, UNTIL)["case_id"])
    assert scored == set(risks(bundle, small_tables, UNTIL)["case_id"]) & set(many)


def test_only_cases_closed_after_a_day(bundle: Bundle, small_tables: Tables) -> None:
    """A batch is scored as the whole office is, without the cases closed before it."""
    every = risks(bundle, small_tables, UNTIL)
    middle = every["closed_at"].sort()[every.height // 2]
    batch = risks(bundle, small_tables, UNTIL, closed_after=middle)
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
    assert risks(bundle, short, cut).equals(risks(bundle, late, cut))


def test_no_handler_among_the_features(bundle: Bundle) -> None:
    """Who handled a case is no feature unless the office file says so."""
    names = bundle.question(RiskQuestion).names
    assert not [name for name in names if "handler" in name and "history" in name]
    assert "attribute.handler" not in names


def test_round_trip_to_the_bit(bundle: Bundle, saved: Path, small_tables: Tables) -> None:
    """A loaded bundle gives the same scores, probabilities and reasons to the bit."""
    again = Bundle.load(saved, bundle.office)
    moments = closing_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    opened = intake_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    assert risks(again, small_tables, UNTIL).equals(risks(bundle, small_tables, UNTIL))
    for code, asked in {"risk": moments, "complexity": opened, "effort": opened}.items():
        x = bundle.features(small_tables, asked, code)
        assert again.features(small_tables, asked, code).equals(x)
        assert again.answer(code, x).equals(bundle.answer(code, x))
        assert again.explain(code, x, top=5) == bundle.explain(code, x, top=5)
    efforts, complexities = (
        [trained.question(kind) for trained in (bundle, again)]
        for kind in (EffortQuestion, ComplexityQuestion)
    )
    left = [effort.remaining(small_tables, UNTIL) for effort in efforts]
    assert left[0].equals(left[1])
    assert complexities[0].cutoffs(0.05, 0.2) == complexities[1].cutoffs(0.05, 0.2)
    assert again.about == bundle.about
    assert again.content_hash == bundle.content_hash
    assert replace(again, about={}).content_hash != bundle.content_hash


def test_what_is_left_of_the_open_cases(bundle: Bundle, small_tables: Tables) -> None:
    """Exactly the cases open at the moment, each with what was known of it by then."""
    left = bundle.question(EffortQuestion).remaining(small_tables, UNTIL)
    came_in = small_tables.case_rows.filter(pl.col("opened_at") <= UNTIL)
    still_open = came_in.filter(pl.col("closed_at") > UNTIL)
    assert left["case_id"].to_list() == sorted(still_open["case_id"])
    assert (left["remaining_effort"] > 0).all()
    assert left["handler"].null_count() == left.height  # known at closing in this office
    assert left["age_days"].is_between(0, 40).all()


def test_efforts_lie_in_their_interval(bundle: Bundle, small_tables: Tables) -> None:
    """The expected effort of a new case has a low and a high value with it."""
    opened = intake_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    found = bundle.predict("effort", small_tables, opened)
    assert found.columns == ["case_id", "moment", "effort", "effort_low", "effort_high"]
    assert found.select((pl.col("effort_low") < pl.col("effort_high")).all()).item()


def test_saved_files_are_text(saved: Path) -> None:
    """A bundle is text and JSON."""
    assert sorted(path.name for path in saved.iterdir()) == [
        "bundle.json", "effort.txt", "manifest.json", "risk.txt",
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


@pytest.mark.parametrize("name", ["bundle.json", "risk.txt", "effort.txt", "manifest.json"])
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
        {"format": "4"},
        {"questions": None},
        {"questions": {"complexity": None}},
        {"questions": {"risk": {}}},
        {"questions": {"risk": None}},
        {"questions": {"risk": []}},
        {"questions": {"weather": {}}},
        {"usual": 5},
        {"usual": {"risk": {}}},
        {"usual": {"risk": {"attribute.suspects": 2.0}}},
        {"questions": {"complexity": {"outcomes": None}}},
        {"questions": {"complexity": {"outcomes": {"rows": {}}}}},
        {"questions": {"effort": None}},
        {"questions": {"effort": {"hazard": 1}}},
        {"questions": {"complexity": {"model": {"columns": 1}}}},
        {"about": {"not_trained": None}},
        {"about": {"not_trained": {"effort": {"template": "{a}", "values": {"b": 1}}}}},
        {"about": {"not_trained": {}, "leaks": [{"evidence": UNSAYABLE}]}},
        {"about": {"not_trained": {}, "leaks": 5}},
    ],
)
def test_forged_description_is_refused(
    saved: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """A description that hashes right but describes no model is refused all the same."""
    with pytest.raises(Refused, match="cannot be used"):
        Bundle.load(rewritten(saved, tmp_path / "forged", **changes), office(complexity=COMPLEXITY))


@pytest.mark.parametrize(("saved_as", "version"), [(FORMAT - 1, "older"), (FORMAT + 1, "newer")])
def test_another_programs_bundle_is_refused(
    saved: Path, tmp_path: Path, saved_as: int, version: str
) -> None:
    """With what to do, and without the numbers of formats."""
    folder = rewritten(saved, tmp_path / "other", format=saved_as)
    with pytest.raises(Refused, match=f"made by an? {version} version of this program"):
        Bundle.load(folder, office(complexity=COMPLEXITY))


def test_too_large_a_file_is_not_read(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beyond the limit is refused by its size alone."""
    monkeypatch.setattr("models.bundle.files.LONGEST_FILE", 100)
    with pytest.raises(Refused, match="larger than 100 bytes"):
        Bundle.load(saved, office(complexity=COMPLEXITY))


def test_a_question_that_was_not_trained_is_refused(bundle: Bundle, small_tables: Tables) -> None:
    """Everything that needs a missing question is refused, for the reason it is missing."""
    moments = closing_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    x = bundle.features(small_tables, moments, *bundle.questions)
    asked = [kind for kind in QUESTIONS.values() if kind.unasked(bundle.office) is None]
    assert [kind.code for kind in asked] == ["risk", "complexity", "effort"]
    for kind in asked:
        bare = without(bundle, **{kind.code: "there was [too little]."})
        for ask in (
            lambda bare=bare, kind=kind: bare.question(kind),
            lambda bare=bare, kind=kind: bare.features(small_tables, moments, kind.code),
            lambda bare=bare, kind=kind: bare.predict(kind.code, small_tables, moments),
            lambda bare=bare, kind=kind: bare.answer(kind.code, x),
            lambda bare=bare, kind=kind: bare.explain(kind.code, x, top=5),
        ):
            with pytest.raises(Refused, match=rf"nothing about {kind.code}.*\[too little\]"):
                ask()


def test_a_question_that_the_office_does_not_ask_is_no_gap(bundle: Bundle) -> None:
    """It is not said to be missing; asked all the same, it says why there is no answer."""
    assert "remaining" not in bundle.not_trained
    with pytest.raises(Refused, match=r"nothing about remaining time.*no limits"):
        bundle.question(RemainingQuestion)


def test_features_of_several_questions_are_built_once(bundle: Bundle, small_tables: Tables) -> None:
    """A feature that two questions read stands once; without a question only the keys stand."""
    opened = intake_moments(small_tables, after=datetime(2024, 7, 20), until=UNTIL)
    both = bundle.features(small_tables, opened, "complexity", "effort")
    assert both.equals(bundle.features(small_tables, opened, "complexity"))
    assert bundle.features(small_tables, opened).columns == ["case_id", "moment"]


def test_reasons_are_restored_in_any_language(bundle: Bundle, saved: Path, tmp_path: Path) -> None:
    """Why a question is missing is kept as a message, or as it stands where it is plain text."""
    lacks = as_json(_("Train on a longer time, or add closed cases."))
    for kept, english in (
        (lacks, "Train on a longer time, or add closed cases."),
        ("few.", "few."),
    ):
        folder = tmp_path / english[:3]
        without(bundle, effort=kept).save(folder)
        assert str(Bundle.load(folder, bundle.office).not_trained["effort"]) == english


def test_about_can_be_written_as_json(bundle: Bundle) -> None:
    """What a bundle says of itself names its date, counts and versions."""
    about = json.loads(json.dumps(bundle.about))
    assert about["trained_until"] == "2024-08-01T00:00:00"
    assert about["defects"] > 50
    assert about["versions"]["lightgbm"]
    assert "suspects" in str(about["risk_features"])
