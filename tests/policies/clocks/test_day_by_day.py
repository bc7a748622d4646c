"""The arithmetic of clocks against a simulation that goes from day to day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.office.work.limits import Limit
from features.courses import Course, Happened
from policies.clocks.clocks import clocks_of
from policies.clocks.days import Calendar
from tests.policies.clocks.day_by_day import simulate

FIRST = date(2023, 12, 20)
NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
DAYS = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))

SUSPENSIONS: list[Callable[..., dict[str, list[str]]]] = [
    lambda _c, d, e, _g, _h: {"suspends": [d], "resumes": [e]},
    lambda _c, d, e, g, h: {"suspends": [d, g], "resumes": [e, h]},
    lambda c, d, e, g, _h: {"suspends": [d, g], "resumes": [c, e]},
    lambda _c, d, e, g, _h: {"suspends": [d, g], "resumes": [e]},
    lambda _c, d, e, _g, h: {"suspends": [d], "resumes": [e, h]},
]


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Any limit over eight activities, of which some are nothing to it."""
    a, b, c, d, e, f, g, h = draw(st.permutations(NAMES))
    start = draw(st.sampled_from(["opened", a]))
    extension = {"event": f, "days": draw(st.integers(1, 9))}
    if draw(st.booleans()):
        extension["at_most"] = draw(st.integers(1, 2))
    return Limit.model_validate(
        {
            "code": "limit",
            "meaning": {"en": "limit"},
            "days": draw(st.one_of(st.integers(1, 15), st.integers(1, 40), st.floats(0.1, 9))),
            "start": start,
            "end": draw(st.sampled_from(["closed", b])),
            "restarts": draw(st.sampled_from([[], [c], [a, c]])) if start == a else [c],
            **draw(st.sampled_from(SUSPENSIONS))(c, d, e, g, h),
            "extensions": draw(st.sampled_from([[], [extension]])),
            **draw(
                st.sampled_from([{"counts": "working_days"}, {}, {"months": 1}, {"months": 13}])
            ),
            "ends_on_working_day": draw(st.booleans()),
        }
    )


EVENTS = st.lists(st.tuples(DAYS, st.sampled_from(NAMES)), max_size=16).map(
    lambda events: sorted(events, key=lambda event: event[0])
)
WEEKS = st.sets(st.integers(1, 7), min_size=1)
EXCEPTIONS = st.dictionaries(DAYS, st.booleans(), max_size=25)


def moment(day: date) -> datetime:
    """At noon."""
    return datetime(day.year, day.month, day.day, 12)


@settings(max_examples=300)
@given(limits(), DAYS, EVENTS, st.one_of(st.none(), DAYS), DAYS, WEEKS, EXCEPTIONS)
def test_a_clock_shows_what_counting_day_by_day_shows(
    limit: Limit,
    opened: date,
    events: list[tuple[date, str]],
    closed: date | None,
    today: date,
    week: set[int],
    exceptions: dict[date, bool],
) -> None:
    """Of any limit, course, calendar and moment: all that a clock shows is the same."""
    today = max(opened, today)
    closed = None if closed is None else max(opened, closed)
    happened = tuple(Happened(moment(day), moment(day), name, None) for day, name in events)
    end = None if closed is None else moment(closed)
    course = Course("case", "k", None, moment(opened), end, happened)
    calendar = Calendar(week, ((day.toordinal(), works) for day, works in exceptions.items()))
    (shown,) = clocks_of([limit], calendar, course, moment(today))

    def works(day: date) -> bool:
        return exceptions.get(day, day.isoweekday() in week)

    known = [event for event in events if closed is None or event[0] <= closed]
    right = simulate(limit, works, opened, known, closed, today)
    allowed, last = right.ahead()
    assert (shown.state, shown.used, shown.allowed) == (right.state, right.used, allowed)
    assert (shown.due_on, shown.left) == (last, allowed - right.used)
    assert shown.overrun_by == max(0, right.used - allowed)
    since = right.days[allowed + 1] if right.used > allowed else None
    assert (shown.overrun_since, shown.first_overrun) == (since, min(right.overruns, default=None))
    assert shown.moved == allowed - right.granted


@given(WEEKS, EXCEPTIONS, st.integers(-5, 400), st.integers(1, 120))
def test_working_days_are_counted_as_one_by_one(
    week: set[int], exceptions: dict[date, bool], start: int, count: int
) -> None:
    """How many there are between two days, and which is the so-many-th."""
    calendar = Calendar(week, ((day.toordinal(), works) for day, works in exceptions.items()))
    after = FIRST + timedelta(days=start)
    day, seen = after, 0
    while seen < count:
        day += timedelta(days=1)
        seen += exceptions.get(day, day.isoweekday() in week)
    assert calendar.number(after.toordinal(), count) == day.toordinal()
    assert calendar.between(after.toordinal(), day.toordinal()) == count
    assert calendar.works(day.toordinal())
