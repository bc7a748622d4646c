"""Which findings there are, how they stand, and who sees them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cases.errors import Refused
from policies.rectification import State
from serving.access.caller import Caller
from serving.access.rules import Action, Role
from serving.memory.current import Current
from serving.memory.grades import record_grade
from serving.use_cases.context import ServiceContext
from serving.use_cases.rectifying.findings import findings, found_in, seen_by
from serving.use_cases.remembered import name_of
from serving.work.reviewing import Assigned, Begun, GivenBack, Graded, Waived
from serving.work.step import step_entry
from tests.factories.fakes import InMemory, context
from tests.serving.use_cases.rectifying.following import (
    HANDLER,
    MANAGER,
    REVIEWER,
    TODAY,
    Work,
    caller,
    office_at,
)


def named(of: ServiceContext) -> set[tuple[str, str]]:
    """Case and dimension of every finding."""
    return {(one.key.case_id, one.key.dimension) for one in findings(of, TODAY)}


def test_a_finding_for_each_dimension_of_the_grade_that_counts() -> None:
    """A defect without a dimension is one; so is a dimension of a good grade; not what is older."""
    expected = {("a", "facts"), ("a", "evidence"), ("b", ""), ("c", "evidence")}
    assert named(office_at()) == expected


def test_what_is_known_of_a_finding() -> None:
    """When, by whom, in whose case, and all who handled it."""
    b = next(one for one in found_in(office_at().tables) if one.key.case_id == "b")
    assert (b.key.closed_on, b.found_on) == (date(2026, 2, 2), date(2026, 3, 1))
    assert (b.grade, b.finder, b.unit, b.handler) == ("bad", None, "u2", "h2")
    assert b.handled_by == {"h2", "h9"}


def test_it_is_final_when_nobody_answers_in_time() -> None:
    """Ten days after the review; then it is due when it is to be rectified."""
    (first, *_others) = findings(office_at(), date(2026, 3, 12))
    assert (first.state, first.due) == (State.FINAL, date(2026, 3, 31))
    assert not first.is_overdue


def test_what_is_due_first_stands_first() -> None:
    """A measure that is due earlier than the others are to be answered; what has ended is last."""
    work = Work()
    work.answered(agrees=True)
    work.planned(days=1)
    assert findings(work.context, TODAY)[0].key == work.one().key
    work.finished(share=0.0)
    assert findings(work.context, TODAY)[-1].has_ended


@pytest.mark.parametrize(
    ("who", "cases"),
    [
        (MANAGER, {"a", "b", "c"}),
        (caller(Role.MANAGER, "m2", "u1"), {"a"}),
        (HANDLER, {"a", "c"}),
        (caller(Role.HANDLER, "h2"), {"b"}),
        (caller(Role.HANDLER), set()),
        (REVIEWER, {"a", "b", "c"}),
        (caller(Role.AUDITOR), {"a", "b", "c"}),
        (caller(Role.CLERK, "c1"), set()),
    ],
)
def test_everybody_sees_the_findings_of_their_cases(who: Caller, cases: set[str]) -> None:
    """Those of their units, or of the cases that they handle; a clerk sees the grade of none."""
    narrowed = office_at().within(who.scope(Action.SEE_CASE))
    assert {one.key.case_id for one in seen_by(narrowed, who, TODAY)} == cases


def test_an_owner_sees_what_is_theirs_to_do() -> None:
    """And no other finding of the same case."""
    work, owner = Work(), caller(Role.HANDLER, "h5")
    work.answered(agrees=True)
    work.planned(owner="h5")
    narrowed = work.context.within(owner.scope(Action.SEE_CASE))
    assert [one.key for one in seen_by(narrowed, owner, TODAY)] == [work.one().key]


@pytest.mark.parametrize(("reader", "waits"), [("r9", True), ("r1", False)])
def test_a_case_that_is_still_read_again_has_no_finding_yet(reader: str, *, waits: bool) -> None:
    """The second reader does not learn what the first one found; once graded, all is there."""
    current = Current(office_at(), InMemory())
    step = Assigned(case_id="a", reading="second", reviewer=reader)
    current.record(step_entry(name_of(current.context.office), step, "u"))
    assert (("a", "facts") not in named(current.context)) is waits


@pytest.mark.parametrize(("first", "waits"), [("r9", True), ("r1", False)])
def test_a_second_reading_that_is_made_first_is_no_finding_yet(first: str, *, waits: bool) -> None:
    """The first reader does not learn what the second one found, either."""
    current = Current(office_at(), InMemory())
    for reading, reviewer in (("first", first), ("second", "r1")):
        step = Assigned(case_id="a", reading=reading, reviewer=reviewer)
        current.record(step_entry(name_of(current.context.office), step, "u"))
    assert (("a", "facts") not in named(current.context)) is waits


def test_a_reading_that_was_given_back_keeps_the_findings_of_the_other_to_itself() -> None:
    """Until somebody makes it, or it is done without; whatever the table calls the other one."""
    name = name_of(office_at().office)
    for lost, other in (("first", "second"), ("second", "first")):
        current = Current(office_at(), InMemory())
        steps = [
            Assigned(case_id="a", reading=other, reviewer="r1"),
            Assigned(case_id="a", reading=lost, reviewer="r9"),
            GivenBack(case_id="a", reading=lost, reviewer="r9", reason="ill"),
        ]
        current.record_all(*(step_entry(name, step, "u") for step in steps))
        assert ("a", "facts") not in named(current.context)
        waived = Waived(case_id="a", reading=lost, reason="nobody is left")
        current.record(step_entry(name, waived, "u"))
        assert ("a", "facts") in named(current.context)


def test_an_office_that_follows_nothing_says_so() -> None:
    """There is no section in its file."""
    with pytest.raises(Refused, match="does not follow"):
        findings(context(), TODAY)


def test_findings_are_computed_once() -> None:
    """As long as the tables are the same; what people do changes how they stand alone."""
    work = Work()
    before = work.one()
    now = work.answered()
    assert now.finding is before.finding
    assert now.state is not before.state


def test_a_second_reading_that_nobody_has_stays_blind() -> None:
    """Whoever takes it has learnt nothing of the first; once it is graded, all is there."""
    work = Work()
    name = name_of(work.context.office)
    begun = Begun(plan="p", manifest="m", seed="", draw="", readings=(), twice=("a",))
    work.ledger.append(step_entry(name, begun, None))
    assert "a" not in _cases(work)
    _graded(work, "second", "r2", "bad")
    assert "a" in _cases(work)


def test_of_two_grades_that_differ_nothing_is_shown_until_one_is_made() -> None:
    """The handler does not answer a grade that may not count."""
    work = Work()
    begun = Begun(plan="p", manifest="m", seed="", draw="", readings=(), twice=("a",))
    work.ledger.append(step_entry(name_of(work.context.office), begun, None))
    _graded(work, "second", "r2", "good")
    assert "a" not in _cases(work)
    _graded(work, "consolidated", "m1", "bad")
    assert "a" in _cases(work)


def _graded(work: Work, reading: str, who: str, grade: str) -> None:
    step = Graded(case_id="a", reading=reading, reviewer=who, grade=grade, dimensions=("facts",))
    at = datetime(2026, 3, 5)
    record_grade(lambda: work.context, work.record, step, at, None, "u")


def _cases(work: Work) -> set[str]:
    return {one.key.case_id for one in findings(work.context, TODAY)}
