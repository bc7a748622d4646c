"""`/running/case`: the clocks of one case event by event, and its alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.language.messages import Sayable, _
from cases.language.values import Value
from evaluation.backtests.alerts.outcomes import clocks_at
from policies.clocks.reading import Reading
from policies.clocks.words import explained, limit_name, stands
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.reviewing.opened import plans
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import NotFound, Shown, Visit
from serving.http.pages.watching.alerts import TITLE, line_of
from serving.http.pages.watching.seen import ALERTS, seen
from serving.use_cases.reviewing.knowing import knows
from serving.use_cases.reviewing.progress import CaseProgress
from serving.use_cases.watching.expected import expected


@dataclass(frozen=True)
class ClockShown:
    """A clock: what it limits, how it stands, and what each event did to it."""

    name: Sayable
    stands: Sayable
    steps: Sequence[Sayable]


def show(visit: Visit) -> Shown:
    """The page; `NotFound` for a case that is not among what the reader may see."""
    context, case_id = visit.context, visit.query.get("id", "")
    watch = seen(visit)
    if context.in_scope(context.tables.of_cases("cases", [case_id])).is_empty():
        raise NotFound
    drawn = (CaseProgress.of(context, plan, case_id) for plan in plans(visit))
    known = knows(context, visit.caller, case_id, [one for one in drawn if one is not None])
    clocks = clocks_at(context.tables, [case_id], watch.as_of)
    mine = [one for one in watch.several if one.alert.key.case_id == case_id]
    return Shown(
        "watching/clocks.html",
        _("{case} · clocks", case=case_id),
        {
            "trail": [(ALERTS, TITLE)],
            "day": _("As of the end of {day}.", day=Value(watch.today)),
            "alerts": [line_of(one, watch.today) for one in mine],
            "expected": expected(
                context.model,
                context.tables,
                case_id,
                watch.as_of,
                with_risk=known.why and may(visit.caller, Action.SCORE),
            ),
            "clocks": [_shown(visit, clock) for clock in clocks.values()],
            "to_case": address("/case", id=case_id),
        },
    )


def _shown(visit: Visit, reading: Reading) -> ClockShown:
    office = visit.context.office
    return ClockShown(
        limit_name(office, reading.code), stands(office, reading), explained(office, reading)
    )
