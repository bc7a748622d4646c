"""What a case is and how it went, with places that a reason can point to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import polars as pl

from cases.language.messages import Sayable
from cases.language.texts import Text
from cases.office.model import Office
from evaluation.pages.plan.drawn_cases import Bar, as_shown, bars, clipped
from evaluation.pages.plan.sheets import facts
from features.as_of import column_of
from features.catalogue import catalogue
from features.feature import OfCase, OfConditions, OfEvents, OfOthers, Quantity
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.under_way import UnderWay

MOST_EVENTS = 200  # on one page
COURSE = "course"  # the place of the timeline as a whole


class Fact(NamedTuple):
    """A row of the summary, with its place on the page."""

    place: str
    name: Sayable | str
    value: Sayable | str


class Event(NamedTuple):
    """An entry of the timeline, with its place on the page."""

    place: str
    at: Sayable | str
    what: Sayable | str
    activity: str


@dataclass(frozen=True)
class CaseFile:
    """A case for people: `events` are the newest first, `earlier` counts those left out."""

    case_id: str
    link: str | None
    row: Mapping[str, Any]
    facts: tuple[Fact, ...]
    events: tuple[Event, ...]
    earlier: int

    @property
    def closed_on(self) -> date | None:
        """The day it was closed; None if it is open."""
        closed: datetime | None = self.row["closed_at"]
        return None if closed is None else closed.date()


def case_file(context: ServiceContext, case_id: str, skipped: int = 0) -> CaseFile | None:
    """The file of a case, without its `skipped` newest events.

    None if there is no such case, or it is not in scope.
    """
    if not context.known([case_id]):
        return None
    found = context.tables.of_cases("cases", [case_id])
    if found.is_empty():
        return None
    office, row = context.office, found.row(0, named=True)
    events = context.tables.of_cases("events", [case_id])
    events = events.sort("at", "sequence", descending=True).slice(skipped)
    return CaseFile(
        case_id,
        office.links.of_case(case_id),
        row,
        tuple(Fact(f"fact-{column}", *fact) for column, fact in facts(office, row)),
        tuple(_timeline(office, events.head(MOST_EVENTS), skipped)),
        max(0, events.height - MOST_EVENTS),
    )


def _timeline(office: Office, events: pl.DataFrame, skipped: int) -> Iterator[Event]:
    for number, (at, code) in enumerate(events.select("at", "activity").iter_rows(), skipped + 1):
        named = office.activities.get(code)
        what = clipped(code) if named is None else named.meaning
        yield Event(f"event-{number}", as_shown(at), what, code)


def to_check(office: Office, file: CaseFile, day: date) -> dict[str, Text]:
    """The dimensions that a review on `day` looks at, by code: those in force on the closing."""
    if office.reviews is None:
        return {}
    return office.reviews.dimensions_on(file.closed_on or day, day)


class Pointed(NamedTuple):
    """A reason, and the place on the page of what it rests on (None: nothing on it)."""

    bar: Bar
    place: str | None


def pointed(plan: UnderWay, line: Mapping[str, Any], file: CaseFile) -> list[Pointed]:
    """The reasons of a line, each with the event or the fact that it rests on."""
    reasons = plan.shown.reasons_of(line["case_id"])
    named = zip(bars(plan.shown, line), reasons, strict=True)
    return [
        Pointed(bar, place_of(plan.shown.office, reason.feature, file)) for bar, reason in named
    ]


def place_of(office: Office, feature: str, file: CaseFile) -> str | None:
    """Where the page shows what a feature is made from: an event, else a fact, else the course."""
    known = catalogue(office).get(feature)
    inputs = () if known is None else known.inputs
    activities = set(_activities(inputs))
    for event in file.events:
        if event.activity in activities:
            return event.place
    shown = {fact.place for fact in file.facts}
    places = (f"fact-{column}" for column in _columns(office, inputs))
    of_fact = next((place for place in places if place in shown), None)
    if (activities or any(isinstance(one, OfEvents) for one in inputs)) and file.events:
        return COURSE
    return of_fact


def _activities(inputs: Sequence[Quantity]) -> Iterator[str]:
    """The activities that a feature is made from, as far as it names any."""
    for one in inputs:
        if isinstance(one, OfEvents):
            yield from one.activities or ()
        elif isinstance(one, OfConditions):
            yield from (part.event for part in one.conditions if part.event)


def _columns(office: Office, inputs: Sequence[Quantity]) -> Iterator[str]:
    """The columns of the case table that a feature is made from, what it is about first."""
    called = {column_of(office, name): name for name in office.attributes}
    for one in inputs:
        if isinstance(one, OfOthers):
            yield from one.key
        elif isinstance(one, OfConditions):
            yield from (part.attribute for part in one.conditions if part.attribute)
        elif isinstance(one, OfCase):
            yield called.get(one.column, one.column)
