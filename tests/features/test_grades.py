"""Which of several grades of a case counts."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cases.tables.tables import REVIEWS, Tables, rows
from cases.tables.values import TIME
from features.as_of import counted as counted_in
from features.as_of import final_readings, final_reviews
from features.grades import counting, of_last_closing
from tests.factories.office import OFFICE, office, tables
from tests.factories.office import rows as table

CASES = "case_id | opened_at | closed_at\n" + "\n".join(
    f"{case} | 2024-01-01 | 2024-01-10" for case in "abc"
)
READ = """
case_id | reviewed_at | reviewer | grade | reading
a       | 2024-01-14  | r2       | bad   | second
a       | 2024-01-15  | r1       | good  | first
a       | 2024-01-20  | r1       | bad   | consolidated
a       | 2024-01-25  | r3       | good  | -
b       | 2024-01-15  | r2       | bad   | second
b       | 2024-01-15  | r1       | good  | -
c       | 2024-01-16  | r1       | good  | -
"""
KNOWN = {name: REVIEWS[name] for name in ("case_id", "reviewer", "grade", "reading")}


def read(maturity: int = 0) -> Tables:
    """Three cases, of which one has a consolidated grade."""
    reviews = OFFICE["reviews"] | {"maturity_days": maturity}
    known = tables(CASES, reviews=READ)
    return Tables.of(office(reviews=reviews), known.case_rows, reviews=known.rows("reviews"))


def counted(until: datetime, maturity: int = 0) -> list[tuple[str, str | None, str]]:
    """Case, reviewer and grade of what counts by then."""
    found = counting(rows(final_reviews(read(maturity), until)))
    return found.sort("case_id").select("case_id", "reviewer", "grade").rows()


def test_the_first_counts_until_there_is_a_consolidated_grade() -> None:
    """Of one moment the first reading; what is consolidated is nobody's alone."""
    assert counted(datetime(2024, 1, 14)) == [("a", "r2", "bad")]
    before = [("a", "r2", "bad"), ("b", "r1", "good"), ("c", "r1", "good")]
    assert counted(datetime(2024, 1, 19)) == before
    assert counted(datetime(2024, 1, 20)) == [("a", None, "bad"), *before[1:]]
    assert counted(datetime(2024, 12, 31)) == [("a", None, "bad"), *before[1:]]


def test_a_consolidated_grade_counts_once_it_is_final() -> None:
    """It waits as every grade does."""
    assert counted(datetime(2024, 1, 29), maturity=10)[0] == ("a", "r2", "bad")
    assert counted(datetime(2024, 1, 30), maturity=10)[0] == ("a", None, "bad")


def test_readings_are_what_reviewers_graded_alone() -> None:
    """Without the consolidated grade."""
    found = rows(final_readings(read(), datetime(2024, 12, 31)))
    assert found.height == 6
    assert "consolidated" not in found["reading"].to_list()


def test_a_consolidated_grade_is_counted_in_no_feature() -> None:
    """Those it is made from are counted already, each in its own window."""
    known = read()
    without = known.with_rows(reviews=rows(known.readings))
    one, other = (rows(counted_in(each, ["kind"])["reviewed"]) for each in (known, without))
    assert one.height == 6
    assert one.sort(pl.all()).equals(other.sort(pl.all()))  # a join promises no order


rows_of_reviews = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["r1", "r2", None]),
        st.sampled_from(["good", "bad"]),
        st.sampled_from([None, "first", "second", "consolidated"]),
        st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 3)),
    ),
    max_size=8,
)


@given(rows_of_reviews)
def test_one_grade_of_each_case_counts(reviews: list[tuple[str, str, str, str, datetime]]) -> None:
    """Whatever there is; a consolidated one if there is one, and none is passed by without."""
    frame = pl.DataFrame(reviews, schema=KNOWN | {"known_at": TIME}, orient="row")
    frame = frame.with_columns(reviewed_at="known_at")
    found = counting(frame)
    assert sorted(found["case_id"]) == sorted(set(frame["case_id"]))
    for (case_id,), own in frame.group_by("case_id"):
        counts = found.row(by_predicate=pl.col("case_id") == case_id, named=True)
        agreed = own.filter(reading="consolidated")
        assert (counts["reading"] == "consolidated") == (agreed.height > 0)
        assert counts["known_at"] == (agreed if agreed.height else own)["known_at"].min()


def test_without_readings_the_first_in_the_table_counts() -> None:
    """Of grades of one moment, where nothing else tells."""
    text = "case_id | reviewer | grade\na | r1 | good\na | r2 | bad"
    same = table(text, KNOWN).with_columns(known_at=datetime(2024, 1, 1))
    assert counting(same, ties=())["reviewer"].to_list() == ["r1"]


def test_of_a_case_that_was_closed_again_only_what_was_made_since_is_of_that_closing() -> None:
    """a was; b was not reviewed since, c is open."""
    cases = table(
        "case_id | closed_at\na | 2024-01-18\nb | 2024-01-18\nc | -",
        {"case_id": pl.String(), "closed_at": TIME},
    )
    found = of_last_closing(read().rows("reviews"), cases)
    assert found.group_by("case_id").len().sort("case_id").rows() == [("a", 2), ("b", 2), ("c", 1)]
