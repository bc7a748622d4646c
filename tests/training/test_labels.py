"""Which cases get a label, which, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.tables.tables import REVIEWS as REVIEW_COLUMNS
from cases.tables.tables import Tables, case_columns
from tests.factories.office import OFFICE, office, rows, tables
from tests.factories.small_office import UNTIL, small_office
from training.labels import (
    complexity_labels,
    effort_labels,
    efforts_by,
    finished_moments,
    judged_labels,
    judging_labels,
    reviewed_moments,
    risk_labels,
)

CASES = """
case_id | opened_at  | closed_at  | kind | suspects
a       | 2024-01-01 | 2024-01-10 | x    | 1
b       | 2024-01-02 | 2024-01-12 | x    | 2
c       | 2024-01-03 | 2024-01-20 | x    | 3
d       | 2024-01-04 | -          | x    | 4
"""
REVIEWS = """
case_id | reviewed_at | kind   | grade | inclusion_probability
a       | 2024-01-15  | random | bad   | 0.5
a       | 2024-01-25  | key    | good  | -
b       | 2024-01-18  | key    | good  | -
"""
LATE = datetime(2024, 12, 31)
MANY = {"attribute": "suspects", "at_least": 2}
COMPLEXITY = {"meaning": {"en": "many suspects"}, "any_of": [MANY]}


def small(maturity: int = 0, **changes: Any) -> Tables:
    """The four cases, with grades that are final `maturity` days after the review."""
    graded = {"reviews": OFFICE["reviews"] | {"maturity_days": maturity}}
    description = office(**(graded | changes))
    cases = rows(CASES, case_columns(description))
    return Tables.of(description, cases, reviews=rows(REVIEWS, REVIEW_COLUMNS))


@pytest.mark.parametrize(
    ("until", "maturity", "labels"),
    [
        ("2024-01-14", 0, {}),
        ("2024-01-15", 0, {"a": 1}),
        ("2024-01-31", 0, {"a": 1, "b": 0}),
        ("2024-01-24", 10, {}),
        ("2024-01-25", 10, {"a": 1}),
        ("2024-01-27", 10, {"a": 1}),
        ("2024-01-28", 10, {"a": 1, "b": 0}),
    ],
)
def test_labels_wait_until_final(until: str, maturity: int, labels: dict[str, int]) -> None:
    """A grade counts from its review plus the maturity on; cases without a review have none."""
    found = risk_labels(small(maturity), datetime.fromisoformat(until))
    assert dict(zip(found["case_id"], found["y"], strict=True)) == labels


def test_label_says_when_and_from_which_sample() -> None:
    """A label carries its closing, when it was known, and if its inclusion probability is known."""
    first, second = risk_labels(small(10), LATE).to_dicts()
    assert first["moment"] == datetime(2024, 1, 10)
    assert first["known_at"] == datetime(2024, 1, 25)
    assert (first["surveyed"], second["surveyed"]) == (True, False)
    assert (first["grade"], second["weight"]) == ("bad", 1.0)


@pytest.mark.parametrize(("others", "surveyed"), [(1, True), (2, False)])
def test_reviews_made_for_certain_speak_for_all_only_as_a_census(
    others: int, surveyed: bool
) -> None:
    """Nine cases reviewed for certain speak for ten closed meanwhile, and not for eleven."""
    cases = "case_id | opened_at | closed_at\n"
    reviews = "case_id | reviewed_at | kind | grade | inclusion_probability\n"
    for number in range(9 + others):
        cases += f"{number} | 2024-01-01 | 2024-01-{10 + number}\n"
        if number not in range(1, 1 + others):
            reviews += f"{number} | 2024-02-01 | key | good | 1\n"
    found = risk_labels(tables(cases, reviews=reviews), LATE)
    assert found["surveyed"].to_list() == [surveyed] * 9


def test_an_old_grade_is_learnt_as_the_present_one() -> None:
    """The label of a case graded by an old code has the present grade and the same outcome."""
    old = {"code": "good", "defect": False, "maps_to": "fine", "meaning": {"en": "old"}}
    present = [{**old, "code": "fine", "maps_to": None}, {**old, "code": "bad", "defect": True}]
    present[1] |= {"maps_to": None}
    found = risk_labels(small(reviews={"grades": [old, *present]}), LATE)
    assert found.select("grade", "y").rows() == [("bad", 1), ("fine", 0)]


@pytest.mark.parametrize(("until", "known"), [("2024-02-01", False), ("2024-02-02", True)])
def test_a_label_carries_its_reviewers_severity_as_far_as_known(until: str, known: bool) -> None:
    """Two reviewers differ on forty cases, which nobody knows before the second has read them."""
    days = {"mild": "2024-02-01", "severe": "2024-02-02"}
    cases = "case_id | opened_at | closed_at\n"
    reviews = "case_id | reviewed_at | reviewer | grade\n"
    for number in range(40):
        cases += f"{number} | 2024-01-01 | 2024-01-10\n"
        for who, day in days.items():
            grade = "bad" if who == "severe" and number % 3 == 0 else "good"
            reviews += f"{number} | {day} | {who} | {grade}\n"
    found = risk_labels(tables(cases, reviews=reviews), datetime.fromisoformat(until))
    assert found["y"].to_list() == [0] * 40
    assert ((found["severity"] < 0) == known).all()
    assert ((found["severity"] == 0) != known).all()


def test_labels_only_among_the_models_cases() -> None:
    """Cases the risk model is not for get no label."""
    found = risk_labels(small(risk={"among": [MANY]}), LATE)
    assert found["case_id"].to_list() == ["b"]


def test_labels_are_of_the_moment_that_risk_is_asked_at() -> None:
    """At intake the label stands at the opening; after an activity only for a later review."""
    found = risk_labels(small(risk={"at": "intake"}), LATE)
    assert found.select("case_id", "moment").rows() == [
        ("a", datetime(2024, 1, 1)),
        ("b", datetime(2024, 1, 2)),
    ]
    events = """
    case_id | at         | activity
    a       | 2024-01-16 | decided
    b       | 2024-01-16 | decided
    """
    late = tables(CASES, events, reviews=REVIEWS, risk={"at": "decided"})
    found = risk_labels(late, LATE)
    assert found.select("case_id", "moment").rows() == [("b", datetime(2024, 1, 16))]


def test_a_census_is_judged_by_cases_old_enough_to_be_reviewed() -> None:
    """Of the newest cases one was reviewed within a day; the others could not be known yet."""
    cases = "case_id | opened_at | closed_at\n"
    reviews = "case_id | reviewed_at | kind | grade | inclusion_probability\n"
    for number in range(1, 29):
        cases += f"{number} | 2024-01-{number:02d} | -\n"
        if number < 20:
            reviews += f"{number} | 2024-02-{number:02d} | key | good | 1\n"
    reviews += "27 | 2024-01-28 | key | good | 1\n"
    found = risk_labels(
        tables(cases, reviews=reviews, risk={"at": "intake"}), datetime(2024, 2, 20)
    )
    assert found["surveyed"].all()


def test_only_outcomes_of_a_time_when_nearly_all_are_known_judge_an_early_moment() -> None:
    """At closing all labels judge a model; at intake not those of recent, quick cases."""
    early = small_office(400, risk={"at": "intake"})
    until = UNTIL - timedelta(days=150)
    every, judging = (of(early, "risk", until) for of in (judged_labels, judging_labels))
    assert judging.height < every.height
    assert judging["moment"].max() < every["moment"].max()
    late = small_office(400)
    assert judging_labels(late, "risk", until).equals(judged_labels(late, "risk", until))


def test_moments_cover_the_labels() -> None:
    """Features are asked for at the closing of the reviewed, the intake of the finished cases."""
    reviewed = reviewed_moments(small(), LATE).collect("polars").to_native()
    finished = finished_moments(small(), LATE).collect("polars").to_native()
    assert sorted(reviewed["case_id"]) == ["a", "b"]
    assert sorted(finished["case_id"]) == ["a", "b", "c"]
    assert finished["moment"].max() == datetime(2024, 1, 3)


def test_moments_are_those_of_the_models_cases() -> None:
    """Whoever asks for the reviewed cases gets those that have a label, and no others."""
    office = small(risk={"among": [MANY]})
    reviewed = reviewed_moments(office, LATE).collect("polars").to_native()
    assert reviewed.equals(risk_labels(office, LATE).select("case_id", "moment"))


def test_an_office_without_reviews_has_no_labels() -> None:
    """No reviews, no grades: the table of labels is empty and has its columns."""
    bare = Tables.of(office(reviews=None), rows(CASES, case_columns(office())))
    found = risk_labels(bare, LATE)
    assert found.is_empty()
    assert found.columns == risk_labels(small(), LATE).columns


def test_complexity_is_known_at_closing() -> None:
    """Closed cases are complex or not as the office file says; open ones are unknown."""
    found = complexity_labels(small(complexity=COMPLEXITY), datetime(2024, 1, 12))
    assert dict(zip(found["case_id"], found["y"], strict=True)) == {"a": 0, "b": 1}
    assert found["moment"].to_list() == [datetime(2024, 1, 1), datetime(2024, 1, 2)]
    assert found["known_at"].to_list() == [datetime(2024, 1, 10), datetime(2024, 1, 12)]


def test_recent_cases_that_were_quick_are_no_labels() -> None:
    """A case that is closed sooner than nineteen in twenty waits until it is as old as those."""
    days = [*[4] * 18, 20, 30]
    cases = "case_id | opened_at | closed_at\n"
    cases += "".join(f"{i} | 2024-01-01 | 2024-01-{1 + days[i]:02}\n" for i in range(20))
    cases += "late | 2024-03-01 | 2024-03-02\n"
    complexity = {"meaning": {"en": "slow"}, "any_of": [{"attribute": "days_open", "at_least": 20}]}
    office = tables(cases, complexity=complexity)
    for until, known in (("2024-03-20", False), ("2024-03-21", True)):
        found = complexity_labels(office, datetime.fromisoformat(until))
        assert ("late" in found["case_id"]) is known
        assert found["y"].sum() == 2


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 200)), min_size=1, max_size=40),
    st.integers(0, 400),
)
def test_labels_were_open_long_enough_whatever_the_durations(
    cases: list[tuple[int, int]], day: int
) -> None:
    """Every label was opened as long ago as nineteen in twenty took, or is of the older half."""
    start, until = datetime(2024, 1, 1), datetime(2024, 1, 1) + timedelta(days=day)
    lines = [
        f"{i} | {start + timedelta(days=opened):%Y-%m-%d} | "
        f"{start + timedelta(days=opened + open_for):%Y-%m-%d}"
        for i, (opened, open_for) in enumerate(cases)
    ]
    office = tables("case_id | opened_at | closed_at\n" + "\n".join(lines), complexity=COMPLEXITY)
    found = complexity_labels(office, until)
    took = sorted(open_for for opened, open_for in cases if opened + open_for <= day)
    closed = sorted(opened for opened, open_for in cases if opened + open_for <= day)
    assert 2 * found.height >= len(closed)
    assert (found["known_at"] <= until).all()
    for opened in found["moment"]:
        if (opened - start).days <= closed[(len(closed) - 1) // 2]:
            continue
        assert sum(days <= (until - opened).days for days in took) >= 0.95 * len(took)


def test_no_complexity_no_labels() -> None:
    """An office that does not say what is complex has no complexity labels."""
    assert complexity_labels(small(), LATE).is_empty()


def test_effort_is_days_or_what_the_office_records() -> None:
    """Closed cases have their days or the recorded number; open ones are kept without."""
    until = datetime(2024, 1, 12)
    days = effort_labels(small(), until)
    assert days["case_id"].to_list() == ["a", "b", "c", "d"]
    assert days["effort"].to_list() == [9.0, 10.0, None, None]
    assert days["known_at"].null_count() == 2
    worked = {"type": "number", "known": "closing", "meaning": {"en": "days worked"}}
    changes = {
        "attributes": OFFICE["attributes"] | {"worked": worked},
        "effort": {"attribute": "worked"},
    }
    table = """
    case_id | opened_at  | closed_at  | worked
    a       | 2024-01-01 | 2024-01-10 | 2.5
    b       | 2024-01-02 | 2024-01-12 | -
    c       | 2024-01-03 | 2024-01-20 | 4
    e       | 2024-01-03 | 2024-01-04 | -1
    """.replace("| -1", "| -1.0")
    recorded = effort_labels(tables(table, **changes), until)
    assert recorded["effort"].to_list() == [2.5, None, None, None]
    assert recorded["lasted"].to_list() == [9.0, 10.0, None, 1.0]


@pytest.mark.parametrize("day", range(1, 25))
def test_efforts_of_a_past_day(day: int) -> None:
    """What was known of efforts on a day is the same when known later."""
    then = datetime(2024, 1, day)
    assert efforts_by(effort_labels(small(), LATE), then).equals(effort_labels(small(), then))


def test_a_consolidated_grade_is_the_label_from_the_day_it_is_final() -> None:
    """Until then the first one is; it is of no reviewer, so that no severity is taken out."""
    cases = "case_id | opened_at | closed_at\n"
    reviews = "case_id | reviewed_at | reviewer | grade | reading\n"
    for number in range(40):
        cases += f"{number} | 2024-01-01 | 2024-01-10\n"
        second = "bad" if number % 3 == 0 else "good"
        reviews += f"{number} | 2024-02-01 | mild | good | first\n"
        reviews += f"{number} | 2024-02-02 | severe | {second} | second\n"
        reviews += f"{number} | 2024-02-03 | mild | {second} | consolidated\n"
    known = tables(cases, reviews=reviews)
    before, after = (risk_labels(known, datetime(2024, 2, day)) for day in (2, 3))
    assert (before["y"].sum(), after["y"].sum()) == (0, 14)
    assert (before["severity"] < 0).all()
    assert (after["severity"] == 0).all()
    assert set(after["known_at"]) == {datetime(2024, 2, 3)}


def test_of_a_case_that_was_opened_again_the_review_of_its_present_closing_is_the_label() -> None:
    """Though that of its first closing was consolidated; a review before the closing is none."""
    cases = (
        "case_id | opened_at | closed_at\na | 2024-01-01 | 2024-03-01\nb | 2024-01-01 | 2024-03-01"
    )
    reviews = """
    case_id | reviewed_at | reviewer | grade | reading
    a       | 2024-02-01  | r1       | good  | first
    a       | 2024-02-03  | r1       | good  | consolidated
    a       | 2024-03-05  | r2       | bad   | first
    b       | 2024-02-03  | r1       | good  | consolidated
    """
    found = risk_labels(tables(cases, reviews=reviews), LATE)
    assert found.select("case_id", "y", "known_at").rows() == [("a", 1, datetime(2024, 3, 5))]
