"""How plans stand, from promise to the last review."""

from __future__ import annotations

from datetime import UTC, datetime

from serving.use_cases.planning.standing import standings, state_of, still_to_review
from serving.use_cases.remembered import Planned, Remembered
from serving.work.planning import Drawn, Ordered, Promised
from serving.work.reviewing import Assigned, Begun
from serving.work.step import Step, Taken
from serving.work.work import Work
from tests.factories.fakes import context

AT = datetime(2026, 7, 1, tzinfo=UTC)


def remembered(*steps: Step, plans: dict[int, str] | None = None) -> Remembered:
    """After these steps, recorded from 10 on, and plans drawn by the records before."""
    taken = [Taken(step, number, AT, None) for number, step in enumerate(steps, start=10)]
    planned = tuple(
        Planned(number, AT, None, {"plan_id": plan}) for number, plan in (plans or {}).items()
    )
    return Remembered(work=Work().after(taken), planned=planned)


def test_each_plan_stands_once_and_the_newest_first() -> None:
    """What was drawn is not promised any more; a plan that was drawn again keeps its record."""
    steps = (
        Promised(key="x", commitment="c1"),
        Promised(key="y", commitment="c2"),
        Ordered(key="c1", parameters={}, commitment="c1"),
        Drawn(key="c1", plan="p1"),
        Ordered(key="k", parameters={}),
        Begun(plan="p1", manifest="m", seed="s", draw="d", readings=()),
    )
    found = standings(remembered(*steps, plans={1: "p1", 2: "p2", 3: "p1"}))
    assert [(one.state, one.record) for one in found] == [
        ("ordered", 14),
        ("promised", 11),
        ("drawn", 2),
        ("under_way", 1),
    ]


def test_a_case_waits_until_it_is_reviewed_and_no_reading_of_it_is_open() -> None:
    """Case c has a review; a second reading of it by r2 is still open, one by r1 is not."""
    of = context()
    assert still_to_review(of.tables, of.remembered, {"p": ["c", "a"], "q": ["c"]}) == {
        "p": 1,
        "q": 0,
    }
    given = tuple(
        Assigned(case_id="c", reading=reading, reviewer=reviewer)
        for reading, reviewer in (("first", "r1"), ("second", "r2"))
    )
    begun = Begun(plan="q", manifest="m", seed="s", draw="d", readings=given)
    assert still_to_review(of.tables, remembered(begun), {"q": ["c"]}) == {"q": 1}


def test_a_plan_is_done_when_nothing_waits() -> None:
    """One that has not begun is not done."""
    under_way, drawn = standings(
        remembered(
            Begun(plan="p", manifest="m", seed="s", draw="d", readings=()),
            plans={1: "q", 2: "p"},
        )
    )
    assert (state_of(under_way, 0), state_of(under_way, 1)) == ("done", "under_way")
    assert state_of(drawn, 0) == "drawn"
