"""Tests of which readings are still to be made."""

from __future__ import annotations

from datetime import UTC, datetime

from cases.tables.tables import Tables
from serving.work.deciding import Overridden
from serving.work.readings import open_readings, to_make
from serving.work.reviewing import Assigned, Begun, Reading
from serving.work.step import Step, Taken
from serving.work.work import Work
from tests.factories.fakes import context
from tests.factories.office import OFFICE, office, tables


def given(case_id: str, reviewer: str, reading: Reading = "first") -> Assigned:
    """A reading that somebody got by hand."""
    return Assigned(plan="p", case_id=case_id, reading=reading, reviewer=reviewer)


def still_open(*steps: Step) -> list[tuple[str, ...]]:
    """What is to be made after these steps, in an office where r1 reviewed case c."""
    taken = [Taken(step, number, datetime.now(UTC), None) for number, step in enumerate(steps)]
    return open_readings(Work().after(taken), {}, context().tables).rows()


def test_a_reading_is_made_once_the_table_has_a_review_by_that_reviewer() -> None:
    """Another reviewer's review of the case does not make it."""
    assert still_open() == []
    assert still_open(given("c", "r1"), given("c", "r2", "second"), given("a", "r1")) == [
        ("p", "c", "second", "r2"),
        ("p", "a", "first", "r1"),
    ]


def test_who_was_given_a_reading_first_has_it() -> None:
    """Two people may give it at the same time: the first counts."""
    drawn = (given("a", "r1"), given("b", "r1"))
    began = Begun(plan="p", manifest="m", seed="s", draw="d", readings=drawn)
    assert still_open(began, given("a", "r2")) == [
        ("p", "a", "first", "r1"),
        ("p", "b", "first", "r1"),
    ]


CASES = "case_id | opened_at | closed_at\n" + "\n".join(
    f"{case} | 2024-01-01 | 2024-01-10" for case in "abcd"
)
REVIEWS = """
case_id | reviewed_at | reviewer | kind       | grade | reading
a       | 2024-02-10  | r1       | review     | good  | first
b       | 2024-01-20  | r1       | review     | good  | first
b       | 2024-02-10  | r1       | self_check | good  | -
c       | 2024-02-10  | r9       | review     | good  | -
d       | 2024-02-10  | -        | review     | good  | consolidated
"""


def to_make_of(*steps: Step) -> list[tuple[str, str, str | None]]:
    """What is to be made of a plan of the first of February: case, reading and reviewer."""
    taken = [Taken(step, number, datetime.now(UTC), None) for number, step in enumerate(steps)]
    kinds = {"review": "review", "self_check": "self_check"}
    reviews = OFFICE["reviews"] | {"kinds": kinds}
    read = tables(CASES, reviews=REVIEWS)
    known = Tables.of(office(reviews=reviews), read.case_rows, reviews=read.rows("reviews"))
    found = to_make(Work().after(taken), {"p": datetime(2024, 2, 1)}, known, {"p": "abcd"})
    return found.sort("case_id", "reading").select("case_id", "reading", "reviewer").rows()


def test_only_reviews_since_the_day_of_the_plan_make_a_reading() -> None:
    """b was reviewed before, and checked since; of c and d nobody has to read anything more."""
    assert to_make_of() == [("b", "first", None)]
    drawn = tuple(given(case_id, "r1") for case_id in "abcd")
    began = Begun(plan="p", manifest="m", seed="s", draw="d", readings=drawn, twice=("a", "d"))
    assert to_make_of(began) == [("a", "second", None), ("b", "first", "r1")]


def test_of_a_case_that_was_taken_out_nothing_is_to_be_read_and_of_an_added_one_it_is() -> None:
    """Whether or not it was given to somebody."""
    out = Overridden(plan="p", case_id="b", decided="left_out")
    added = Overridden(plan="p", case_id="e", decided="listed")
    assert to_make_of(given("b", "r1"), out) == []
    assert to_make_of(out, added, given("e", "r2")) == [("e", "first", "r2")]


def test_a_review_by_a_reader_makes_the_own_reading_whatever_it_is_called() -> None:
    """That of a is called a first one; its first reader does not have to know, and still reads."""
    readers = (given("a", "r2"), given("a", "r1", "second"), given("b", "r1"), given("c", "r1"))
    assert to_make_of(*readers) == [("a", "first", "r2"), ("b", "first", "r1")]
