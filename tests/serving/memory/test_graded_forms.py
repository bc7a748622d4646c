"""Grades of a form come in once; what says otherwise is kept beside and named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cases.errors import BadInput, Refused
from ledger.records import Kind
from serving.access.caller import Scope
from serving.memory.current import Current
from serving.memory.graded_forms import ImportedGrades, check_counted, imported
from tests.factories.fakes import InMemory
from tests.serving.kept.forms import a_form, an_office, came_back, done

OF = an_office()
FORM = a_form(OF)
TWICE, OTHER = (
    sorted({one.case_id for one in FORM.rows if one.reading == "second"} - {"c"})[:1],
    "b",
)


class Taking:
    """An office whose forms come in one after the other."""

    def __init__(self) -> None:
        self.ledger = InMemory()
        self.current = Current(OF, self.ledger)

    def check(self, *rows: dict[str, Any]) -> ImportedGrades:
        """What a form with these rows brings."""
        return imported(self.current.context, FORM, came_back(FORM, *rows), by="u1")

    def take(self, *rows: dict[str, Any]) -> tuple[int, int, list[str]]:
        """Record it: how many grades are new and known, and what differs."""
        grades = self.check(*rows)
        self.ledger.append(*grades.entries)
        check_counted(self.current.context.remembered, grades)
        return grades.new, grades.known, [str(one.problem) for one in grades.differing]

    def reviews(self, case_id: str) -> list[tuple[str, str]]:
        """Reviewer and grade of each review of a case."""
        found = self.current.context.tables.of_cases("reviews", [case_id])
        return found.select("reviewer", "grade").rows()


def test_a_grade_reaches_tables_and_work() -> None:
    """As a review with the probability of its draw, and as a step with what else was said."""
    taking = Taking()
    row = done(FORM, "a", grade="bad", facts="yes", good="neat", hours="2")
    assert taking.take(row) == (1, 0, [])
    context = taking.current.context
    (review,) = context.tables.of_cases("reviews", ["a"]).iter_rows(named=True)
    assert (review["kind"], review["grade"], review["dimensions"]) == ("random", "bad", "facts")
    assert (review["hours"], review["inclusion_probability"]) == (2.0, 1.0)
    assert (review["reading"], review["risk_shown"]) == ("first", True)
    (taken,) = context.remembered.work.reviewing.graded["a"]
    assert (taken.by, taken.step.plan, taken.step.good) == ("u1", FORM.plan_id, "neat")
    assert [record.kind for record in taking.ledger.lines][-2:] == [Kind.FACTS, Kind.STEP]


def test_the_same_form_again_brings_nothing() -> None:
    """Nor does one with more rows bring those again."""
    taking = Taking()
    assert taking.take(done(FORM, "a")) == (1, 0, [])
    before = len(taking.ledger.lines)
    assert taking.take(done(FORM, "a")) == (0, 1, [])
    assert len(taking.ledger.lines) == before
    assert taking.take(done(FORM, "a"), done(FORM, "b")) == (1, 1, [])


def test_a_row_that_says_otherwise_replaces_nothing() -> None:
    """It is kept, once, and named each time."""
    taking = Taking()
    taking.take(done(FORM, "a"))
    changed = done(FORM, "a", grade="bad", reason="overlooked")
    otherwise = ["is not what this reviewer found there before."]
    assert taking.take(changed) == (0, 0, otherwise)
    before = len(taking.ledger.lines)
    assert taking.take(changed) == (0, 0, otherwise)
    assert len(taking.ledger.lines) == before
    assert taking.reviews("a") == [("r7", "good")]
    work = taking.current.context.remembered.work.reviewing
    assert [taken.step.grade for taken in work.graded["a"]] == ["good"]
    assert [taken.step.grade for taken in work.again["a"]] == ["bad"]


def test_more_may_be_said_of_a_grade_later() -> None:
    """It is recorded once, and differs from nothing."""
    taking = Taking()
    taking.take(done(FORM, "a"))
    praised = done(FORM, "a", good="clear")
    assert taking.take(praised) == (0, 1, [])
    before = len(taking.ledger.lines)
    assert taking.take(praised) == (0, 1, [])
    assert len(taking.ledger.lines) == before
    (again,) = taking.current.context.remembered.work.reviewing.again["a"]
    assert again.step.good == "clear"


@pytest.mark.parametrize(
    "change", [{"reviewed_at": "2026-03-05"}, {"grade": "excellent"}, {"effect": "yes"}]
)
def test_another_day_or_dimension_says_otherwise(change: dict[str, str]) -> None:
    """The first stays as it was."""
    taking = Taking()
    taking.take(done(FORM, "c"))
    new, known, differing = taking.take(done(FORM, "c", **change))
    assert (new, known, len(differing)) == (0, 0, 1)


def test_two_reviewers_who_disagree_are_both_kept() -> None:
    """Case c was graded by r1 in the office's own table."""
    taking = Taking()
    new, known, differing = taking.take(done(FORM, "c", grade="excellent"))
    assert (new, known) == (1, 0)
    assert differing == ["is another grade than another reviewer gave for this reading."]
    assert taking.reviews("c") == [("r1", "good"), ("r7", "best")]


