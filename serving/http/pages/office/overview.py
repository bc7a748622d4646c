"""`/office`: how the office does, from the last report that was kept, and what needs a decision."""

from __future__ import annotations

from typing import Any

from cases.language.messages import Sayable, _
from cases.language.values import Value
from evaluation.pages.kept_report import KeptReport
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.office.reported import reported
from serving.http.pages.office.told import told
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.visit import Shown, Visit
from serving.kept.home.reports import Reported

PATH = "/office"
TITLE = _("The office")


def show(visit: Visit) -> Shown:
    """Figures are those of the report; nothing is computed here."""
    found = reported(visit)
    values = {
        "urgent": [one for one in told(visit) if one.about != "due"],
        "report": None if found is None else _report(visit, found),
        "sees_ledger": may(visit.caller, Action.SEE_LEDGER),
    }
    return Shown("office/overview.html", TITLE, values)


def _report(visit: Visit, found: Reported) -> dict[str, Any]:
    shown = found.shown
    return {
        "record": found.record.number,
        "made": _made(visit, found),
        "is_old": _is_old(visit, shown),
        "data_hash": shown.data_hash,
        "front": shown.front,
        "exhibits": [one.exhibit for one in shown.quality],
        "has_page": bool(found.languages),
    }


def _made(visit: Visit, found: Reported) -> Sayable:
    at = on_clock(visit.context.office, found.at)
    return _(
        "From the report of {day}, which knows what was recorded by {until}, by version {version} "
        "of the model.",
        day=Value(at.date()),
        until=Value(found.shown.until.date()),
        version=found.shown.model,
    )


def _is_old(visit: Visit, shown: KeptReport) -> bool:
    """Whether the office's tables are others by now."""
    return bool(visit.context.tables.data_hash) and (
        shown.data_hash != visit.context.tables.data_hash
    )
