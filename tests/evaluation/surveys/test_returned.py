"""Tests of the reviews an estimate takes."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import REVIEWS, Tables, case_columns
from evaluation.surveys.returned import (
    first_returned,
    outside,
    own_checks,
    returned,
    second_readings,
    usual_places,
)
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


def frame_of(**closed: str) -> pl.DataFrame:
    """What a plan's frame says of these cases, each closed on its day."""
    days = [datetime.fromisoformat(day) for day in closed.values()]
    return pl.DataFrame(
        {"case_id": list(closed), "closed_at": days},
        schema={"case_id": pl.String, "closed_at": pl.Datetime("us")},
    )


def test_the_first_final_review_since_the_closing_counts() -> None:
    """Before the closing: not; not yet final: not; of two, the first; an old grade as a new one."""
    cases = rows(
        "case_id | opened_at\n" + "".join(f"{c} | 2024-01-01\n" for c in "abcd"),
        case_columns(OFFICE),
    )
    tables = Tables.of(OFFICE, cases, reviews=rows(FOUND, REVIEWS))
    frame = frame_of(a="2024-01-16", b="2024-02-01", c="2024-01-31", d="2024-01-31")
    found = returned(tables, frame, until=datetime(2024, 3, 1))
    assert sorted(found.rows()) == [("b", 1.0, 2.0, ["facts"]), ("c", 0.0, 1.0, None)]


def test_a_review_of_the_day_of_the_plan_or_before_is_an_answer() -> None:
    """Dated on the day of the closing, or entered late: no case had a review at the draw."""
    cases = rows("case_id | opened_at\na | 2024-01-01", case_columns(OFFICE))
    tables = Tables.of(OFFICE, cases, reviews=rows(FOUND, REVIEWS))
    on_the_day = frame_of(a="2024-01-15").with_columns(pl.col("closed_at") + pl.duration(hours=9))
    for frame in (on_the_day, frame_of(a="2024-01-10")):
        found = returned(tables, frame, datetime(2024, 6, 1))
        assert found.select("case_id", "defect").rows() == [("a", 1.0)]


def test_a_case_that_is_still_open_is_answered_by_its_moment() -> None:
    """Asked about at its intake, a has one review since then; b's was made before."""
    cases = rows("case_id | opened_at\na | 2024-01-01", case_columns(OFFICE))
    tables = Tables.of(OFFICE, cases, reviews=rows(FOUND, REVIEWS))
    moments = frame_of(a="2024-01-01", d="2024-02-28").rename({"closed_at": "moment"})
    frame = moments.with_columns(closed_at=pl.lit(None, pl.Datetime("us")))
    assert returned(tables, frame, datetime(2024, 6, 1))["case_id"].to_list() == ["a"]


def test_a_review_after_the_next_closing_is_of_that_closing() -> None:
    """Of the first closing a review counts that was made before the case was closed again."""
    cases = rows("case_id | opened_at\nb | 2024-01-01\nc | 2024-01-01", case_columns(OFFICE))
    tables = Tables.of(OFFICE, cases, reviews=rows(FOUND, REVIEWS))
    again = {"b": datetime(2024, 2, 2), "c": datetime(2024, 2, 3), "d": None}
    frame = frame_of(**dict.fromkeys(again, "2024-01-31")).with_columns(
        again_at=pl.Series(list(again.values()), dtype=pl.Datetime("us"))
    )
    found = returned(tables, frame, datetime(2024, 6, 1))
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
    frame = frame_of(**dict.fromkeys("abc", "2024-01-31"))
    found = second_readings(tables, frame, datetime(2024, 6, 1))
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
    later = returned(tables, frame_of(a="2024-01-01", b="2024-01-01"), datetime(2024, 6, 1))
    assert later.drop("dimensions").rows() == [("b", 1.0, 2.0)]
    assert tables.review_rows.height == 1


AGREED = """
case_id | reviewed_at | reviewer | grade | reading
a       | 2024-02-03  | R2       | bad   | second
a       | 2024-02-03  | R1       | fine  | first
a       | 2024-02-09  | R1       | bad   | consolidated
b       | 2024-02-03  | R1       | fine  | -
"""


def test_a_consolidated_grade_counts_but_is_no_reading() -> None:
    """The office's figure takes it from the day it is final; who errs is seen without it."""
    cases = rows("case_id | opened_at\na | 2024-01-01\nb | 2024-01-01", case_columns(OFFICE))
    tables, frame = (
        Tables.of(OFFICE, cases, reviews=rows(AGREED, REVIEWS)),
        frame_of(a="2024-01-31", b="2024-01-31"),
    )
    for day, defect in ((13, 0.0), (14, 1.0)):
        found = returned(tables, frame, datetime(2024, 2, day))
        assert found.sort("case_id").select("case_id", "defect").rows() == [("a", defect), ("b", 0)]
    late = datetime(2024, 6, 1)
    alone = first_returned(tables, frame, late)
    assert alone.sort("case_id").select("case_id", "defect").rows() == [("a", 0), ("b", 0)]
    assert second_readings(tables, frame, late).rows() == [("a", 0.0, 1.0)]
