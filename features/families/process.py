"""How the case went: what happened how often, in which order, and how long it took."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import narwhals as nw

from cases.language.messages import Sayable, _
from cases.office.model import Activity, Limit, Office, WorkingHours
from features.feature import (
    RUNNING,
    Feature,
    Formula,
    OfCase,
    OfEvents,
    Quantity,
    Unit,
    days,
    lasting,
    ratio,
    same,
)

MOMENT, OPENED, CLOSED, KIND = (
    OfCase(column) for column in ("moment", "opened_at", "closed_at", "kind")
)


def marked(test: nw.Expr) -> nw.Expr:
    """1 where the test is true, 0 where it is false or unknown."""
    return nw.when(test).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def within(period: int) -> nw.Expr:
    """1 for an event in the last `period` days before the moment."""
    return marked(nw.col("at") > nw.col("moment") - timedelta(days=period))


ONCE, AT = nw.lit(1.0), nw.col("at")
EVENTS = OfEvents("events", ONCE)
STEPS = OfEvents("steps", marked(~nw.col("previous_activity").is_null()))
ACTIVITIES = OfEvents("activities", nw.col("activity"), "distinct")
ACTORS = OfEvents("actors", nw.col("actor"), "distinct")
HANDOVERS = OfEvents(
    "handovers",
    marked(
        ~nw.col("actor").is_null()
        & ~nw.col("previous_actor").is_null()
        & (nw.col("actor") != nw.col("previous_actor"))
    ),
)
FIRST = OfEvents("first_at", AT, "min")
LAST = OfEvents("last_at", AT, "max")
GAP = OfEvents("longest_gap", days(nw.col("at") - nw.col("previous_at")), "max")
LAST_3_DAYS = OfEvents("last_3_days", within(3))
LAST_7_DAYS = OfEvents("last_7_days", within(7))
LATE = OfEvents("late", marked(nw.col("recorded_at") >= nw.col("at") + timedelta(days=1)))
BITS = OfEvents("bits_total", nw.col("bits"), of_path=True)
RAREST = OfEvents("bits_most", nw.col("bits"), "max", of_path=True)


def days_between(start: nw.Expr, end: nw.Expr) -> nw.Expr:
    """Days from `start` to `end`, an end that is a date alone counted by dates."""
    return days(lasting(start, end))


def days_to_event(opened: nw.Expr, at: nw.Expr) -> nw.Expr:
    """Days from the opening to an event; null without the event."""
    return days(at - opened)


def repeats(events: nw.Expr, activities: nw.Expr) -> nw.Expr:
    """Events less distinct activities."""
    return events - activities


def process_feature(
    name: str,
    inputs: tuple[Quantity, ...],
    unit: Unit,
    meaning: Sayable,
    formula: Formula = same,
    version: int = 1,
) -> Feature:
    """A feature of this family: numeric, and asked for once the case has gone some way."""
    return Feature(
        f"process.{name}", inputs, formula, unit, meaning, known=RUNNING, version=version
    )


DAYS_OPEN = process_feature(
    "days_open",
    (OPENED, MOMENT),
    "days",
    _("days open"),
    days_between,
    version=2,
)

# One row a feature: name, inputs, unit, meaning, formula (the input itself where none stands).
# Times are null without events, those of a step also with only one.
OF_EVENTS = (
    process_feature(
        "days_to_first_event",
        (OPENED, FIRST),
        "days",
        _("days from opening to the first event"),
        days_to_event,
    ),
    process_feature(
        "days_since_last_event",
        (LAST, MOMENT),
        "days",
        _("days since the last event"),
        days_between,
        version=2,
    ),
    process_feature("longest_gap", (GAP,), "days", _("longest time between two events in a row")),
    process_feature("events", (EVENTS,), "count", _("number of events")),
    process_feature(
        "repeats",
        (EVENTS, ACTIVITIES),
        "count",
        _("events that repeat an earlier activity of the case"),
        repeats,
    ),
    process_feature("actors", (ACTORS,), "count", _("number of different people who acted")),
    process_feature(
        "handovers", (HANDOVERS,), "count", _("times it passed from one person to another")
    ),
    process_feature("events_last_3_days", (LAST_3_DAYS,), "count", _("events in the last 3 days")),
    process_feature("events_last_7_days", (LAST_7_DAYS,), "count", _("events in the last 7 days")),
    process_feature(
        "share_last_7_days",
        (LAST_7_DAYS, EVENTS),
        "share",
        _("share of all events that fell in the last 7 days"),
        ratio,
    ),
    process_feature(
        "recorded_late", (LATE,), "count", _("events recorded a day or more after they happened")
    ),
    process_feature(
        "path_rarity", (BITS, STEPS), "bits", _("how unusual the path is, per step"), ratio
    ),
    process_feature("rarest_step", (RAREST,), "bits", _("how unusual the rarest step is")),
)


def features(office: Office) -> Iterator[Feature]:
    """The family's features for this office; none that need events if it has no activities."""
    yield DAYS_OPEN
    if office.activities:
        yield from OF_EVENTS
        yield off_hours(office.working_hours)
        yield rework(office)
    slugs = by_slug(office.activities)
    for slug, code in slugs.items():
        yield from of_activity(slug, code, office.activities[code])
    for family in sorted({a.family for a in office.activities.values() if a.family}):
        yield of_family(office, family)
    columns = {code: slug for slug, code in slugs.items()}
    for limit in office.limits:
        yield from of_limit(limit, columns)


