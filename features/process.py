"""How the case went: what happened how often, in which order, and how long it took."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import narwhals as nw

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Activity, Limit, Office, WorkingHours
from features.feature import (
    AT_CLOSING,
    Feature,
    OfCase,
    OfEvents,
    days,
    feature,
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
    """1 for an event in the last so many days before the moment."""
    return marked(nw.col("at") > nw.col("moment") - timedelta(days=period))


EVENTS = OfEvents("events", nw.lit(1.0))
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
FIRST = OfEvents("first_at", nw.col("at"), "min")
LAST = OfEvents("last_at", nw.col("at"), "max")
GAP = OfEvents("longest_gap", days(nw.col("at") - nw.col("previous_at")), "max")
LAST_3_DAYS = OfEvents("last_3_days", within(3))
LAST_7_DAYS = OfEvents("last_7_days", within(7))
LATE = OfEvents("late", marked(nw.col("recorded_at") >= nw.col("at") + timedelta(days=1)))
BITS = OfEvents("bits_total", nw.col("bits"), of_path=True)
RAREST = OfEvents("bits_most", nw.col("bits"), "max", of_path=True)


@feature(
    "process.days_open",
    OPENED,
    MOMENT,
    unit="days",
    en="days from opening to the moment",
    zh="受理至此刻的天数",
    moments=AT_CLOSING,
    version=2,
)
def days_open(opened: nw.Expr, moment: nw.Expr) -> nw.Expr:
    """The moment less the opening."""
    return days(lasting(opened, moment))


@feature(
    "process.days_to_first_event",
    OPENED,
    FIRST,
    unit="days",
    en="days from opening to the first event",
    zh="受理至首个事件的天数",
    moments=AT_CLOSING,
)
def days_to_first_event(opened: nw.Expr, first: nw.Expr) -> nw.Expr:
    """Null without events."""
    return days(first - opened)


@feature(
    "process.days_since_last_event",
    LAST,
    MOMENT,
    unit="days",
    en="days since the last event",
    zh="距最近一个事件的天数",
    moments=AT_CLOSING,
    version=2,
)
def days_since_last_event(last: nw.Expr, moment: nw.Expr) -> nw.Expr:
    """Null without events."""
    return days(lasting(last, moment))


@feature(
    "process.longest_gap",
    GAP,
    unit="days",
    en="longest time between two events in a row",
    zh="相邻两个事件的最长间隔",
    moments=AT_CLOSING,
)
def longest_gap(gap: nw.Expr) -> nw.Expr:
    """Null with fewer than two events."""
    return gap


@feature(
    "process.events",
    EVENTS,
    unit="count",
    en="number of events",
    zh="事件总数",
    moments=AT_CLOSING,
)
def number_of_events(events: nw.Expr) -> nw.Expr:
    """All events recorded by the moment."""
    return events


@feature(
    "process.repeats",
    EVENTS,
    ACTIVITIES,
    unit="count",
    en="events that repeat an earlier activity of the case",
    zh="重复已发生环节的事件数",
    moments=AT_CLOSING,
)
def repeats(events: nw.Expr, activities: nw.Expr) -> nw.Expr:
    """Events less distinct activities."""
    return events - activities


@feature(
    "process.actors",
    ACTORS,
    unit="count",
    en="number of different people who acted",
    zh="参与人员数",
    moments=AT_CLOSING,
)
def number_of_actors(actors: nw.Expr) -> nw.Expr:
    """Distinct known actors."""
    return actors


@feature(
    "process.handovers",
    HANDOVERS,
    unit="count",
    en="number of times one person followed another",
    zh="经办人交接次数",
    moments=AT_CLOSING,
)
def number_of_handovers(handovers: nw.Expr) -> nw.Expr:
    """Neighbouring events with different known actors."""
    return handovers


@feature(
    "process.events_last_3_days",
    LAST_3_DAYS,
    unit="count",
    en="events in the last 3 days",
    zh="最近3天的事件数",
    moments=AT_CLOSING,
)
def events_last_3_days(events: nw.Expr) -> nw.Expr:
    """Less than 3 times 24 hours before the moment."""
    return events


@feature(
    "process.events_last_7_days",
    LAST_7_DAYS,
    unit="count",
    en="events in the last 7 days",
    zh="最近7天的事件数",
    moments=AT_CLOSING,
)
def events_last_7_days(events: nw.Expr) -> nw.Expr:
    """Less than 7 times 24 hours before the moment."""
    return events


@feature(
    "process.share_last_7_days",
    LAST_7_DAYS,
    EVENTS,
    unit="share",
    en="share of all events that fell in the last 7 days",
    zh="最近7天事件占全部事件的比例",
    moments=AT_CLOSING,
)
def share_last_7_days(recent: nw.Expr, events: nw.Expr) -> nw.Expr:
    """Null without events."""
    return ratio(recent, events)


@feature(
    "process.recorded_late",
    LATE,
    unit="count",
    en="events recorded a day or more after they happened",
    zh="发生一天以后才录入的事件数",
    moments=AT_CLOSING,
)
def recorded_late(late: nw.Expr) -> nw.Expr:
    """Recording less happening, 24 hours or more."""
    return late


@feature(
    "process.path_rarity",
    BITS,
    STEPS,
    unit="bits",
    en="how unusual the path is, per step",
    zh="办案路径的平均罕见程度",
    moments=AT_CLOSING,
)
def path_rarity(bits: nw.Expr, steps: nw.Expr) -> nw.Expr:
    """Mean of -log2 of the share of such steps; null with fewer than two events."""
    return ratio(bits, steps)


@feature(
    "process.rarest_step",
    RAREST,
    unit="bits",
    en="how unusual the rarest step is",
    zh="最罕见一步的罕见程度",
    moments=AT_CLOSING,
)
def rarest_step(bits: nw.Expr) -> nw.Expr:
    """Largest -log2 of the share of such steps; null with fewer than two events."""
    return bits


FIXED = (
    days_open,
    days_to_first_event,
    days_since_last_event,
    longest_gap,
    number_of_events,
    repeats,
    number_of_actors,
    number_of_handovers,
    events_last_3_days,
    events_last_7_days,
    share_last_7_days,
    recorded_late,
    path_rarity,
    rarest_step,
)


def features(office: Office) -> Iterator[Feature]:
    """The family's features for this office; none that need events if it has no activities."""
    yield days_open
    if office.activities:
        yield from FIXED[1:]
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


