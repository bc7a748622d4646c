"""What became of findings is the same whoever reads the ledger, in whatever pieces."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.rectification import ENDED, Standing, State
from serving.work.rectifying import (
    Answered,
    Checked,
    Decided,
    FindingKey,
    Finished,
    OfFinding,
    Planned,
    Rectifying,
    Reminded,
)
from serving.work.step import Taken

CLOSED, TODAY, DUE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 3, 20)
KEY = FindingKey("c1", CLOSED, "evidence")
PATHS = {  # from a state to those that may come next in the record
    State.FOUND: {State.FINAL, State.ANSWERED, State.UNDER_WAY, State.WITHDRAWN},
    State.ANSWERED: {State.FINAL, State.WITHDRAWN},
    State.FINAL: {State.UNDER_WAY, State.WITHDRAWN},
    State.UNDER_WAY: {State.UNDER_WAY, State.TO_CHECK, State.CLOSED},
    State.TO_CHECK: {State.CLOSED, State.FINAL},
    State.CLOSED: set(),
    State.WITHDRAWN: set(),
}


def of(kind: type[OfFinding], **fields: Any) -> OfFinding:
    """A step with the finding, or another one."""
    usual = {"case_id": "c1", "closed_on": CLOSED, "dimension": "evidence", "day": TODAY}
    return kind(**usual | fields)


def answered(*, agrees: bool = False) -> OfFinding:
    """The handler's answer."""
    return of(Answered, agrees=agrees, text="it was there")


def planned(due: date = DUE, owner: str = "h1") -> OfFinding:
    """A measure."""
    return of(Planned, owner=owner, measure="complete the file", due=due)


def finished(share: float) -> OfFinding:
    """That it is done, to be checked with this probability."""
    return of(Finished, text="completed", check_share=share)


def checked(*, passed: bool) -> OfFinding:
    """What a check found."""
    return of(Checked, passed=passed, text="looked at the file")


def taken(*steps: OfFinding | tuple[OfFinding, str]) -> list[Taken]:
    """These steps as they are recorded one after the other; by u1 where nobody is named."""
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    made = []
    for number, one in enumerate(steps, start=1):
        step, by = one if isinstance(one, tuple) else (one, "u1")
        seed = hashlib.sha256(f"{number}".encode()).hexdigest()
        made.append(Taken(step, number, noon + timedelta(minutes=number), by, seed))
    return made


def standing(*steps: OfFinding | tuple[OfFinding, str]) -> Standing:
    """How the finding stands after these steps."""
    return Rectifying().after(taken(*steps)).of(KEY).standing


def test_a_finding_is_answered_upheld_put_right_and_checked() -> None:
    """The whole way of a finding that its handler contests and that is checked."""
    way = (answered(), of(Decided, upheld=True, text="not there"), planned())
    assert standing(*way) == Standing(State.UNDER_WAY, "h1", DUE)
    done = standing(*way, (finished(1.0), "u2"))
    assert done == Standing(State.TO_CHECK, "h1", DUE, "u2", TODAY)
    assert standing(*way, (finished(1.0), "u2"), checked(passed=True)).state is State.CLOSED
    again = standing(*way, (finished(1.0), "u2"), checked(passed=False))
    assert again == Standing(State.FINAL, "h1", reopened=1)


def test_what_is_not_drawn_is_closed_at_once() -> None:
    """And keeps the day on which it was done."""
    closed = standing(answered(agrees=True), planned(), finished(0.0))
    assert (closed.state, closed.done_on) == (State.CLOSED, TODAY)


def test_a_finding_nobody_answered_can_be_given_a_measure() -> None:
    """That the time to answer was over was known when the step was recorded."""
    assert standing(planned()).state is State.UNDER_WAY
    assert standing(answered(), planned()).state is State.ANSWERED


def test_a_step_that_comes_second_changes_nothing() -> None:
    """Two decide at once: the first counts, and the second is not in the course."""
    both = of(Decided, upheld=False, text="right"), of(Decided, upheld=True, text="wrong")
    course = Rectifying().after(taken(answered(), *both)).of(KEY)
    assert course.standing.state is State.WITHDRAWN
    assert [one.record for one in course.taken] == [1, 2]


def test_nobody_checks_what_they_said_was_done() -> None:
    """Even if it came into the record."""
    way = planned(), (finished(1.0), "u2")
    assert standing(*way, (checked(passed=True), "u2")).state is State.TO_CHECK


def test_a_reminder_of_an_earlier_day_changes_nothing() -> None:
    """The measure was given another date meanwhile."""
    later = DUE + timedelta(days=7)
    moved = standing(planned(), planned(later), of(Reminded, due=DUE))
    assert moved.reminded == frozenset()
    assert standing(planned(later), of(Reminded, due=later)).reminded == {later}


def test_a_case_closed_again_has_findings_of_its_own() -> None:
    """What was done about the earlier closing does not close the new finding."""
    now = Rectifying().after(taken(planned(), finished(0.0)))
    assert now.of(KEY).standing.state is State.CLOSED
    assert now.of(KEY._replace(closed_on=TODAY)).standing == Standing()
    assert now.of(KEY._replace(dimension="facts")).standing == Standing()


STEPS = st.sampled_from(
    [
        answered(),
        answered(agrees=True),
        of(Decided, upheld=True, text="a"),
        of(Decided, upheld=False, text="a"),
        planned(),
        planned(DUE + timedelta(days=7), "h2"),
        of(Reminded, due=DUE),
        finished(0.0),
        finished(0.5),
        finished(1.0),
        checked(passed=True),
        checked(passed=False),
        of(Answered, agrees=True, dimension="facts"),
    ]
)
COURSES = st.lists(st.tuples(STEPS, st.sampled_from(["u1", "u2"])), max_size=25)


@given(COURSES, st.data())
def test_any_order_of_steps_keeps_what_must_hold(
    steps: list[tuple[OfFinding, str]], data: st.DataObject
) -> None:
    """Only known paths; the end is the end; the whole is as its pieces; nobody checks their own."""
    all_taken = taken(*steps)
    whole = Rectifying().after(all_taken)
    cut = data.draw(st.integers(0, len(all_taken)))
    assert Rectifying().after(all_taken[:cut]).after(all_taken[cut:]) == whole
    before, now = Standing(), Rectifying()
    for one in all_taken:
        now = now.after([one])
        after = now.of(KEY).standing
        if after.state is not before.state:
            assert after.state in PATHS[before.state]
        if before.state in ENDED or one.step.case_id != "c1":  # type: ignore[attr-defined]
            assert after == before
        if before.state is State.TO_CHECK and after != before:
            assert one.by != before.done_by
        assert (after.due is not None) == (
            after.state in {State.UNDER_WAY, State.TO_CHECK, State.CLOSED}
        )
        assert (after.done_on is not None) == (after.state in {State.TO_CHECK, State.CLOSED})
        before = after
    assert now == whole


@given(COURSES)
def test_only_what_counted_is_in_the_course(steps: list[tuple[OfFinding, str]]) -> None:
    """Taking in again what counted gives the same, so the rest changed nothing."""
    course = Rectifying().after(taken(*steps)).of(KEY)
    assert Rectifying().after(course.taken).of(KEY) == course
