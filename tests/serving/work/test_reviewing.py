"""How reviewing stands after steps: a reading is of who had it first, a grade is given once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.work.reviewing import (
    READINGS,
    Assigned,
    Begun,
    GivenBack,
    Graded,
    Reviewing,
    Waived,
)
from serving.work.step import Step, Taken

AT = datetime(2026, 3, 1, tzinfo=UTC)


def _taken(step: Step, record: int) -> Taken:
    return Taken(step, record, AT, "u1")


def _assigned(case_id: str, reviewer: str, reading: str = "first", plan: str = "p") -> Assigned:
    return Assigned(plan=plan, case_id=case_id, reading=reading, reviewer=reviewer)


def _graded(case_id: str, reviewer: str, grade: str, reading: str = "first") -> Graded:
    return Graded(plan="p", case_id=case_id, reading=reading, reviewer=reviewer, grade=grade)


def _back(case_id: str, reviewer: str, reading: str = "first", plan: str = "p") -> GivenBack:
    return GivenBack(plan=plan, case_id=case_id, reading=reading, reviewer=reviewer, reason="ill")


def _waived(case_id: str, reading: str = "second", plan: str = "p") -> Waived:
    return Waived(plan=plan, case_id=case_id, reading=reading, reason="nobody is left")


STEPS = st.lists(
    st.one_of(
        st.builds(
            _back,
            st.sampled_from("ab"),
            st.sampled_from(["r1", "r2"]),
            st.sampled_from(["first", "second"]),
            st.sampled_from(["p", "q"]),
        ),
        st.builds(_waived, st.sampled_from("ab"), st.sampled_from(["first", "second"])),
        st.builds(
            _assigned,
            st.sampled_from("ab"),
            st.sampled_from(["r1", "r2"]),
            st.sampled_from(["first", "second"]),
            st.sampled_from(["p", "q"]),
        ),
        st.builds(
            _graded,
            st.sampled_from("ab"),
            st.sampled_from(["r1", "r2"]),
            st.sampled_from(["good", "bad"]),
            st.sampled_from(["first", "second"]),
        ),
    ),
    max_size=12,
)


def test_a_plan_begins_once_and_its_readings_belong_to_it() -> None:
    """What begins it again changes nothing."""
    reading = Assigned(case_id="a", reading="first", reviewer="r1", probability=0.5)
    begun = Begun(plan="p", manifest="m", seed="s", draw="d", readings=(reading,))
    again = begun.model_copy(update={"seed": "other"})
    after = Reviewing().after([_taken(begun, 1), _taken(again, 2)])
    assert after.plans["p"].record == 1
    assert after.readings.rows() == [("p", "a", "first", "r1", 0.5, 1)]


def test_a_reading_is_of_who_was_given_it_first() -> None:
    """Who takes it in the same moment comes second; another reading or plan is another thing."""
    steps = [
        _assigned("a", "r1"),
        _assigned("a", "r2"),
        _assigned("a", "r2", "second"),
        _assigned("a", "r3", plan="q"),
    ]
    after = Reviewing().after([_taken(step, at) for at, step in enumerate(steps, 1)])
    readers = after.readings.select("plan", "reading", "reviewer").rows()
    assert readers == [("p", "first", "r1"), ("p", "second", "r2"), ("q", "first", "r3")]
    assert after.reader("p", "a", "first") == "r1"
    assert after.reader("p", "b", "first") is None


def test_a_reviewer_grades_a_reading_once() -> None:
    """The first grade counts; another reviewer's of the same reading is kept, too."""
    steps = [_graded("a", "r1", "good"), _graded("a", "r1", "bad"), _graded("a", "r2", "bad")]
    after = Reviewing().after([_taken(step, at) for at, step in enumerate(steps, 1)])
    assert [one.record for one in after.graded["a"]] == [1, 3]