def counted(name: str, quantity: OfEvents, en: str, zh: str) -> Feature:
    """A feature that is a count of events."""
    return Feature(name, (quantity,), same, "count", Text(en=en, zh=zh), moments=AT_CLOSING)


def first_of(slug: str, code: str) -> OfEvents:
    """When an activity first happened."""
    element = nw.when(nw.col("activity") == code).then(nw.col("at"))
    return OfEvents(f"first_{slug}_at", element, "min")


def last_of(slug: str, code: str) -> OfEvents:
    """When an activity last happened."""
    element = nw.when(nw.col("activity") == code).then(nw.col("at"))
    return OfEvents(f"last_{slug}_at", element, "max")


def of_activity(slug: str, code: str, activity: Activity) -> Iterator[Feature]:
    """How often an activity happened, how long until the first, how long since the last."""
    en, zh = activity.meaning.say("en"), activity.meaning.say("zh")
    count = OfEvents(f"count_{slug}", marked(nw.col("activity") == code))
    yield counted(f"process.count.{slug}", count, f"number of: {en}", f"“{zh}”的次数")
    yield Feature(
        f"process.days_to.{slug}",
        (OPENED, first_of(slug, code)),
        days_to_first_event.formula,
        "days",
        Text(en=f"days from opening to the first: {en}", zh=f"受理至首次“{zh}”的天数"),
        moments=AT_CLOSING,
    )
    yield Feature(
        f"process.days_since.{slug}",
        (last_of(slug, code), MOMENT),
        days_since_last_event.formula,
        "days",
        Text(en=f"days since the last: {en}", zh=f"距最近一次“{zh}”的天数"),
        moments=AT_CLOSING,
    )


def of_family(office: Office, family: str) -> Feature:
    """How often the activities of one family happened."""
    codes = [code for code, activity in office.activities.items() if activity.family == family]
    return counted(
        f"process.family.{family}",
        OfEvents(f"family_{family}", marked(nw.col("activity").is_in(codes))),
        f"number of events of the group “{family}”",
        f"“{family}”类事件数",
    )


def rework(office: Office) -> Feature:
    """How often work was done again."""
    codes = [code for code, activity in office.activities.items() if activity.rework]
    return counted(
        "process.rework",
        OfEvents("rework", marked(nw.col("activity").is_in(codes))),
        "number of times work was done again",
        "返工次数",
    )


def off_hours(hours: WorkingHours) -> Feature:
    """The share of events outside working hours; an event at 00:00 sharp has only a date."""
    at = nw.col("at")
    dated = at == at.dt.truncate("1d")
    hour = at.dt.hour()
    outside = ~dated & ((hour < hours.first_hour) | (hour >= hours.last_hour))
    rest_day = ~at.dt.weekday().is_in(hours.days)
    return Feature(
        "process.off_hours_share",
        (OfEvents("off_hours", marked(outside | rest_day)), EVENTS),
        ratio,
        "share",
        _("share of events outside working hours"),
        moments=AT_CLOSING,
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

    en, zh = limit.meaning.say("en"), limit.meaning.say("zh")
    inputs = (start, end, MOMENT, KIND)
    yield Feature(
        f"process.limit_used.{limit.code}",
        inputs,
        share,
        "share",
        Text(en=f"share of the limit used: {en}", zh=f"已用期限比例：{zh}"),
        moments=AT_CLOSING,
    )
    yield Feature(
        f"process.limit_exceeded.{limit.code}",
        inputs,
        over,
        "days",
        Text(en=f"days beyond the limit: {en}", zh=f"超期天数：{zh}"),
        moments=AT_CLOSING,
    )