def by_slug(activities: dict[str, Activity]) -> dict[str, str]:
    """Activity codes by a name that is safe in a feature's name, distinct for each.

    >>> from cases.language.texts import Text
    >>> a = Activity(meaning=Text(en="x"))
    >>> by_slug({"Send Fine": a, "send-fine": a})
    {'send_fine': 'Send Fine', 'send_fine_2': 'send-fine'}
    """
    named: dict[str, str] = {}
    for code in activities:
        stem = re.sub(r"\W+", "_", code.lower()).strip("_") or "activity"
        slug, number = stem, 1
        while slug in named:
            number += 1
            slug = f"{stem}_{number}"
        named[slug] = code
    return named


def first_of(slug: str, code: str) -> OfEvents:
    """When an activity first happened."""
    return OfEvents(f"first_{slug}_at", AT, "min", activities=(code,))


def last_of(slug: str, code: str) -> OfEvents:
    """When an activity last happened."""
    return OfEvents(f"last_{slug}_at", AT, "max", activities=(code,))


def of_activity(slug: str, code: str, activity: Activity) -> Iterator[Feature]:
    """How often an activity happened, how long until the first, how long since the last."""
    meaning = activity.meaning
    count = OfEvents(f"count_{slug}", ONCE, activities=(code,))
    first, last = first_of(slug, code), last_of(slug, code)
    yield process_feature(
        f"count.{slug}", (count,), "count", _("times “{activity}”", activity=meaning)
    )
    yield process_feature(
        f"days_to.{slug}",
        (OPENED, first),
        "days",
        _("days from opening to the first “{activity}”", activity=meaning),
        days_to_event,
    )
    yield process_feature(
        f"days_since.{slug}",
        (last, MOMENT),
        "days",
        _("days since the last “{activity}”", activity=meaning),
        days_between,
    )


def of_family(office: Office, family: str) -> Feature:
    """How often the activities of one family happened."""
    codes = tuple(code for code, activity in office.activities.items() if activity.family == family)
    return process_feature(
        f"family.{family}",
        (OfEvents(f"family_{family}", ONCE, activities=codes),),
        "count",
        _("number of events of the group “{family}”", family=family),
    )


def rework(office: Office) -> Feature:
    """How often work was done again."""
    codes = tuple(code for code, activity in office.activities.items() if activity.rework)
    return process_feature(
        "rework",
        (OfEvents("rework", ONCE, activities=codes),),
        "count",
        _("times work was done again"),
    )


def off_hours(hours: WorkingHours) -> Feature:
    """The share of events outside working hours; an event at 00:00 sharp has only a date."""
    at = nw.col("at")
    dated = at == at.dt.truncate("1d")
    hour = at.dt.hour()
    outside = ~dated & ((hour < hours.first_hour) | (hour >= hours.last_hour))
    rest_day = ~at.dt.weekday().is_in(hours.days)
    return process_feature(
        "off_hours_share",
        (OfEvents("off_hours", marked(outside | rest_day)), EVENTS),
        "share",
        _("share of events outside working hours"),
        ratio,
    )


def of_limit(limit: Limit, slugs: dict[str, str]) -> Iterator[Feature]:
    """How much of a time limit was used, and the days beyond it; null for other kinds."""
    start = OPENED if limit.start == "opened" else first_of(slugs[limit.start], limit.start)
    end = CLOSED if limit.end == "closed" else last_of(slugs[limit.end], limit.end)

    def used(start: nw.Expr, end: nw.Expr, moment: nw.Expr, kind: nw.Expr) -> nw.Expr:
        """Days from start to end, or to the moment while the end has not followed."""
        stop = nw.coalesce(nw.when(end >= start).then(end), moment)
        applies = kind.is_in(limit.kinds) if limit.kinds else ~kind.is_null() | kind.is_null()
        return nw.when(applies).then(days(lasting(start, stop)))

    def share(*inputs: nw.Expr) -> nw.Expr:
        return used(*inputs) / limit.days

    def over(*inputs: nw.Expr) -> nw.Expr:
        return (used(*inputs) - limit.days).clip(lower_bound=0.0)

    inputs, meaning = (start, end, MOMENT, KIND), limit.meaning
    yield process_feature(
        f"limit_used.{limit.code}",
        inputs,
        "share",
        _("share used of the limit “{limit}”", limit=meaning),
        share,
    )
    yield process_feature(
        f"limit_exceeded.{limit.code}",
        inputs,
        "days",
        _("days over the limit “{limit}”", limit=meaning),
        over,
    )
