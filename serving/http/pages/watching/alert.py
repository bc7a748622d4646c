"""`/running/alert`: one alert: why, what is to be done, what was done; snoozed or closed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.language.values import Value
from policies.alerts import last_snooze
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.rectifying.finding import QUICKER, SAVED
from serving.http.pages.rectifying.forms import EMPTY, WRITE, day_of
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit
from serving.http.pages.watching.alerts import TITLE
from serving.http.pages.watching.seen import (
    ALERTS,
    COLOURS,
    STATES,
    case_path,
    path_of,
    query_of,
    seen,
)
from serving.use_cases.remembered import name_of
from serving.use_cases.watching.standing import State, Watched
from serving.use_cases.watching.wording import SORTS
from serving.work.alerting import LONGEST_REASON, Closed, DeskNotified, OfAlert, Snoozed
from serving.work.step import Taken, step_entry

UNTIL, WHY = _("Until"), _("Why")


@dataclass(frozen=True)
class Entry:
    """What happened to an alert: when, what, in whose words, and by which record."""

    at: datetime
    what: Sayable
    text: str
    record: int


@dataclass(frozen=True)
class Found:
    """The alert that an address names, on a day."""

    one: Watched
    today: date

    @property
    def path(self) -> str:
        """Its address."""
        return path_of(self.one.alert.key)


def show(visit: Visit) -> Shown:
    """The page."""
    found = _asked(visit)
    one, alert = found.one, found.one.alert
    return Shown(
        "watching/alert.html",
        _("{case} · {sort}", case=alert.key.case_id, sort=SORTS[alert.key.sort]),
        {
            "trail": [(ALERTS, TITLE)],
            "status": (STATES[one.state], COLOURS.get(one.state, "")),
            "why": alert.why,
            "todo": alert.todo,
            "facts": list(_facts(one)),
            "history": list(_history(visit, one)),
            "may_answer": may(visit.caller, Action.ANSWER_ALERT) and one.state is not State.CLOSED,
            "latest": Value(_last(visit, found)),
            "sent": {"until": _last(visit, found).isoformat(), **visit.sent},
            "outcome": _outcome(visit, one),
            "to_case": case_path(alert.key.case_id),
            "to_records": may(visit.caller, Action.SEE_LEDGER),
            "here": found.path,
        },
    )


def act(visit: Visit) -> GoTo:
    """Record that it is snoozed or closed, and why."""
    found = _asked(visit)
    step = _step(visit, found)
    (record,) = visit.record(step_entry(name_of(visit.context.office), step, visit.caller.id))
    return GoTo(path_of(found.one.alert.key, recorded=record.number))


def _asked(visit: Visit) -> Found:
    """The alert that the address names; `NotFound` if there is none that this caller may see."""
    query, watch = visit.query, seen(visit)
    for one in watch.several:
        if all(query.get(name) == value for name, value in query_of(one.alert.key).items()):
            return Found(one, watch.today)
    raise NotFound


def _last(visit: Visit, found: Found) -> date:
    """The last day until which it can be snoozed."""
    return last_snooze(found.one.alert, found.today, visit.context.office.alerts.snooze_days)


def _facts(one: Watched) -> Iterator[tuple[Sayable, Any]]:
    """What is known of the alert, each with its name."""
    alert, until = one.alert, one.course.snoozed_until
    yield _("Case"), alert.key.case_id
    yield _("Unit"), alert.unit
    yield _("Since"), alert.since
    if alert.due_on is not None:
        yield _("Last day"), alert.due_on
    if alert.probability is not None:
        yield _("Probability of an overrun"), Value(alert.probability, ".0%")
    if until is not None:
        yield _("Snoozed until"), until


def _history(visit: Visit, one: Watched) -> Iterator[Entry]:
    """What became of it, newest first."""
    course = one.course
    every = [*([] if course.notified is None else [course.notified]), *course.taken]
    for taken in sorted(every, key=lambda taken: taken.record, reverse=True):
        what, text = _said(taken)
        yield Entry(on_clock(visit.context.office, taken.at), what, text, taken.record)


def _said(taken: Taken) -> tuple[Sayable, str]:
    """What a step did with the alert, and the words of who took it."""
    step = taken.step
    if isinstance(step, DeskNotified):
        day = Value(step.day)
        if step.unit is None:
            return _("The office was notified, for {day}.", day=day), ""
        return _("The desk of {unit} was notified, for {day}.", unit=step.unit, day=day), ""
    if isinstance(step, Snoozed):
        return _("It was snoozed until {day}.", day=Value(step.until)), step.reason
    assert isinstance(step, Closed)  # noqa: S101  the last kind
    return _("It was closed."), step.reason


def _step(visit: Visit, found: Found) -> OfAlert:
    """What was sent; `BadInput` with everything that is wrong with it."""
    sent, about = visit.sent, {**found.one.alert.key._asdict(), "day": found.today}
    if sent.get("do") == "close":
        _refuse(_lacking(sent, "close_reason"))
        return Closed(**about, reason=_text(sent, "close_reason"))
    if sent.get("do") == "snooze":
        until = day_of(sent.get("until", ""))
        last = _last(visit, found)
        _refuse(_unfit(until, found.today, last), _lacking(sent, "snooze_reason"))
        assert until is not None  # noqa: S101  else it was refused
        return Snoozed(**about, reason=_text(sent, "snooze_reason"), until=until)
    raise BadInput([Fault(_("The form"), _("is not one of this page."), _("Send it again."))])


def _refuse(*faults: Iterator[Fault]) -> None:
    if found := [fault for several in faults for fault in several]:
        raise BadInput(found)


def _text(sent: Mapping[str, str], name: str) -> str:
    return sent.get(name, "").replace("\r\n", "\n").strip()


def _lacking(sent: Mapping[str, str], name: str) -> Iterator[Fault]:
    """Faults of a reason."""
    written = _text(sent, name)
    if not written:
        yield Fault(WHY, EMPTY, WRITE, column=name)
    if len(written) > LONGEST_REASON:
        problem = _("has more than {most:,} letters.", most=LONGEST_REASON)
        yield Fault(WHY, problem, _("Write less."), column=name)


def _unfit(until: date | None, today: date, last: date) -> Iterator[Fault]:
    """Faults of the day until which it is to be snoozed."""
    if until is None:
        yield Fault(UNTIL, _("is not a day."), _("Write it as 2026-07-31."), column="until")
    elif not today <= until <= last:
        problem = _("is past, or later than it can be snoozed.")
        remedy = _("Give a day from today to {last}.", last=Value(last))
        yield Fault(UNTIL, problem, remedy, column="until")


def _outcome(visit: Visit, one: Watched) -> tuple[Sayable, bool] | None:
    """What became of the step that was recorded before this page was shown, and if it counted."""
    recorded = visit.whole_number("recorded")
    if recorded is None:
        return None
    counted = any(taken.record == recorded for taken in one.course.taken)
    return (SAVED, True) if counted else (QUICKER, False)
