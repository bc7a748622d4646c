"""How alerts stand on a day: to be given, given, waiting, snoozed or closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

from cases.office.model import Office
from ledger.ledger import Entry
from policies.alerts import Alert, in_order, to_notify
from serving.use_cases.remembered import name_of
from serving.work.alerting import AT_ONCE, AlertCourse, Alerting, DeskNotified, Given
from serving.work.step import step_entry


@unique
class State(StrEnum):
    """How an alert stands."""

    NEW = "new"  # its desk is to be notified today
    NOTIFIED = "notified"
    WAITING = "waiting"  # beyond what the office can act on today
    SNOOZED = "snoozed"
    CLOSED = "closed"


TO_ACT_ON = frozenset({State.NEW, State.NOTIFIED})


@dataclass(frozen=True)
class Watched:
    """An alert, what became of it, and how it stands today."""

    alert: Alert
    course: AlertCourse
    state: State

    @property
    def notified_on(self) -> date | None:
        """When its desk was notified; None if it was not."""
        notice = self.course.notice
        return None if notice is None else notice.day


def standing(
    office: Office, alerts: Iterable[Alert], alerting: Alerting, today: date
) -> list[Watched]:
    """How each alert stands, those to be dealt with first in front.

    What is snoozed or closed takes nothing of what can be given today.
    """
    ordered = in_order(alerts, today)
    courses = {alert.key: alerting.of(alert.key) for alert in ordered}
    put_off = {key for key, one in courses.items() if one.is_closed or _is_snoozed(one, today)}
    candidates = [alert for alert in ordered if alert.key not in put_off]
    new = to_notify(candidates, alerting.notified, today, office.alerts.per_day)
    given = {alert.key for alert in new}
    return [
        Watched(alert, course, _state(course, alert.key in given, today))
        for alert in ordered
        for course in (courses[alert.key],)
    ]


def _is_snoozed(course: AlertCourse, today: date) -> bool:
    until = course.snoozed_until
    return until is not None and today <= until


def _state(course: AlertCourse, is_new: bool, today: date) -> State:
    if course.is_closed:
        return State.CLOSED
    if _is_snoozed(course, today):
        return State.SNOOZED
    if course.notified is not None:
        return State.NOTIFIED
    return State.NEW if is_new else State.WAITING


def notices(office: Office, several: Sequence[Watched], today: date) -> list[Entry]:
    """What is recorded when the desks are notified of what is new: a record a desk or more."""
    of_desk: dict[str | None, list[Given]] = defaultdict(list)
    for one in several:
        if one.state is State.NEW:
            of_desk[one.alert.unit].append(Given.of(one.alert))
    return [
        step_entry(name_of(office), DeskNotified(day=today, unit=unit, alerts=part), by=None)
        for unit, given in of_desk.items()
        for part in _parts(given)
    ]


def _parts(given: Sequence[Given]) -> Iterator[tuple[Given, ...]]:
    for first in range(0, len(given), AT_ONCE):
        yield tuple(given[first : first + AT_ONCE])
