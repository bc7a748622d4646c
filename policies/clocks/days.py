"""Which days count: every day, or the working days of the office's calendar.

Days are ordinals (`date.toordinal`), so that much arithmetic with them is quick.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Protocol

from cases.tables.tables import Tables

WEEK = 7


class Days(Protocol):
    """Some of all days."""

    def between(self, after: int, until: int) -> int:
        """How many of them lie in (after, until]."""

    def number(self, after: int, count: int) -> int:
        """The `count`-th of them after a day; `count` is 1 or more."""


class EveryDay:
    """All days."""

    @staticmethod
    def between(after: int, until: int) -> int:
        """As `Days.between`."""
        return until - after

    @staticmethod
    def number(after: int, count: int) -> int:
        """As `Days.number`."""
        return after + count


class Calendar:
    """The working days of an office: some days of the week, and days that are not as these.

    `weekdays` are numbers from 1, Monday, to 7, one at least where days are counted; `exceptions`
    has ordinals and whether that day is a working day.
    """

    def __init__(
        self, weekdays: Iterable[int], exceptions: Iterable[tuple[int, bool]] = ()
    ) -> None:
        week = {weekday % WEEK for weekday in weekdays}  # as ordinals have them: Monday is 1
        self._before = [sum(day in week for day in range(1, end + 1)) for end in range(WEEK + 1)]
        self._week = week
        given = dict(exceptions)
        self._added = sorted(d for d, works in given.items() if works and d % WEEK not in week)
        self._left = sorted(d for d, works in given.items() if not works and d % WEEK in week)

    @classmethod
    def of(cls, tables: Tables) -> Calendar:
        """That of the office: its working hours and its table `calendar`."""
        rows = tables.rows("calendar").select("day", "working").iter_rows()
        return cls(tables.office.working_hours.days, ((d.toordinal(), works) for d, works in rows))

    def works(self, day: int) -> bool:
        """Whether it is a working day."""
        return self.between(day - 1, day) == 1

    def between(self, after: int, until: int) -> int:
        """As `Days.between`, of working days."""
        return self._until(until) - self._until(after)

    def number(self, after: int, count: int) -> int:
        """As `Days.number`, of working days."""
        weeks = count // len(self._week) + 1
        latest = after + WEEK * (weeks + len(self._left))  # even if every exception lies ahead
        return bisect_left(
            range(latest + 1), self._until(after) + count, after + 1, key=self._until
        )

    def _until(self, day: int) -> int:
        """How many working days there are up to a day."""
        weeks, rest = divmod(day, WEEK)
        usual = weeks * len(self._week) + self._before[rest]
        return usual + bisect_right(self._added, day) - bisect_right(self._left, day)
