"""What programs can ask of the service, for those who write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from cases.language.messages import _
from cases.language.values import Value
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.operations import Operation
from serving.http.pages.shell.visit import Shown, Visit

TITLE = _("For programs")
SOME_DAY = "2026-06-30"


def interface(offered: Sequence[Operation]) -> Callable[[Visit], Shown]:
    """The page about these operations."""

    def show(visit: Visit) -> Shown:
        context = visit.context
        trained_until = datetime.fromisoformat(str(context.model.about["trained_until"]))
        served = (
            (_("Cases"), Value(context.in_scope(context.tables.case_rows).height, ",")),
            (_("Model trained on what was known by"), trained_until),
        )
        newest = context.newest.date() if context.newest else SOME_DAY
        values = {
            "served": served,
            "offered": offered,
            "linked": [
                one for one in offered if one.method == "GET" and may(visit.caller, one.action)
            ],
            "newest": newest,
            "origin": visit.origin,
            "sees_metrics": may(visit.caller, Action.SEE_METRICS),
        }
        return Shown("start/interface.html", TITLE, values)

    return show