def test_what_the_office_has_already_is_known() -> None:
    """Its remarks are kept all the same, once."""
    taking = Taking()
    row = done(FORM, "c", reviewer="r1", reviewed_at="2026-02-20", good="thorough")
    assert taking.take(row) == (0, 1, [])
    assert taking.take(row) == (0, 1, [])
    assert [record.kind for record in taking.ledger.lines] == [Kind.OPENED, Kind.STEP]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"reviewed_at": "2026-01-31"}, "date", "is before the case was closed."),
        ({"reviewed_at": "2099-01-01"}, "date", "future"),
        ({"reviewer": "h1"}, "reviewer", "handles or handled this case"),
        ({"hours": "2000"}, "hours", "is not a number of hours from 0 to 1,000."),
    ],
)
def test_what_a_table_is_refused_for_a_form_is_too(
    change: dict[str, str], column: str, said: str
) -> None:
    """At its row and column of the form; nothing comes in."""
    taking = Taking()
    with pytest.raises(BadInput) as refused:
        taking.check(done(FORM, "b"), done(FORM, "a", **change))
    (fault,) = refused.value.faults
    assert (fault.row, fault.column, fault.case) == (3, column, "a")
    assert said in str(fault)


def test_all_faults_come_at_once() -> None:
    """Those of cells with those that only the tables show."""
    rows = done(FORM, "a", grade="fine"), done(FORM, "b", reviewed_at="2026-01-31")
    with pytest.raises(BadInput) as refused:
        Taking().check(*rows)
    assert {fault.row for fault in refused.value.faults} == {2, 3}


def test_a_second_reader_is_another_person() -> None:
    """Than who made the first, on this form or before."""
    case = next(one.case_id for one in FORM.rows if one.reading == "second" and one.case_id != "c")
    first, second = done(FORM, case), done(FORM, case, "second")
    with pytest.raises(BadInput, match="is a second reading by who made the first"):
        Taking().check(first, second)
    taking = Taking()
    taking.take(first)
    with pytest.raises(BadInput, match="is a second reading by who made the first"):
        taking.check(second)
    both = taking.take(done(FORM, case, "second", reviewer="r8", grade="excellent"))
    assert both == (1, 1 - 1, [])


def test_a_case_of_another_unit_is_as_if_not_there() -> None:
    """For who may not see it."""
    context = OF.within(Scope(frozenset({"u1"})))
    imported(context, FORM, came_back(FORM, done(FORM, "a")))
    with pytest.raises(BadInput, match="is not a case of this office"):
        imported(context, FORM, came_back(FORM, done(FORM, "c")))


def test_who_was_overtaken_hears_of_it() -> None:
    """Two forms were checked at the same moment, and the other was recorded first."""
    taking = Taking()
    mine = taking.check(done(FORM, "a"))
    taking.take(done(FORM, "a", grade="excellent"))
    taking.ledger.append(*mine.entries)
    with pytest.raises(Refused, match="at the same moment"):
        check_counted(taking.current.context.remembered, mine)
    assert taking.reviews("a") == [("r7", "best")]


def test_an_office_without_own_words_for_reviews_has_none_in_the_row() -> None:
    """Every row of its table is a review then."""
    of = an_office(reviews={"grades": OF.office.model_dump(mode="json")["reviews"]["grades"]})
    form = a_form(of)
    grades = imported(of, form, came_back(form, done(form, "a")))
    assert grades.new == 1
    assert replace(grades, entries=()).known == 0
