"""How reviewing stands after steps: a reading is of who had it first, a grade is given once."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from serving.work.reviewing import READINGS, Assigned, Begun, Graded, Reviewing
from serving.work.step import Step, Taken

AT = datetime(2026, 3, 1, tzinfo=UTC)


def _taken(step: Step, record: int) -> Taken:
    return Taken(step, record, AT, "u1")


def _assigned(case_id: str, reviewer: str, reading: str = "first", plan: str = "p") -> Assigned:
    return Assigned(plan=plan, case_id=case_id, reading=reading, reviewer=reviewer)


def _graded(case_id: str, reviewer: str, grade: str, reading: str = "first") -> Graded:
    return Graded(plan="p", case_id=case_id, reading=reading, reviewer=reviewer, grade=grade)


STEPS = st.lists(
    st.one_of(
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