# Steps in order, each as who, what and which reading; then who has the first and the second one
# ("-": nobody; "x": it is not made).
COURSES = [
    ("r1 takes first", "r1", "-"),
    ("r1 takes first, r1 back first", "-", "-"),
    ("r1 takes first, r2 back first", "r1", "-"),  # it is not theirs
    ("r1 takes first, r1 back second", "r1", "-"),
    ("r1 takes first, r1 back first, r2 takes first", "r2", "-"),
    ("r1 takes first, r1 back first, r1 takes first", "-", "-"),  # nor any other again
    ("r1 takes first, r1 back first, r1 takes second", "-", "-"),
    ("r1 takes first, r1 back first, r2 takes first, r1 takes first", "r2", "-"),
    ("r1 takes first, r1 back first, r2 takes first, r2 back first, r3 takes first", "r3", "-"),
    ("r1 takes first, r1 back first, r2 takes first, r1 back first", "r2", "-"),
    ("r1 takes first, r1 takes second", "r1", "-"),  # one person reads a case once
    ("r1 takes first, r1 grades first, r1 back first", "r1", "-"),  # it is made
    ("r1 takes first, r1 back first, r1 grades first, r2 takes first", "r2", "-"),
    ("r1 takes first, m waives second", "r1", "x"),
    ("r1 takes first, m waives second, r2 takes second", "r1", "x"),
    ("r1 takes first, r2 takes second, m waives second", "r1", "r2"),  # somebody has it
    ("r1 takes first, r2 takes second, r2 back second, m waives second", "r1", "x"),
    ("r1 takes first, r9 grades second, m waives second", "r1", "-"),  # it is made
    ("m waives second, m waives first", "-", "x"),  # one is made
    ("m waives first, m waives second, r1 takes second", "x", "r1"),
]
MADE = {"takes": _assigned, "back": _back}


def _course(steps: str) -> Reviewing:
    """How it stands after the steps of a line of `COURSES`, all of case a."""
    made: list[Step] = []
    for text in steps.split(", "):
        who, what, reading = text.split()
        if what == "waives":
            made.append(_waived("a", reading))
        elif what == "grades":
            made.append(_graded("a", who, "good", reading))
        else:
            made.append(MADE[what]("a", who, reading))
    return Reviewing().after([_taken(step, at) for at, step in enumerate(made, 1)])


@pytest.mark.parametrize(("steps", "first", "second"), COURSES)
def test_who_has_which_reading(steps: str, first: str, second: str) -> None:
    """After it was taken, given back, graded and waived, in whichever order."""
    state = _course(steps)

    def stands(reading: str) -> str:
        reader = state.reader("p", "a", reading)
        return "x" if ("p", "a", reading) in state.waived else reader or "-"

    assert (stands("first"), stands("second")) == (first, second)


def test_what_was_given_back_stays_in_the_history() -> None:
    """The reading has no reviewer, who had it is known, and what did not count is left out."""
    state = _course("r1 takes first, r1 back first, r1 takes first, r1 back first")
    assert state.readings.rows() == [("p", "a", "first", None, None, 2)]
    assert state.readers.rows() == [("p", "a", "r1", "first")]
    assert [one.record for one in state.reading_steps["a"]] == [1, 2]
    assert [state.has_counted("a", record) for record in (1, 2, 3, 4)] == [True, True, False, False]
    assert state.gave_back("a") == {"r1"}


def test_who_gave_a_case_back_takes_it_in_no_other_plan_but_can_be_drawn_for_it() -> None:
    """A draw goes by the recusals of the office's table, and what it says is kept."""
    before = [_assigned("a", "r1"), _back("a", "r1")]
    taken = [
        _taken(step, at) for at, step in enumerate([*before, _assigned("a", "r1", plan="q")], 1)
    ]
    assert Reviewing().after(taken).reader("q", "a", "first") is None
    drawn = Begun(
        plan="q", manifest="m", seed="s", draw="d", readings=(_assigned("a", "r1", plan="q"),)
    )
    taken = [_taken(step, at) for at, step in enumerate([*before, drawn], 1)]
    assert Reviewing().after(taken).reader("q", "a", "first") == "r1"


@given(STEPS, st.integers(0, 12))
def test_it_does_not_matter_how_the_steps_are_cut(steps: list[Step], at: int) -> None:
    """All at once or in two parts: the same state, in which no reading has two readers."""
    taken = [_taken(step, number) for number, step in enumerate(steps, 1)]
    whole, parts = Reviewing().after(taken), Reviewing().after(taken[:at]).after(taken[at:])
    assert whole == parts
    readings = whole.readings
    assert readings.schema == READINGS
    assert not readings.select("plan", "case_id", "reading").is_duplicated().any()


def test_nothing_taken_is_the_same_state() -> None:
    """So that what was derived from it stays."""
    state = Reviewing()
    assert state.after([]) is state
