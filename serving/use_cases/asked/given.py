"""Cases that come with a request: checked, and laid over the office's tables.

So one `build` serves both, and a case has the same features wherever it comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, overload

import numpy as np

from cases.errors import LONGEST_VALUE, Fault
from cases.language.messages import _
from cases.nearest import did_you_mean
from cases.office.model import CLOSING, Office
from cases.tables.cells.arrays import Column, OnDemand, Rows
from cases.tables.cells.moments import is_before, whole_day
from cases.tables.tables import EVENTS, Tables, case_columns
from serving.use_cases.asked.faults import fault, refuse


class GivenEvent(NamedTuple):
    """One thing that happened to a case; `recorded_at` None means at once."""

    at: datetime
    activity: str
    recorded_at: datetime | None = None
    actor: str | None = None


@dataclass(frozen=True)
class GivenTogether(Sequence[GivenEvent]):
    """The events of one case, of many that were read together into columns (`at` and so on).

    They are the rows from `start` to `end`. All have a `recorded_at`.
    """

    every: Rows
    start: int
    end: int

    @overload
    def __getitem__(self, number: int) -> GivenEvent: ...
    @overload
    def __getitem__(self, number: slice) -> list[GivenEvent]: ...
    def __getitem__(self, number: int | slice) -> GivenEvent | list[GivenEvent]:
        if isinstance(number, slice):
            return [self[one] for one in range(len(self))[number]]
        row = range(self.start, self.end)[number]
        fields = (self.every.columns[name].at(np.array([row])) for name in GivenEvent._fields)
        return GivenEvent(*(field.listed()[0] for field in fields))

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class GivenCase:
    """A case with its events; an attribute that is left out is unknown."""

    case_id: str
    opened_at: datetime
    closed_at: datetime | None
    kind: str | None
    unit: str | None
    handler: str | None
    attributes: Mapping[str, object]
    events: Sequence[GivenEvent]


def check_given(
    cases: Sequence[GivenCase], office: Office, closed_by: datetime = datetime.max
) -> None:
    """`BadInput` if the cases contradict themselves, each other or the office.

    `closed_by` is the moment by which all of them must be closed, where risk is asked at closing.
    A fault names its field in `cases`: `cases[0].events[2].activity`.
    """
    refuse(_faults(cases, office, closed_by))


def _faults(cases: Sequence[GivenCase], office: Office, closed_by: datetime) -> Iterator[Fault]:
    together = _together(cases)
    plainly_right = together is not None and _is_plainly_right(together, office)
    for index, case in enumerate(cases):
        at = f"cases[{index}].closed_at"
        if office.risk.at == CLOSING:
            yield from _faults_of_closing(at, case, closed_by)
        if case.closed_at is not None and is_before(case.closed_at, case.opened_at):
            yield fault(at, _("is before `opened_at`."), _("Correct one of the two."))
        for number, event in enumerate(() if plainly_right else case.events):
            yield from _faults_of_event(index, number, event, office)
    counts = Counter(case.case_id for case in cases)
    for index, case in enumerate(cases):
        if counts[case.case_id] > 1:
            remedy = _("Give every case once.")
            yield fault(f"cases[{index}].case_id", _("stands more than once."), remedy)


def _faults_of_closing(at: str, case: GivenCase, closed_by: datetime) -> Iterator[Fault]:
    remedy = _("Only closed cases can be checked: leave it out, or ask as of a later moment.")
    if case.closed_at is None:
        yield fault(at, _("is missing."), remedy)
    elif case.closed_at > closed_by:
        yield fault(at, _("is after `as_of`."), remedy)


def _together(cases: Sequence[GivenCase]) -> Rows | None:
    """The events of the cases as columns, where they were read together and none is missing."""
    start, every = 0, None
    for case in cases:
        events = case.events
        if not isinstance(events, GivenTogether) or events.start != start:
            return None
        if every is not None and events.every is not every:
            return None
        start, every = events.end, events.every
    return every if every is not None and start == every.height else None


def _is_plainly_right(events: Rows, office: Office) -> bool:
    """Whether nothing is wrong with any event, as is usual; to ask one by one takes longer."""
    at, recorded_at, activity = (
        events.columns[name].values for name in ("at", "recorded_at", "activity")
    )
    known = not office.activities or {*activity.tolist()} <= {*office.activities}
    return known and not bool((recorded_at < at).any())


def _faults_of_event(index: int, number: int, event: GivenEvent, office: Office) -> Iterator[Fault]:
    if office.activities and event.activity not in office.activities:
        problem = _("is not an activity of the office file.")
        name = event.activity[:LONGEST_VALUE]
        remedy = did_you_mean(name, office.activities, _("Remove it."))
        yield fault(f"cases[{index}].events[{number}].activity", problem, remedy)
    if event.recorded_at is not None and is_before(event.recorded_at, event.at):
        remedy = _("Give the time it was entered, or leave it out.")
        field = f"cases[{index}].events[{number}].recorded_at"
        yield fault(field, _("is before `at`."), remedy)


def with_given(tables: Tables, cases: Sequence[GivenCase]) -> Tables:
    """`tables` with `cases` as further rows; a case that is already there is replaced.

    A replaced case loses its rows and its events, so the given version is all that is known of
    it; reviews stay.
    """
    ids = [case.case_id for case in cases]
    new_cases = _rows(cases, tables.office)
    new_events = _events(cases, first=tables.next_sequence)
    return tables.plus(new_cases, events=new_events, replaced=tables.known(ids))


def _rows(cases: Sequence[GivenCase], office: Office) -> Rows:
    """The rows of the case table."""
    schema, own = case_columns(office), office.attributes

    def column(name: str) -> Column:
        if name in own:
            return Column.of_values([case.attributes.get(name) for case in cases], schema[name])
        return Column.of_values([getattr(case, name) for case in cases], schema[name])

    return Rows(OnDemand(schema, column), len(cases))


def _events(cases: Sequence[GivenCase], first: int) -> Rows:
    """The rows of the event table, numbered from `first`."""
    together = _together(cases)
    events = (
        _columns([event for case in cases for event in case.events])
        if together is None
        else together
    )
    case_ids = np.array([case.case_id for case in cases], dtype=object)
    columns = {
        **events.columns,
        "case_id": Column(np.repeat(case_ids, [len(case.events) for case in cases])),
        "sequence": Column(np.arange(first, first + events.height)),
    }
    return Rows({name: columns[name] for name in EVENTS}, events.height)


def _columns(events: Sequence[GivenEvent]) -> Rows:
    """Events as columns; what has no `recorded_at` was recorded at once."""
    values: dict[str, Callable[[], Sequence[Any]]] = {
        "at": lambda: [event.at for event in events],
        "recorded_at": lambda: [event.recorded_at or whole_day(event.at) for event in events],
        "activity": lambda: [event.activity for event in events],
        "actor": lambda: [event.actor for event in events],
    }
    made = OnDemand(values, lambda name: Column.of_values(values[name](), EVENTS[name]))
    return Rows(made, len(events))
