"""Cases that come with a request: checked, and laid over the office's tables.

So one `build` serves both, and a case has the same features wherever it comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl

from cases.errors import LONGEST_VALUE, Fault
from cases.language.messages import _
from cases.nearest import did_you_mean
from cases.office.model import CLOSING, Office
from cases.tables.cells.moments import is_before, whole_day
from cases.tables.tables import EVENTS, Tables, case_columns
from serving.use_cases.faults import fault, refuse


class GivenEvent(NamedTuple):
    """One thing that happened to a case; `recorded_at` None means at once."""

    at: datetime
    activity: str
    recorded_at: datetime | None = None
    actor: str | None = None


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
    for index, case in enumerate(cases):
        at = f"cases[{index}].closed_at"
        if office.risk.at == CLOSING:
            yield from _faults_of_closing(at, case, closed_by)
        if case.closed_at is not None and is_before(case.closed_at, case.opened_at):
            yield fault(at, _("is before `opened_at`."), _("Correct one of the two."))
        for number, event in enumerate(case.events):
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


def _rows(cases: Sequence[GivenCase], office: Office) -> pl.DataFrame:
    """The rows of the case table; column by column, which Polars reads at once."""
    own = office.attributes
    return pl.DataFrame(
        {
            name: [
                case.attributes.get(name) if name in own else getattr(case, name) for case in cases
            ]
            for name in case_columns(office)
        },
        schema=case_columns(office),
    )


def _events(cases: Sequence[GivenCase], first: int) -> pl.DataFrame:
    given = [(case.case_id, event) for case in cases for event in case.events]
    columns = {
        "case_id": [case_id for case_id, _event in given],
        "at": [event.at for _case, event in given],
        "recorded_at": [event.recorded_at or whole_day(event.at) for _case, event in given],
        "activity": [event.activity for _case, event in given],
        "actor": [event.actor for _case, event in given],
        "sequence": np.arange(first, first + len(given)),
    }
    return pl.DataFrame({name: columns[name] for name in EVENTS}, schema=EVENTS)
