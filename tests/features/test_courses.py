"""The courses of cases as known at a moment, on tables small enough to see through."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import polars as pl
import pytest

from features.as_of import cut
from features.courses import Course, courses, open_courses
from tests.factories import office as factories

CASES = """
case_id | opened_at  | closed_at  | kind | unit
a       | 2024-01-01 | 2024-01-10 | k    | u
b       | 2024-01-05 | -          | k    | -
c       | 2024-01-07 | -          | k    | u
"""
EVENTS = """
case_id | at         | recorded_at | activity | actor
b       | 2024-01-06 | 2024-01-08  | returned | -
b       | 2024-01-06 | 2024-01-06  | accepted | p
a       | 2024-01-02 | 2024-01-02  | accepted | q
b       | 2024-01-07 | 2024-01-20  | decided  | p
b       | 2024-01-06 | 2024-01-08  | accepted | r
"""


def told(course: Course) -> list[tuple[int, str, str | None]]:
    """The events of a course: day, activity, actor."""
    return [(event.at.day, event.activity, event.actor) for event in course.events]


@pytest.mark.parametrize("engine", factories.ENGINES)
def test_open_courses_hold_what_was_recorded_by_the_moment(engine: str) -> None:
    """On the 9th a, closed the next day, is open; of b three events are known, in order."""
    tables = factories.on_engine(factories.tables(CASES, EVENTS), engine)
    a, b, c = open_courses(tables, datetime(2024, 1, 9))
    assert (a.case_id, a.kind, a.unit, a.opened_at) == ("a", "k", "u", datetime(2024, 1, 1))
    assert (a.closed_at, b.unit, c.events) == (None, None, ())
    assert told(a) == [(2, "accepted", "q")]
    assert told(b) == [(6, "accepted", "p"), (6, "returned", None), (6, "accepted", "r")]


def test_a_closed_case_is_no_longer_open_and_one_to_come_not_yet() -> None:
    """On the 6th c is not there; on the 10th a is closed."""
    tables = factories.tables(CASES, EVENTS)
    open_on = {
        day: [course.case_id for course in open_courses(tables, datetime(2024, 1, day))]
        for day in (6, 10)
    }
    assert open_on == {6: ["a", "b"], 10: ["b", "c"]}


def test_courses_of_any_moments_stand_in_the_order_of_rows() -> None:
    """The same case at two moments has two courses; the closing is seen once it has come."""
    tables = factories.tables(CASES, EVENTS)
    asked = {"case_id": ["a", "a", "b"], "moment": [datetime(2024, 1, day) for day in (1, 11, 20)]}
    early, late, other = courses(cut(tables, nw.from_native(pl.DataFrame(asked)).lazy()))
    assert (early.closed_at, early.events) == (None, ())
    assert (late.closed_at, told(late)) == (datetime(2024, 1, 10), [(2, "accepted", "q")])
    assert told(other)[-1] == (7, "decided", "p")


def test_an_office_without_events_has_courses_without_events() -> None:
    """No event table, no events; no open case, no course."""
    tables = factories.tables(CASES)
    assert [course.events for course in open_courses(tables, datetime(2024, 1, 9))] == [()] * 3
    assert open_courses(tables, datetime(2023, 1, 1)) == []
