"""`/plans`: all plans, the newest first, and how the knob was moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.language.messages import Sayable, _
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.planning.of_plan import is_in_scope, of_folder, units_of
from serving.http.pages.shell.paging import Pager
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Shown, Visit
from serving.kept.home.described import DescribedPlan
from serving.use_cases.planning.knob import Knob, Move, moves
from serving.use_cases.planning.standing import (
    STATES,
    Standing,
    standings,
    state_of,
    still_to_review,
)

TITLE = _("Plans")
MOST_MOVES = 20
SHORT = 16  # letters of a hash
COLOURS = {
    "promised": "blue",
    "ordered": "amber",
    "drawn": "blue",
    "under_way": "amber",
    "done": "green",
}


@dataclass(frozen=True)
class Line:
    """A plan in the list."""

    link: str | None
    name: str
    record: int
    at: datetime
    by: str | None
    asked: Sayable | None
    buys: Sayable | None
    state: Sayable
    colour: str


def show(visit: Visit) -> Shown:
    """The list; who asked for a plan is shown to who may see the ledger."""
    mine = [one for one in standings(visit.context.remembered) if _is_mine(visit, one)]
    pager = Pager.of(len(mine), "/plans", visit.whole_number("page"))
    values = {
        "lines": list(_lines(visit, mine[pager.shown])),
        "sees_ledger": may(visit.caller, Action.SEE_LEDGER),
        "may_plan": may(visit.caller, Action.PLAN),
        "moves": list(_moves(visit))[:MOST_MOVES],
        "pager": pager,
    }
    return Shown("planning/plans.html", TITLE, values)


def _is_mine(visit: Visit, one: Standing) -> bool:
    if one.planned is None:
        return one.units == units_of(visit)
    return visit.context.scope is None or is_in_scope(visit, of_folder(visit, one.plan_id))


def _lines(visit: Visit, several: Sequence[Standing]) -> Iterator[Line]:
    """A line for each; of those under way some may be done."""
    kept = {one.plan_id: of_folder(visit, one.plan_id) for one in several if one.plan_id}
    listed = {
        one.plan_id: folder.listed
        for one in several
        if one.state == "under_way" and one.plan_id and (folder := kept[one.plan_id])
    }
    waiting = still_to_review(visit.context.tables, visit.context.remembered, listed)
    for one in several:
        state = state_of(one, waiting.get(one.plan_id or "", 1))
        link, name = _where(visit, one)
        folder = kept.get(one.plan_id or "")
        knob = None if one.planned is None else Knob.of(one.planned)
        yield Line(
            link,
            name,
            one.record,
            one.at,
            one.by,
            None if knob is None else knob.says,
            None if folder is None else _bought(folder),
            STATES[state],
            COLOURS[state],
        )


def _where(visit: Visit, one: Standing) -> tuple[str | None, str]:
    """The page of a plan, for who may see it, and what it is called."""
    if one.plan_id is not None:
        return address("/plan", id=one.plan_id), one.plan_id
    is_drawing = may(visit.caller, Action.PLAN)
    if one.state == "promised":
        promised = str(one.commitment)
        link = address("/plan/promised", commitment=promised)
        return link if is_drawing else None, promised[:SHORT]
    return address("/plan/ordered", key=one.key) if is_drawing else None, str(one.key)[:SHORT]


def _bought(kept: DescribedPlan) -> Sayable:
    return _(
        "{drawn:,} of {cases:,} cases; {finds:.1f} defects expected",
        drawn=len(kept.listed),
        cases=kept.frame_cases,
        finds=kept.outlook[0].expected_defects,
    )


def _moves(visit: Visit) -> Iterator[Move]:
    """Where the knob was moved, the newest first, of plans within scope."""
    planned = visit.context.remembered.planned
    mine = [one for one in planned if is_in_scope(visit, of_folder(visit, one.plan_id))]
    return reversed(moves(mine if visit.context.scope is not None else planned))
