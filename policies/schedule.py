"""What is due when: by the office's clock, which has no zone and no summer time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cases.office.work.schedules import Length, Schedule, Task

ORDER: tuple[Task, ...] = ("read", "train", "plan", "watch", "report", "remind")
MONTHS: Mapping[Length, int] = {"month": 1, "quarter": 3, "year": 12}
DAYS: Mapping[Length, int] = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Due:
    """Work that is to be done now: as of the moment `at` that it was last due at.

    `since` is the moment it was done for before, None if never; `missed` counts the moments
    between the two, at which it was due and not done.
    """

    schedule: Schedule
    at: datetime
    since: datetime | None
    missed: int


def due(
    schedules: Iterable[Schedule], done: Mapping[str, datetime], now: datetime
) -> tuple[Due, ...]:
    """What is due by `now`, in the order in which it is done; each schedule at most once.

    `done` has the moment that each was last done for, by code. What was never done is due, too.
    """
    found = (_due(schedule, done.get(schedule.code), now) for schedule in schedules)
    return in_order(one for one in found if one)


def in_order(dues: Iterable[Due]) -> tuple[Due, ...]:
    """As they are done: data before models, models before plans, reminders last."""
    return tuple(sorted(dues, key=_order))


def _due(schedule: Schedule, done: datetime | None, now: datetime) -> Due | None:
    at = last_moment(schedule, now)
    if done is None:
        return Due(schedule, at, None, 0)
    if at <= done:
        return None
    return Due(schedule, at, done, sum(1 for _moment in _between(schedule, done, at)))


def _order(one: Due) -> tuple[int, datetime, str]:
    return ORDER.index(one.schedule.what), one.at, one.schedule.code


def last_moment(schedule: Schedule, now: datetime) -> datetime:
    """The last moment by `now` that it was due at."""
    first = _first_day(schedule.every, now.date())
    this = _moment(schedule, first)
    if this <= now:
        return this
    return _moment(schedule, _first_day(schedule.every, first - timedelta(days=1)))


def next_moment(schedule: Schedule, now: datetime) -> datetime:
    """The first moment after `now` that it is due at."""
    first = _first_day(schedule.every, now.date())
    this = _moment(schedule, first)
    return this if this > now else _moment(schedule, _next_first(schedule.every, first))


def before(schedule: Schedule, at: datetime) -> datetime:
    """The moment before the moment `at` that it was due at."""
    return last_moment(schedule, at - timedelta(microseconds=1))


def _between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The moments after one and before the other."""
    moment = next_moment(schedule, after)
    while moment < until:
        yield moment
        moment = next_moment(schedule, moment)


def _moment(schedule: Schedule, first: date) -> datetime:
    """When it is due in the period of this first day."""
    last = _next_first(schedule.every, first) - timedelta(days=1)
    day = min(first + timedelta(days=schedule.day - 1), last)
    return datetime.combine(day, time(schedule.hour))


def _first_day(every: Length, day: date) -> date:
    """The first day of the period that a day is in."""
    if every in DAYS:
        return day - timedelta(days=day.weekday() if every == "week" else 0)
    months = MONTHS[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _next_first(every: Length, first: date) -> date:
    """The first day of the period after the one of this first day."""
    if every in DAYS:
        return first + timedelta(days=DAYS[every])
    month = first.month - 1 + MONTHS[every]
    return date(first.year + month // 12, month % 12 + 1, 1)
