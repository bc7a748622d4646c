"""The clocks of cases at a moment: which a case has, and what each event did to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import compress

from cases.office.work.limits import Limit
from cases.tables.tables import Tables
from features.as_of import Known, cut, open_moments
from features.conditions import held_each
from features.courses import Course, Happened, courses
from policies.clocks.counting import CLOSED, OPENED, Clock, Terms, as_date
from policies.clocks.days import Calendar
from policies.clocks.reading import Effect, Overrun, Reading, State, Step

Line = tuple[int, str, Happened | None]  # a day, what happened, the event


@dataclass(frozen=True)
class Judged:
    """The clocks of one case at a moment, in the order of the office file."""

    course: Course
    moment: datetime
    readings: tuple[Reading, ...]


def judged(tables: Tables, as_of: datetime) -> list[Judged]:
    """The clocks of every case that is open at `as_of`, by `case_id`."""
    return judged_at(tables, cut(tables, open_moments(tables, as_of)))


def judged_at(tables: Tables, known: Known) -> list[Judged]:
    """The clocks of the case at each moment row of what was `known`, in the order of `row`.

    `known` is cut from `tables`, of which only the calendar is read here.
    """
    limits = [limit for limit in known.office.limits if limit.watched]
    terms = _terms(limits, Calendar.of(tables))
    held = [*zip(*held_each(known, [limit.when for limit in limits]), strict=True)]
    each = held if limits else [()] * known.asked.height
    of_case = zip(courses(known), known.asked["moment"].to_list(), each, strict=True)
    return [
        Judged(course, moment, _read([*compress(terms, holds)], course, moment))
        for course, moment, holds in of_case
    ]


def clocks_of(
    limits: Iterable[Limit], calendar: Calendar, course: Course, moment: datetime
) -> tuple[Reading, ...]:
    """The clocks of a case at a moment, in the order of `limits`.

    Of the limits those have one that are watched, are for the case's kind and were in force when
    their clock started. Their conditions are not looked at. What happened after the day of the
    moment is left out, so that a course that is known now says how a clock truly stood earlier.
    """
    return _read(_terms(limits, calendar), course, moment)


def _terms(limits: Iterable[Limit], calendar: Calendar) -> list[Terms]:
    return [Terms(limit, calendar) for limit in limits if limit.watched]


def _read(terms: Iterable[Terms], course: Course, moment: datetime) -> tuple[Reading, ...]:
    kind, today = course.kind, moment.date().toordinal()
    mine = [one for one in terms if not one.limit.kinds or kind in one.limit.kinds]
    lines = [line for line in _timeline(mine, course) if line[0] <= today]
    readings = (_reading(one, course.case_id, lines, today) for one in mine)
    return tuple(reading for reading in readings if reading is not None)


def _timeline(terms: Iterable[Terms], course: Course) -> list[Line]:
    """What is anything to these limits, by days: first the opening, last the closing of its day."""
    ends: list[tuple[int, int, str, Happened | None]] = [
        (course.opened_at.toordinal(), 0, OPENED, None)
    ]
    if course.closed_at is not None:
        ends.append((course.closed_at.toordinal(), 2, CLOSED, None))
    named = {activity for one in terms for activity in one.parts}
    events = [
        (event.at.toordinal(), 1, event.activity, event)
        for event in course.events
        if event.activity in named
    ]
    ordered = sorted([*events, *ends], key=lambda line: line[:2])
    return [(day, activity, event) for day, _turn, activity, event in ordered]


def _reading(terms: Terms, case_id: str, lines: Sequence[Line], today: int) -> Reading | None:
    """The clock of one limit; None if it started when the limit was not in force."""
    clock, steps = Clock(terms), list[Step]()
    for day, activity, event in lines:
        before, effect = clock.granted, _effect(clock, day, activity, event)
        if effect is not None:
            gave = clock.granted - before if effect is Effect.EXTENDED else 0
            step = Step(date.fromordinal(day), event, effect, clock.used(day), clock.granted, gave)
            steps.append(step)
        if event is None and activity == CLOSED:
            break  # what happens to a closed case is not under its limits
    begun = today if clock.first_started is None else clock.first_started
    return (
        _shown(clock, case_id, today, tuple(steps))
        if terms.limit.in_force(date.fromordinal(begun))
        else None
    )


def _effect(clock: Clock, day: int, activity: str, event: Happened | None) -> Effect | None:
    """What a line did to the clock; None if it is nothing to it."""
    if event is None:
        return clock.open(day) if activity == OPENED else clock.close(day)
    part = clock.terms.parts.get(activity)
    return None if part is None else clock.applied(part, day, activity)


def _shown(clock: Clock, case_id: str, today: int, steps: tuple[Step, ...]) -> Reading:
    limit, used, (allowed, last) = clock.terms.limit, clock.used(today), clock.last()
    since = clock.look_for_overrun(today)
    running = clock.state is State.RUNNING
    return Reading(
        case_id=case_id,
        code=limit.code,
        state=clock.state,
        started_on=as_date(clock.started),
        ended_on=as_date(clock.ended),
        suspended_since=as_date(clock.suspended),
        allowed=allowed,
        moved=allowed - clock.granted,
        used=used,
        left=allowed - used,
        due_on=as_date(last),
        overrun_by=max(0, used - allowed),
        overrun_since=as_date(since),
        first_overrun=as_date(clock.overruns[0][2]) if clock.overruns else None,
        warns=running and 0 <= allowed - used <= limit.warn_days,
        steps=steps,
        overruns=tuple(Overrun(*map(as_date, one)) for one in clock.overruns),
    )
