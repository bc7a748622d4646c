"""An independent way to read a clock: one day after the other, with nothing but a list of days.

It shares no code with `policies/clocks` but the office file's `Limit`. At the beginning of each
day it asks whether the clock runs and the day counts; then it lets the day's events happen. What
lies ahead is found by going on, day after day, without further events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cases.office.work.limits import Limit

DAY = timedelta(days=1)


@dataclass
class Simulated:
    """A clock at the end of a day.

    `days` are the day on which it started last, and then each that it counted; `runs` is whether
    it ran until it ended, if it has.
    """

    limit: Limit
    works: Callable[[date], bool]
    state: str = "not_started"
    runs: bool = False
    waits_for: list[str] = field(default_factory=list)  # what suspended it, not ended yet
    days: list[date] = field(default_factory=list)
    granted: int = 0
    extended: list[str] = field(default_factory=list)
    overruns: list[date] = field(default_factory=list)
    day: date = date.min
    stopped: date = date.min

    def __post_init__(self) -> None:
        self.granted = int(self.limit.days)

    @property
    def used(self) -> int:
        """Days counted since it started last."""
        return max(0, len(self.days) - 1)

    def counts(self, day: date) -> bool:
        """Whether it is one of the days that the limit counts."""
        return self.limit.counts == "days" or self.works(day)

    def allowed(self) -> int:
        """The days of the limit if it starts today; of months, day by day to the last of them."""
        if self.limit.months is None:
            return int(self.limit.days)
        day, months = self.day, 0
        while True:
            day += DAY
            months += day.day == 1
            due = months == self.limit.months and day.day == self.day.day
            if due or (months == self.limit.months and (day + DAY).day == 1):
                return (day - self.day).days

    def begin(self) -> None:
        """From the next day on, with nothing used."""
        self.note_overrun()
        self.state, self.runs, self.days, self.extended = "running", True, [self.day], []
        self.waits_for = []
        self.granted = self.allowed()

    def end(self) -> None:
        """It counts no more."""
        if self.state in {"running", "suspended"}:
            self.state, self.stopped = "ended", self.day

    def happen(self, what: str) -> None:
        """One event."""
        limit = self.limit
        if self.state == "not_started":
            if what == limit.start:
                self.begin()
        elif what in limit.restarts:
            self.begin()
        elif self.state != "ended":
            if what == limit.end:
                self.end()
            elif what in limit.suspends:
                self.waits_for.append(what)
                self.state, self.runs = "suspended", False
            elif what in limit.resumes and self.state == "suspended":
                self.resume(what)
            for extension in limit.extensions:
                if extension.event == what:
                    self.extend(extension.days, extension.at_most, what)

    def resume(self, what: str) -> None:
        """Go on, unless something else than what this ends suspends it."""
        ended = list(self.limit.suspends)
        if len(ended) == len(self.limit.resumes):
            ended = [ended[self.limit.resumes.index(what)]]
        self.waits_for = [other for other in self.waits_for if other not in ended]
        if not self.waits_for:
            self.state, self.runs = "running", True

    def extend(self, days: int, at_most: int | None, what: str) -> None:
        """More days, if it may be extended so often."""
        if at_most is None or self.extended.count(what) < at_most:
            self.note_overrun()
            self.extended.append(what)
            self.granted += days

    def note_overrun(self) -> None:
        """Keep the first day beyond those allowed, if there is one."""
        if self.days:
            allowed, _last = self.ahead()
            self.overruns += self.days[allowed + 1 : allowed + 2]

    def ahead(self) -> tuple[int, date | None]:
        """How many days it may count, and the last one if it goes on as it is."""
        days, allowed = list(self.days), self.granted
        if not days:
            return allowed, None
        day = self.stopped if self.state == "ended" else self.day
        while True:
            while self.runs and len(days) <= allowed:
                day += DAY
                if self.counts(day):
                    days.append(day)
            if allowed >= len(days):
                return allowed, None
            last = days[allowed]
            if not self.limit.ends_on_working_day or self.works(last):
                return allowed, last
            while not self.works(last):  # the next day instead, until one is a working day
                last += DAY
                allowed += self.counts(last)


def simulate(
    limit: Limit,
    works: Callable[[date], bool],
    opened: date,
    happened: Sequence[tuple[date, str]],
    closed: date | None,
    today: date,
) -> Simulated:
    """The clock at the end of `today`; `happened` is in order."""
    clock = Simulated(limit, works)
    clock.day = min([opened, *(when for when, _what in happened)])
    while clock.day <= today:
        if clock.state == "running" and clock.days[-1] < clock.day and clock.counts(clock.day):
            clock.days.append(clock.day)
        if clock.day == opened and limit.start == "opened" and clock.state == "not_started":
            clock.begin()
        for when, what in happened:
            if when == clock.day:
                clock.happen(what)
        if clock.day == closed:
            clock.end()
            clock.day = today
            break
        clock.day += DAY
    clock.day = today
    clock.note_overrun()
    return clock
