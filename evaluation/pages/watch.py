"""The alerts of running cases as one HTML file, a part for the desk of each unit, to be printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from cases.language.values import Value
from cases.office.model import Office
from evaluation.pages.plan.drawn_cases import clipped
from evaluation.pages.render import page

MOST_SHOWN = 1_000  # alerts; a longer page is slow to open and nobody reads it
HEAD = (_("case"), _("why"), _("what to do"), _("since"), _("last day"), _("notified on"))
ORDER = _(
    "Time limits come first: those that can still be kept, the nearest first, then those that are "
    "overrun, the latest first. After them come breaches of the process, then predictions."
)


@dataclass(frozen=True)
class AlertShown:
    """An alert as pages show it; `due_on` and `notified_on` are None where there is none yet."""

    case_id: str
    unit: str | None
    sort: Sayable
    why: Sayable
    todo: Sayable
    since: date
    due_on: date | None
    notified_on: date | None


def render_watch(
    office: Office,
    day: date,
    alerts: Sequence[AlertShown],
    notes: Sequence[Sayable],
    language: Language,
) -> str:
    """The page in `language`; all text from the office and its tables is escaped."""
    shown = alerts[:MOST_SHOWN]
    units = sorted({alert.unit for alert in shown}, key=lambda unit: (unit is None, unit or ""))
    return page(
        "watch.html.jinja",
        language,
        office=office.office.name,
        day=_("As of the end of {day}.", day=Value(day)),
        notes=[*notes, *_left_out(len(alerts))],
        order=ORDER,
        head=HEAD,
        desks=[
            (unit, [_line(office, alert) for alert in shown if alert.unit == unit])
            for unit in units
        ],
    )


def _left_out(count: int) -> list[Sayable]:
    """A note on a list that is longer than the page."""
    if count <= MOST_SHOWN:
        return []
    return [
        _(
            "This page shows the {most:,} alerts to deal with first of {count:,}. All stand in "
            "`alerts.csv`.",
            most=MOST_SHOWN,
            count=count,
        )
    ]


def _line(office: Office, alert: AlertShown) -> dict[str, object]:
    return {
        "case_id": clipped(alert.case_id),
        "link": office.links.of_case(alert.case_id),
        "sort": alert.sort,
        "why": alert.why,
        "todo": alert.todo,
        "days": [
            "" if day is None else Value(day)
            for day in (alert.since, alert.due_on, alert.notified_on)
        ],
    }
