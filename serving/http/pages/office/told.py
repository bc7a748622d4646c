"""`/notices`: what is due and overdue, alarms, and scheduled work that failed; counts alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cases.errors import BadInput
from cases.language.messages import Sayable, _
from serving.http.pages.office.reported import reported
from serving.http.pages.reviewing.opened import plans, unreadable
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Shown, Visit
from serving.leases.lease import holder_of
from serving.use_cases.rectifying.findings import findings
from serving.work.notices import About, Notice, notices
from serving.work.readings import to_make
from serving.work.runs import LEASE

PATH = "/notices"
SAID_ELSEWHERE = frozenset({"train", "report"})
TITLE = _("Notices")
TAGS: Mapping[About, tuple[Sayable, str]] = {
    "failed": (_("not done"), "red"),
    "overdue": (_("overdue"), "red"),
    "alarm": (_("alarm"), "amber"),
    "due": (_("due soon"), "blue"),
}


@dataclass(frozen=True)
class Told:
    """A notice, since when or by when, and where it is dealt with (None: nowhere in these pages).

    `more` are sentences below it.
    """

    about: About
    says: Sayable | str
    at: datetime | None
    path: str | None = None
    more: tuple[Sayable | str, ...] = ()

    @property
    def tag(self) -> tuple[Sayable, str]:
        """What it is, and its colour."""
        return TAGS[self.about]


def show(visit: Visit) -> Shown:
    """All of them, the urgent first."""
    return Shown("office/notices.html", TITLE, {"notices": told(visit)})


def told(visit: Visit) -> list[Told]:
    """What there is to tell now of the whole office, the urgent first."""
    visit.context.check_whole()
    of_work = (_of_notice(visit, one) for one in _notices(visit))
    found = [*_of_plans(visit), *_of_the_gate(visit), *_of_report(visit), *of_work]
    order = list(TAGS)
    return sorted(found, key=lambda one: (order.index(one.about), one.at or datetime.max))


def _of_plans(visit: Visit) -> Iterator[Told]:
    """Plans that cannot be shown."""
    for problem in unreadable(visit):
        yield Told("alarm", problem, None, "/plans")


def _of_the_gate(visit: Visit) -> Iterator[Told]:
    """Models newer than the one in use that the gate refused."""
    for refused in visit.context.tried:
        yield Told("alarm", refused, None)


def _of_report(visit: Visit) -> Iterator[Told]:
    """What the last report says has changed."""
    found = reported(visit)
    if found is not None:
        at = on_clock(visit.context.office, found.at)
        for alarm in found.shown.alarms:
            yield Told("alarm", alarm, at, "/office/report")


def _of_notice(visit: Visit, notice: Notice) -> Told:
    path: str | None = None
    more: tuple[Sayable, ...] = ()
    running = visit.context.remembered.work.running
    if notice.of == "plan":
        path = address("/plan", id=notice.name)
    elif notice.of == "findings":
        path = address("/rectification", when="overdue" if notice.about == "overdue" else "soon")
    elif notice.of == "alerts":
        path = "/running"
    elif notice.about == "alarm":
        more = running.done[notice.name].alarms
    else:
        run = running.last(notice.name)
        more = () if run is None else run.said
    return Told(notice.about, notice.says, notice.at, path, more)


def _notices(visit: Visit) -> Iterator[Notice]:
    """Without alarms that the pages say themselves: those of the gate and of the report."""
    context, now = visit.context, visit.now
    work = context.remembered.work
    listed: dict[str, Iterable[str]] = dict.fromkeys(work.reviewing.plans, ())
    listed.update((plan.plan_id, plan.cases["case_id"]) for plan in plans(visit))
    found = notices(
        context.office,
        work.reviewing,
        work.running,
        now,
        holder=_holder(visit),
        waiting=Counter(to_make(work, context.remembered.days, context.tables, listed)["plan"]),
        findings=_waiting(visit),
        alerting=work.alerting,
    )
    for notice in found:
        is_run = notice.of == "schedule" and notice.about == "alarm"
        if not (is_run and work.running.done[notice.name].beginning.what in SAID_ELSEWHERE):
            yield notice


def _holder(visit: Visit) -> str | None:
    """Who does scheduled work now, as far as that can be known."""
    try:
        return holder_of(visit.rooms.home, LEASE)
    except BadInput:
        return None


def _waiting(visit: Visit) -> Mapping[date, int]:
    """How many findings wait for something that was due or is due soon, by its day."""
    if visit.context.office.rectification is None:
        return {}
    every = findings(visit.context, visit.now.date())
    days = (one.due for one in every if one.is_overdue or one.is_due_soon)
    return Counter(day for day in days if day is not None)
