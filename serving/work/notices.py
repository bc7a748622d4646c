"""What people are to be told of: what is due and overdue, and alarms; in counts, without a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from cases.language.messages import Sayable, _, ngettext
from cases.office.model import Office
from serving.work.alerting import Alerting
from serving.work.reviewing import Reviewing
from serving.work.running import Running
from serving.work.runs import unfinished

ALERTS_TOLD_FOR = 7  # days
About = Literal["due", "overdue", "alarm", "failed"]


@dataclass(frozen=True)
class Notice:
    """One thing to tell, once: `key` says which. `says` holds no case, no name and no text of one.

    It is of a schedule or a plan of this `name`, of findings, or of alerts. `at` is by when it is
    due, or since when it is known.
    """

    key: str
    about: About
    of: Literal["schedule", "plan", "findings", "alerts"]
    name: str
    says: Sayable
    at: datetime
    is_new: bool = True


def notices(
    office: Office,
    reviewing: Reviewing,
    running: Running,
    now: datetime,
    *,
    holder: str | None = None,
    waiting: Mapping[str, int] | None = None,
    findings: Mapping[date, int] | None = None,
    alerting: Alerting | None = None,
) -> tuple[Notice, ...]:
    """All that there is to tell at a moment of the office's clock; what was told is not new.

    `waiting` counts the readings that are still to be made, by the id of the plan; where the tables
    cannot be read nothing is known of them, and nothing said. `findings` counts those with which
    something is to be done by a day, by that day. Of `alerting` it is told how many alerts desks
    were notified of last.
    """
    found = [*_of_runs(running, holder), *_alarms(running), *_of_findings(findings or {}, now)]
    found += _of_reviews(office, reviewing, waiting or {}, now)
    found += _of_alerts(alerting or Alerting(), now)
    return tuple(_marked(notice, running) for notice in found)


def _marked(notice: Notice, running: Running) -> Notice:
    if notice.key not in running.notified:
        return notice
    return replace(notice, is_new=False)


def _of_runs(running: Running, holder: str | None) -> Iterator[Notice]:
    for run in unfinished(running, holder):
        began = run.beginning
        says = _(
            "The scheduled work `{code}` of {day} was not done. It will be tried again.",
            code=began.schedule,
            day=began.at.date(),
        )
        key = f"failed {began.schedule} {began.at:%Y-%m-%dT%H}"
        yield Notice(key, "failed", "schedule", began.schedule, says, began.at)


def _alarms(running: Running) -> Iterator[Notice]:
    """That the last run of a schedule raised alarms; what they say is for the pages."""
    for code, run in running.done.items():
        at, count = run.beginning.at, len(run.alarms)
        says = ngettext(
            "The scheduled work `{code}` of {day} raised {count:,} alarm.",
            "The scheduled work `{code}` of {day} raised {count:,} alarms.",
            count,
            code=code,
            day=at.date(),
        )
        if count:
            key = f"alarm {code} {at:%Y-%m-%dT%H}"
            yield Notice(key, "alarm", "schedule", code, says, at)


def _of_reviews(
    office: Office, reviewing: Reviewing, waiting: Mapping[str, int], now: datetime
) -> Iterator[Notice]:
    """Plans with reviews that are still to be made, and not long before they are due."""
    allowed = office.notices
    for plan, begun in reviewing.plans.items():
        end = (begun.at + timedelta(days=allowed.review_days)).replace(tzinfo=None)
        count = waiting.get(plan, 0)
        if not count or now < end - timedelta(days=allowed.remind_days):
            continue
        is_late = now >= end
        says = (_late if is_late else _due)(plan, count, end)
        about: About = "overdue" if is_late else "due"
        yield Notice(f"{about} {plan}", about, "plan", plan, says, end)


def _of_findings(findings: Mapping[date, int], now: datetime) -> Iterator[Notice]:
    """What is to be done with findings by a day, and what was and is not."""
    for day, count in sorted(findings.items()):
        is_late = day < now.date()
        late = ngettext(
            "{count:,} finding waits for something that was to be done by {day}.",
            "{count:,} findings wait for something that was to be done by {day}.",
            count,
            day=day,
        )
        soon = ngettext(
            "{count:,} finding waits for something that is to be done by {day}.",
            "{count:,} findings wait for something that is to be done by {day}.",
            count,
            day=day,
        )
        about: About = "overdue" if is_late else "due"
        at = datetime.combine(day, time.min)
        says = late if is_late else soon
        yield Notice(f"{about} findings {day}", about, "findings", "", says, at)


def _of_alerts(alerting: Alerting, now: datetime) -> Iterator[Notice]:
    """How many alerts about running cases desks were notified of last, for some days."""
    days = Counter(alerting.notified.values())
    last = max((day for day in days if day <= now.date()), default=date.min)
    if last < now.date() - timedelta(days=ALERTS_TOLD_FOR):
        return
    says = ngettext(
        "On {day}, desks were notified of {count:,} alert about running cases.",
        "On {day}, desks were notified of {count:,} alerts about running cases.",
        days[last],
        day=last,
    )
    yield Notice(f"alerts {last}", "due", "alerts", "", says, datetime.combine(last, time.min))


def _due(plan: str, count: int, end: datetime) -> Sayable:
    return ngettext(
        "Plan {plan}: {count:,} review is to be made by {day}.",
        "Plan {plan}: {count:,} reviews are to be made by {day}.",
        count,
        plan=plan,
        day=end.date(),
    )


def _late(plan: str, count: int, end: datetime) -> Sayable:
    return ngettext(
        "Plan {plan}: {count:,} review was to be made by {day} and is not there.",
        "Plan {plan}: {count:,} reviews were to be made by {day} and are not there.",
        count,
        plan=plan,
        day=end.date(),
    )
