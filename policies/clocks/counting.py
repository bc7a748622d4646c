"""How a clock counts: a day counts if at its beginning the clock runs and it is a day that counts.

So the day on which a clock starts or is resumed does not count, the day on which it is suspended
or ends does. A last day that is no working day may move to the next working day. This is how
periods are counted by article 105 of the Criminal Procedure Law of China (2018): the first day
does not count, and a period whose last day is a holiday ends on the first day after it.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from datetime import date
from enum import StrEnum, unique

from cases.office.work.limits import Limit
from policies.clocks.days import Calendar, Days, EveryDay
from policies.clocks.reading import Effect, State

OPENED, CLOSED = "opened", "closed"  # what an office file calls them
LAST = date.max.toordinal()


@unique
class Part(StrEnum):
    """What an activity is to a clock."""

    START = "start"
    START_ANEW = "start_anew"  # starts it, or restarts it
    RESTART = "restart"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    END = "end"


class Terms:
    """A limit, the days that its clock counts, and what each activity is to it."""

    def __init__(self, limit: Limit, calendar: Calendar) -> None:
        self.limit, self.calendar = limit, calendar
        self.days: Days = EveryDay() if limit.counts == "days" else calendar
        self.extensions = {extension.event: extension for extension in limit.extensions}
        self.ends = {name: {*limit.suspends} for name in limit.resumes}
        if limit.is_paired:
            pairs = zip(limit.resumes, limit.suspends, strict=True)
            self.ends = {resume: {suspension} for resume, suspension in pairs}
        parts = {
            Part.END: () if limit.end == CLOSED else (limit.end,),
            Part.EXTEND: tuple(self.extensions),
            Part.RESUME: limit.resumes,
            Part.SUSPEND: limit.suspends,
            Part.RESTART: limit.restarts,
        }
        if limit.start != OPENED:
            anew = limit.start in limit.restarts
            parts[Part.START_ANEW if anew else Part.START] = (limit.start,)
        self.parts = {activity: part for part, names in parts.items() for activity in names}

    def allowed(self, day: int | None) -> int:
        """How many days a clock may count that starts on `day`, or has not started."""
        if day is None or self.limit.months is None:
            return int(self.limit.days)
        return months_later(day, self.limit.months) - day


class Clock:
    """A clock while the events of a case are gone through; days are ordinals.

    `spells` are the stretches of days for which it ran since it started last, each from a day
    that does not count to one that does, and `totals` the days counted up to the end of each;
    `since` begins the last one while it runs. When it has ended, `since` stays as it was, so that
    it is known what the last day would have been.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.started: int | None = None
        self.first_started: int | None = None
        self.ended: int | None = None
        self.suspended: int | None = None
        self.held_by: set[str] = set()  # the suspensions that nothing has ended yet
        self.since: int | None = None
        self.spells: list[tuple[int, int]] = []
        self.totals: list[int] = [0]  # of none, one, two ...
        self.granted = terms.allowed(None)
        self.extended: dict[str, int] = {}
        self.overruns: list[tuple[int | None, int | None, int]] = []  # start, last day, since

    @property
    def state(self) -> State:
        """Whether it counts."""
        if self.started is None:
            return State.NOT_STARTED
        if self.ended is not None:
            return State.ENDED
        return State.RUNNING if self.suspended is None else State.SUSPENDED

    def applied(self, part: Part, day: int, activity: str) -> Effect:
        """What an activity did to it on `day`."""
        if part is Part.START or (part is Part.START_ANEW and self.started is None):
            return self._start(day)
        if self.started is None:
            return Effect.NOT_STARTED
        if part in {Part.RESTART, Part.START_ANEW}:
            return self._restart(day)
        if self.ended is not None:
            return Effect.ENDED_ALREADY
        does = {
            Part.SUSPEND: self._suspend,
            Part.RESUME: self._resume,
            Part.EXTEND: self._extend,
            Part.END: self._end,
        }
        return does[part](day, activity)

    def _start(self, day: int) -> Effect:
        if self.started is None:
            self.first_started = day
            self._begin(day)
            return Effect.STARTED
        return Effect.STARTED_ALREADY if self.ended is None else Effect.ENDED_ALREADY

    def _restart(self, day: int) -> Effect:
        self.look_for_overrun(day)
        self._begin(day)
        return Effect.RESTARTED

    def _begin(self, day: int) -> None:
        self.started = self.since = day
        self.ended = self.suspended = None
        self.held_by = set()
        self.spells, self.totals = [], [0]
        self.granted, self.extended = self.terms.allowed(day), {}

    def _suspend(self, day: int, activity: str) -> Effect:
        is_new = activity not in self.held_by
        self.held_by.add(activity)
        if self.since is None:
            matters = is_new and self.terms.limit.is_paired
            return Effect.SUSPENDED_TOO if matters else Effect.SUSPENDED_ALREADY
        self.spells.append((self.since, day))
        self.totals.append(self.totals[-1] + self.terms.days.between(self.since, day))
        self.suspended, self.since = day, None
        return Effect.SUSPENDED

    def _resume(self, day: int, activity: str) -> Effect:
        if self.since is not None:
            return Effect.RUNS_ALREADY
        self.held_by -= self.terms.ends[activity]
        if self.held_by:
            return Effect.STAYS_SUSPENDED
        self.suspended, self.since = None, day
        return Effect.RESUMED

    def _extend(self, day: int, activity: str) -> Effect:
        extension, times = self.terms.extensions[activity], self.extended.get(activity, 0)
        if extension.at_most is not None and times >= extension.at_most:
            return Effect.EXTENDED_ENOUGH
        self.look_for_overrun(day)
        self.extended[activity] = times + 1
        self.granted += extension.days
        return Effect.EXTENDED

    def _end(self, day: int, _activity: str) -> Effect:
        self.ended = day
        return Effect.ENDED

    def open(self, day: int) -> Effect | None:
        """By the opening of its case; None if that is nothing to it."""
        return self._start(day) if self.terms.limit.start == OPENED else None

    def close(self, day: int) -> Effect | None:
        """By the closing of its case; None if there is nothing to end."""
        if self.started is None or self.ended is not None:
            return None
        self.ended = day
        return Effect.ENDED if self.terms.limit.end == CLOSED else Effect.CLOSED

    def used(self, day: int) -> int:
        """How many days it has counted up to and including `day`."""
        until = day if self.ended is None else self.ended
        running = 0 if self.since is None else self.terms.days.between(self.since, until)
        return self.totals[-1] + running

    def day_of(self, count: int) -> int | None:
        """The day that is or, if it goes on running, will be its `count`-th.

        None if it was suspended before.
        """
        if count == 0:
            return self.started
        spell = bisect_left(self.totals, count) - 1
        after = self.since if spell == len(self.spells) else self.spells[spell][0]
        return None if after is None else self.terms.days.number(after, count - self.totals[spell])

    def last(self) -> tuple[int, int | None]:
        """How many days it allows, and the last of them, moved to a working day if it has to be."""
        allowed, last = self.granted, self.day_of(self.granted)
        calendar, between = self.terms.calendar, self.terms.days.between
        while self.terms.limit.ends_on_working_day and last and not calendar.works(last):
            allowed += between(last, calendar.number(last, 1))
            last = self.day_of(allowed)
        return allowed, last

    def look_for_overrun(self, day: int) -> int | None:
        """The first day beyond those allowed if it has come by `day`; it is kept."""
        allowed, last = self.last()
        since = self.day_of(allowed + 1) if self.used(day) > allowed else None
        if since is not None:
            self.overruns.append((self.started, last, since))
        return since


def months_later(day: int, months: int) -> int:
    """The same day so many months later, or the last of that month if it has no such day.

    >>> date.fromordinal(months_later(date(2024, 1, 31).toordinal(), 1))
    datetime.date(2024, 2, 29)
    """
    start = date.fromordinal(day)
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()


def as_date(day: int | None) -> date | None:
    """The date of an ordinal; nothing lies after the last date there is."""
    return None if day is None else date.fromordinal(min(day, LAST))
