"""`/system`: scheduled work and how its last runs ended, models and what the gate said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.language.values import Value
from cases.office.work.schedules import Length, Task
from ledger.records import Kind
from models.registry import CHAMPION, Registry, Version, What, office_name
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.leases.lease import holder_of
from serving.use_cases.recording.records import training_asked, training_request
from serving.work.running import Run
from serving.work.runs import LEASE, ScheduleShown, Standing, runs, standing

PATH = "/system"
TITLE = _("System")
MOST_RUNS, MOST_VERSIONS = 20, 10  # that are listed
LONGEST_REASON = 2_000  # letters
SEVERAL_OFFICES = 100  # records that are looked through: offices can share a ledger
TASKS: Mapping[Task, Sayable] = {
    "read": _("read new data"),
    "train": _("train, and promote what passes the gate"),
    "plan": _("draw a plan and begin its reviews"),
    "report": _("write the report"),
    "watch": _("watch running cases"),
    "remind": _("remind people"),
}
OFTEN: Mapping[Length, Sayable] = {
    "day": _("every day"),
    "week": _("every week"),
    "month": _("every month"),
    "quarter": _("every quarter"),
    "year": _("every year"),
}
STANDINGS: Mapping[Standing, tuple[Sayable, str]] = {
    "never": (_("not yet"), ""),
    "running": (_("running"), "blue"),
    "stopped": (_("was stopped"), "red"),
    "failed": (_("failed"), "red"),
    "done": (_("done"), "green"),
}
DECIDED: Mapping[What, tuple[Sayable, str]] = {
    "promoted": (_("promoted"), "green"),
    "refused": (_("refused"), "red"),
    "restored": (_("restored"), "green"),
    "unreadable": (_("unreadable"), ""),
}


def show(visit: Visit) -> Shown:
    """What runs by itself, and which model is in use since when."""
    office, running = visit.context.office, visit.context.remembered.work.running
    holder = _holder(visit)
    schedules = runs(office, running, visit.now, holder)
    last = [*reversed(running.runs)][:MOST_RUNS]
    versions = Registry(visit.rooms.home).versions(office_name(office))
    values = {
        "schedules": [_schedule(one) for one in schedules],
        "runs": [_run(visit, one, holder) for one in last],
        "versions": [_version(visit, one) for one in versions[:MOST_VERSIONS]],
        "further": len(versions) - len(versions[:MOST_VERSIONS]),
        "served": visit.context.version,
        "asked": _asked(visit),
        "sent": visit.sent,
        "most": LONGEST_REASON,
    }
    return Shown("administration/system.html", TITLE, values)


def act(visit: Visit) -> GoTo:
    """Ask for a training, which a scheduled run carries out: the service never trains."""
    reason, until = visit.sent.get("reason", "").strip(), _until(visit.sent.get("until", ""))
    if not reason or len(reason) > LONGEST_REASON:
        remedy = _("Say it in 1 to {most:,} letters.", most=LONGEST_REASON)
        problem = _("is missing, or too long.")
        raise BadInput([Fault(_("The reason"), problem, remedy, column="reason")])
    visit.record(training_request(visit.context.office, until, reason))
    return GoTo(PATH, "asked")


def _until(text: str) -> datetime | None:
    """The end of a day; None where none is given."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        remedy = _("Write it as 2026-06-30.")
        problem = _("is not a date.")
        raise BadInput([Fault(_("The day"), problem, remedy, column="until")]) from None
    return datetime.combine(day, datetime.max.time())


def _holder(visit: Visit) -> str | None:
    try:
        return holder_of(visit.rooms.home, LEASE)
    except BadInput:  # nobody can know, and what needs it says so
        return None


def _schedule(one: ScheduleShown) -> dict[str, Any]:
    return {
        "code": one.schedule.code,
        "what": TASKS[one.schedule.what],
        "every": OFTEN[one.schedule.every],
        "tag": STANDINGS[one.standing],
        "done": None if one.done is None else one.done.beginning.at,
        "is_due": one.is_due,
        "next": one.next,
    }


def _run(visit: Visit, run: Run, holder: str | None) -> dict[str, Any]:
    return {
        "code": run.beginning.schedule,
        "due": run.beginning.at,
        "began": on_clock(visit.context.office, run.began.at),
        "tag": STANDINGS[standing(run, holder)],
        "said": run.said,
        "alarms": bool(run.alarms),
        "record": (run.ended or run.began).record,
    }


def _version(visit: Visit, version: Version) -> dict[str, Any]:
    made = datetime.fromtimestamp(version.created / 1000, UTC)
    known = version.trained_until
    return {
        "number": version.number,
        "made": on_clock(visit.context.office, made).date(),
        "known": datetime.fromisoformat(known).date() if known else None,
        "is_champion": CHAMPION in version.aliases,
        "is_start": version.start is not None,
        "events": [*_events(visit, version)],
    }


def _events(visit: Visit, version: Version) -> Iterator[dict[str, Any]]:
    for event in reversed(version.events):
        at = on_clock(visit.context.office, datetime.fromisoformat(event.at))
        yield {"tag": DECIDED[event.what], "on": at.date(), "why": event.reason}


def _asked(visit: Visit) -> Sayable | None:
    """That a training is asked for and was not carried out yet."""
    records = visit.ledger.newest(SEVERAL_OFFICES, Kind.REQUEST, Kind.TRAINING)
    found = training_asked(visit.context.office, reversed(records))
    if found is None:
        return None
    if found.until is None:
        return _("A training is asked for and waits for `triage run-due`.")
    return _(
        "A training on what was known by {day} is asked for and waits for `triage run-due`.",
        day=Value(found.until.date()),
    )
