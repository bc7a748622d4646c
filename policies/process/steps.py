"""The steps of one case as the rules look at them, and what is sure of their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from cases.language.messages import Sayable
from features.courses import Course, Happened

LAST_INSTANT = timedelta(days=1) - timedelta(microseconds=1)


class Found(NamedTuple):
    """Where a rule is broken: since when, by which steps, how that is said.

    `day` is the one on which the rule must be in force.
    """

    since: datetime
    day: date
    events: tuple[Happened, ...]
    said: Sayable


@dataclass(frozen=True, slots=True)
class Steps:
    """The course of a case as known at `moment`, its events also by activity."""

    course: Course
    moment: datetime
    by_activity: Mapping[str, list[Happened]]

    @classmethod
    def of(cls, course: Course, moment: datetime) -> Steps:
        """The steps of a course."""
        by_activity: dict[str, list[Happened]] = {}
        for event in course.events:
            by_activity.setdefault(event.activity, []).append(event)
        return cls(course, moment, by_activity)

    def done(self, activity: str | None) -> list[Happened]:
        """The events of an activity, in order."""
        return self.by_activity.get(activity or "", [])

    def among(self, activities: Iterable[str]) -> Iterable[Happened]:
        """The events of these activities, of all if there are none, in order."""
        wanted = {*activities}
        return [one for one in self.course.events if one.activity in wanted or not wanted]


def surely_before(first: datetime, second: datetime) -> bool:
    """Whether one is before the other whatever the time of day of one that is only dated.

    A step that is only dated stands at midnight, and may have been at any time of its day.

    >>> surely_before(datetime(2026, 5, 4), datetime(2026, 5, 4, 10))
    False
    """
    return _end(first) < second


def _end(at: datetime) -> datetime:
    return at + LAST_INSTANT if at.time() == time.min else at
