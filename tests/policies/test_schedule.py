"""Tests of what is due when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.office.work.schedules import MOST_DAYS, Length, Schedule
from policies.schedule import before, due, last_moment, next_moment


def schedule(text: str, **more: Any) -> Schedule:
    """Of words such as `month 31 6`: how often, the day, the hour."""
    every, day, hour = text.split()
    values: dict[str, Any] = {"code": "work", "what": "read", "every": every}
    return Schedule.model_validate(values | {"day": int(day), "hour": int(hour)} | more)


@pytest.mark.parametrize(
    ("text", "now", "last", "coming"),
    [
        ("day 1 6", "2026-03-01T05:59", "2026-02-28T06", "2026-03-01T06"),
        ("day 1 6", "2026-03-01T06:00", "2026-03-01T06", "2026-03-02T06"),
        ("day 1 0", "2026-12-31T23:59", "2026-12-31T00", "2027-01-01T00"),
        ("day 1 2", "2026-03-29T12:00", "2026-03-29T02", "2026-03-30T02"),  # no summer time
        ("week 1 6", "2026-06-28T12:00", "2026-06-22T06", "2026-06-29T06"),  # a Sunday
        ("week 7 6", "2026-06-28T12:00", "2026-06-28T06", "2026-07-05T06"),
        ("week 5 6", "2026-01-01T12:00", "2025-12-26T06", "2026-01-02T06"),
        ("month 1 6", "2026-07-01T05:00", "2026-06-01T06", "2026-07-01T06"),
        ("month 31 6", "2026-04-30T06:00", "2026-04-30T06", "2026-05-31T06"),
        ("month 31 6", "2026-02-27T12:00", "2026-01-31T06", "2026-02-28T06"),
        ("month 30 6", "2028-02-29T12:00", "2028-02-29T06", "2028-03-30T06"),  # a leap year
        ("month 1 6", "2026-01-01T00:00", "2025-12-01T06", "2026-01-01T06"),
        ("quarter 1 6", "2026-06-30T12:00", "2026-04-01T06", "2026-07-01T06"),
        ("quarter 92 6", "2026-03-31T12:00", "2026-03-31T06", "2026-06-30T06"),
        ("quarter 46 6", "2026-05-15T12:00", "2026-02-15T06", "2026-05-16T06"),
        ("year 366 6", "2026-12-31T12:00", "2026-12-31T06", "2027-12-31T06"),
        ("year 60 6", "2028-03-01T12:00", "2028-02-29T06", "2029-03-01T06"),
        ("year 60 6", "2027-03-01T12:00", "2027-03-01T06", "2028-02-29T06"),
    ],
)
def test_moments(text: str, now: str, last: str, coming: str) -> None:
    """The last moment and the next, at ends of months, in leap years, over the new year."""
    work, at = schedule(text), datetime.fromisoformat(now)
    assert last_moment(work, at) == datetime.fromisoformat(last)
    assert next_moment(work, at) == datetime.fromisoformat(coming)


@pytest.mark.parametrize(
    ("done", "now", "at", "missed"),
    [
        (None, "2026-07-15T00:00", "2026-07-01T06", 0),  # never done: the last moment is due
        ("2026-07-01T06", "2026-07-31T12:00", None, 0),
        ("2026-06-01T06", "2026-07-01T05:59", None, 0),
        ("2026-06-01T06", "2026-07-01T06:00", "2026-07-01T06", 0),
        ("2026-03-01T06", "2026-07-02T00:00", "2026-07-01T06", 3),  # once, for the last of four
        ("2026-07-01T06", "2026-05-02T00:00", None, 0),  # the clock was set back
        ("2026-06-20T12", "2026-07-01T06:00", "2026-07-01T06", 0),  # was asked for between two
    ],
)
def test_due(done: str | None, now: str, at: str | None, missed: int) -> None:
    """What was not done since it was last due is due once, however often it was missed."""
    known = {} if done is None else {"work": datetime.fromisoformat(done)}
    found = due([schedule("month 1 6")], known, datetime.fromisoformat(now))
    assert [(one.at, one.since, one.missed) for one in found] == (
        [] if at is None else [(datetime.fromisoformat(at), known.get("work"), missed)]
    )


def test_it_is_done_in_a_sensible_order() -> None:
    """Data before models, models before plans, and reminders last; whatever the file's order."""
    tasks = ("remind", "report", "watch", "plan", "train", "read")
    works = [schedule("day 1 6", code=what, what=what) for what in tasks]
    found = due(works, {}, datetime(2026, 7, 1, 12))
    assert [one.schedule.what for one in found] == [*reversed(tasks)]


def test_the_moment_before_is_a_period_earlier() -> None:
    """From it the cases of a first plan were closed."""
    assert before(schedule("month 31 6"), datetime(2026, 3, 31, 6)) == datetime(2026, 2, 28, 6)


SCHEDULES = st.sampled_from(get_args(Length)).flatmap(
    lambda every: st.builds(
        lambda day, hour: schedule(f"{every} {day} {hour}"),
        st.integers(1, MOST_DAYS[every]),
        st.integers(0, 23),
    )
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))


@given(SCHEDULES, MOMENTS)
def test_moments_follow_each_other(work: Schedule, now: datetime) -> None:
    """The last is not after now, the next is, and between the two there is none."""
    last, coming = last_moment(work, now), next_moment(work, now)
    assert last <= now < coming
    assert next_moment(work, last) == coming
    assert last_moment(work, coming - timedelta(microseconds=1)) == last


@given(SCHEDULES, MOMENTS, st.integers(0, 400))
def test_what_was_done_is_not_due_again(work: Schedule, done: datetime, days: int) -> None:
    """Once it is done for the moment that it was due at, nothing is due until the next."""
    now = done + timedelta(days=days)
    for one in due([work], {"work": last_moment(work, done)}, now):
        assert due([work], {"work": one.at}, now) == ()
        assert one.at == last_moment(work, now)
