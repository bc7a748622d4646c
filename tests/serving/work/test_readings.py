"""Tests of which readings are still to be made."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from cases.tables.tables import Tables
from serving.work.deciding import Overridden
from serving.work.readings import open_readings, to_make
from serving.work.reviewing import Assigned, Begun, GivenBack, Reading, Waived
from serving.work.step import Step, Taken
from serving.work.work import Work
from tests.factories.fakes import context
from tests.factories.office import OFFICE, office, tables


def given(case_id: str, reviewer: str, reading: Reading = "first") -> Assigned:
    """A reading that somebody got by hand."""
    return Assigned(plan="p", case_id=case_id, reading=reading, reviewer=reviewer)


def back(case_id: str, reviewer: str, reading: Reading = "first") -> GivenBack:
    """A reading that they gave back."""
    return GivenBack(plan="p", case_id=case_id, reading=reading, reviewer=reviewer, reason="ill")


def waived(case_id: str, reading: Reading = "second") -> Waived:
    """A reading that is done without."""
    return Waived(plan="p", case_id=case_id, reading=reading, reason="nobody is left")


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


def test_a_reading_that_was_given_back_is_open_and_nobodys_until_somebody_takes_it() -> None:
    """So a plan waits for it, and nobody's list of work has it."""
    lost = (given("a", "r1"), back("a", "r1"))
    assert still_open(*lost) == [("p", "a", "first", None)]
    assert still_open(*lost, given("a", "r2")) == [("p", "a", "first", "r2")]
    assert ("b", "first", None) in to_make_of(given("b", "r1"), back("b", "r1"))
    again = (given("a", "r2", "second"), back("a", "r2", "second"))
    assert ("a", "second", None) in to_make_of(*again)


def test_a_review_by_who_gave_a_reading_back_makes_it_all_the_same() -> None:
    """Whatever it is called: that of a is a first one in the table, and was a second one."""
    lost = (given("a", "r2"), given("a", "r1", "second"), back("a", "r1", "second"))
    assert to_make_of(*lost) == [("a", "first", "r2"), ("b", "first", None)]
    assert to_make_of(*lost, given("a", "r3", "second")) == to_make_of(*lost)


def test_a_reading_that_was_waived_is_not_to_be_made() -> None:
    """The other one is."""
    begun = Begun(plan="p", manifest="m", seed="s", draw="d", readings=(), twice=("b",))
    assert to_make_of(begun) == [("b", "first", None), ("b", "second", None)]
    assert to_make_of(begun, waived("b")) == [("b", "first", None)]
    assert to_make_of(begun, given("b", "r1", "second"), waived("b")) == [
        ("b", "first", None),
        ("b", "second", "r1"),
    ]


PEOPLE, NAMED = ("r1", "r2", "r3"), ("first", "second")
HAPPENED = st.one_of(
    st.builds(given, st.sampled_from("ab"), st.sampled_from(PEOPLE), st.sampled_from(NAMED)),
    st.builds(back, st.sampled_from("ab"), st.sampled_from(PEOPLE), st.sampled_from(NAMED)),
    st.builds(waived, st.sampled_from("ab"), st.sampled_from(NAMED)),
)
CAME = st.tuples(st.sampled_from("ab"), st.sampled_from(PEOPLE), st.sampled_from([*NAMED, None]))
KNOWN = tables(CASES, reviews=REVIEWS)


@settings(max_examples=100)
@over(st.lists(HAPPENED, max_size=10), st.lists(CAME, max_size=4))
def test_every_reading_is_made_or_waived_or_waits_for_who_has_it_or_for_anybody(
    steps: list[Assigned | GivenBack | Waived], came: list[tuple[str, str, str | None]]
) -> None:
    """Of a plan of two cases that are read twice: each of the four readings is one of these, once.

    It is followed step by step: `has` is who has a reading now (None: nobody any more), `own` which
    reading of a case was whose.
    """
    has: dict[tuple[str, str], str | None] = {}
    own: dict[tuple[str, str], str] = {}
    without: set[tuple[str, str]] = set()
    for step in steps:
        key, other = (step.case_id, step.reading), [*NAMED][step.reading == "first"]
        if isinstance(step, Assigned):
            if not has.get(key) and key not in without and (step.case_id, step.reviewer) not in own:
                has[key] = step.reviewer
                own[step.case_id, step.reviewer] = step.reading
        elif isinstance(step, GivenBack):
            if has.get(key) == step.reviewer:
                has[key] = None
        elif not has.get(key) and (step.case_id, other) not in without:
            without.add(key)
    made = {(case, own.get((case, who), named or "first")) for case, who, named in came}
    waits = {
        (case, reading, has.get((case, reading)))
        for case in "ab"
        for reading in NAMED
        if (case, reading) not in made | without
    }
    columns = {name: pl.String() for name in ("case_id", "reviewer", "reading")}
    rows = pl.DataFrame(came, columns, orient="row").with_columns(
        reviewed_at=datetime(2024, 3, 1), kind=pl.lit("review"), grade=pl.lit("good")
    )
    some = KNOWN.rows("reviews")
    known = KNOWN.with_rows(reviews=pl.concat([some[:0], rows], how="diagonal_relaxed"))
    begun = Begun(plan="p", manifest="m", seed="s", draw="d", readings=(), twice=("a", "b"))
    taken = [Taken(step, at, datetime.now(UTC), None) for at, step in enumerate([begun, *steps])]
    work = Work().after(taken)
    days = {"p": datetime(2024, 2, 1)}
    found = to_make(work, days, known, {"p": "ab"}).select("case_id", "reading", "reviewer").rows()
    assert len(found) == len(set(found))
    assert set(found) == waits
    had = {(case, reading) for case, reading, _who in waits} & has.keys()
    assert {row[1:3] for row in open_readings(work, days, known).rows()} == had
