"""Tests of the reviews an estimate takes."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import REVIEWS, Tables, case_columns
from evaluation.surveys.returned import outside, own_checks, returned, second_readings, usual_places
from policies.spot_check.plan import PlanParameters
from tests.factories.office import office, rows

GRADES = [
    {"code": "fine", "defect": False, "meaning": {"en": "fine"}},
    {"code": "so_so", "defect": False, "meaning": {"en": "so-so"}},
    {"code": "bad", "defect": True, "meaning": {"en": "bad"}},
    {"code": "flawed", "defect": True, "meaning": {"en": "flawed"}, "maps_to": "bad"},
]
DIMENSIONS = {
    "facts": {"meaning": {"en": "facts"}},
    "papers": {"meaning": {"en": "papers"}, "maps_to": "facts"},
}
OFFICE = office(reviews={"grades": GRADES, "maturity_days": 5, "dimensions": DIMENSIONS})
FOUND = """
case_id | reviewed_at | kind   | grade  | dimensions
a       | 2024-01-15  | random | bad    | -
b       | 2024-02-02  | random | fine   | -
b       | 2024-02-01  | double | flawed | papers
c       | 2024-02-03  | random | so_so  | -
d       | 2024-02-27  | random | bad    | -
"""


def test_the_first_final_review_after_the_draw_counts() -> None:
    """Before the draw: not; not yet final: not; of two, the first; what is old as the present."""
    cases = rows(
        "case_id | opened_at\n" + "".join(f"{c} | 2024-01-01\n" for c in "abcd"),
        case_columns(OFFICE),
    )
    tables = Tables.of(OFFICE, cases, reviews=rows(FOUND, REVIEWS))
    found = returned(tables, after=datetime(2024, 1, 31), until=datetime(2024, 3, 1))
    assert sorted(found.rows()) == [("b", 1.0, 2.0, ["facts"]), ("c", 0.0, 1.0, None)]


def test_a_review_after_the_next_closing_is_of_that_closing() -> None:
    """Of the first closing a review counts that was made before the case was closed again."""
    cases = rows("case_id | opened_at\nb | 2024-01-01\nc | 2024-01-01", case_columns(OFFICE))
    tables = Tables.of(OFFICE, cases, reviews=rows(FOUND, REVIEWS))
    again = {"b": datetime(2024, 2, 2), "c": datetime(2024, 2, 3), "d": None}
    closings = pl.DataFrame(
        {"case_id": list(again), "closed_again_at": list(again.values())},
        schema={"case_id": pl.String, "closed_again_at": pl.Datetime("us")},
    )
    found = returned(tables, datetime(2024, 1, 31), datetime(2024, 6, 1), closings)
    assert sorted(found.drop("dimensions").rows()) == [("b", 1.0, 2.0), ("d", 1.0, 2.0)]


def test_second_readings_are_by_another_reviewer() -> None:
    """b was read by two; c twice by one and a by one: neither counts."""
    reviews = """
    case_id | reviewed_at | reviewer | grade
    a       | 2024-02-01  | R1       | bad
    b       | 2024-02-02  | R1       | bad
    b       | 2024-02-03  | R1       | bad
    b       | 2024-02-04  | R2       | fine
    c       | 2024-02-02  | R2       | bad
    c       | 2024-02-03  | R2       | fine
    """
    cases = rows("case_id | opened_at\nb | 2024-01-01", case_columns(OFFICE))
    tables = Tables.of(OFFICE, cases, reviews=rows(reviews, REVIEWS))
    closings = pl.DataFrame(
        {"case_id": ["a", "b", "c"], "closed_again_at": [None] * 3},
        schema={"case_id": pl.String, "closed_again_at": pl.Datetime("us")},
    )
    found = second_readings(tables, datetime(2024, 1, 31), datetime(2024, 6, 1), closings)
    assert found.rows() == [("b", 1.0, 0.0)]


def test_cases_outside_the_frame_are_counted_by_the_reason() -> None:
    """One was reviewed before the draw, one is missing; open and later ones do not count."""
    cases = rows(
        """
        case_id | opened_at  | closed_at
        a       | 2024-01-01 | 2024-01-10
        b       | 2024-01-01 | 2024-01-11
        c       | 2024-01-01 | 2024-01-12
        d       | 2024-01-01 | -
        e       | 2024-01-01 | 2024-03-01
        """,
        case_columns(OFFICE),
    )
    reviews = rows("case_id | reviewed_at | grade\na | 2024-01-15 | bad", REVIEWS)
    tables = Tables.of(OFFICE, cases, reviews=reviews)
    wish = PlanParameters(as_of=datetime(2024, 1, 31), capacity=1, seed="s")
    frame = cases.filter(pl.col("case_id") == "b").select("case_id")
    assert outside(tables, frame, wish) == {"reviewed": 1, "missing": 1}
    assert outside(tables, cases.select("case_id"), wish) == {}


def test_places_that_stand_for_no_defect_and_defect() -> None:
    """The mean of 0 and 1, and 2; none where every grade is a defect."""
    assert usual_places(OFFICE) == (0.5, 2.0)
    all_bad = office(reviews={"grades": [one | {"defect": True} for one in GRADES]})
    assert usual_places(all_bad) is None


KINDS = {"own": "self_check", "other": "verification", "random": "review"}
CHECKED = office(reviews={"grades": GRADES, "maturity_days": 5, "kinds": KINDS})
ROWS = """
case_id | reviewed_at | kind   | grade
a       | 2024-01-10  | own    | bad
a       | 2024-01-12  | own    | fine
a       | 2024-02-12  | own    | bad
b       | 2024-01-11  | own    | flawed
b       | 2024-01-12  | other  | fine
b       | 2024-02-02  | random | bad
"""


def test_own_checks_are_facts_and_no_labels() -> None:
    """The last check of each kind by the draw counts; of the reviews only the random one does."""
    cases = rows("case_id | opened_at\na | 2024-01-01\nb | 2024-01-01", case_columns(CHECKED))
    tables = Tables.of(CHECKED, cases, reviews=rows(ROWS, REVIEWS))
    found = own_checks(tables, datetime(2024, 1, 31))
    assert found.rows() == [("a", True, None), ("b", False, True)]
    later = returned(tables, datetime(2024, 1, 1), datetime(2024, 6, 1))
    assert later.drop("dimensions").rows() == [("b", 1.0, 2.0)]
    assert tables.review_rows.height == 1
