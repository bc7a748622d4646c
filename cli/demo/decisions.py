"""What chiefs and the registry of the demo decided: a knob moved, a case taken out, new cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cases.language.messages import say
from cli.demo.people import Desk
from cli.demo.words import NOT_REVIEWED, OTHER_HANDLER, SENT_BACK
from policies.spot_check.plan import PlanParameters
from serving.access.caller import Caller
from serving.http.pages.intake.waiting import NewCase, new_cases
from serving.kept.home.drawing import draw_ordered
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.progress import progress
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.planning import Ordered
from serving.work.step import step_entry

SEARCH_SHARE, REVIEWS, LATELY = 0.6, 25, timedelta(days=30)
ACCEPTED = 3


def draw_another_plan(desk: Desk, manager: Caller, as_of: datetime, seed: int) -> None:
    """A plan of the newest closings with another knob, whose reviews can begin."""
    context = desk.current.context
    closed = context.tables.case_rows["closed_at"].drop_nulls()
    since = as_of - LATELY
    if (closed > since).sum() < 2 * REVIEWS:
        return
    parameters = PlanParameters.of(
        context.office,
        as_of=as_of,
        closed_after=since,
        capacity=REVIEWS,
        search_share=SEARCH_SHARE,
        seed=f"{seed} another",
    )
    order = Ordered(key="demo", parameters=parameters.model_dump(mode="json"))
    desk.current.record_all(step_entry(name_of(context.office), order, manager.id))
    drawn = draw_ordered(desk.current.context, desk.rooms.home, order, manager.id)
    desk.current.record_all(*drawn.entries)


def take_out(desk: Desk, manager: Caller, plan: UnderWay, today: datetime) -> None:
    """Take the last case that the search found, and nobody has graded, off the list."""
    found = progress(desk.current.context, plan)
    waiting = found.filter(state="first", selected_by="search")
    for case_id in waiting["case_id"].tail(1):
        query = {"id": case_id, "plan": plan.plan_id}
        reason = say(NOT_REVIEWED, desk.language)
        desk.send("/case/override", manager, today, query, reason=reason)


def decide_about_new_cases(desk: Desk, clerk: Caller, manager: Caller, now: datetime) -> None:
    """Some suggestions are accepted, one is not followed, one case is sent back; the rest wait."""
    visit = desk.visit("/new-case", manager, now, {})
    suggested = [one for one in new_cases(visit) if one.state == "suggested" and one.kept]
    for one in suggested[:ACCEPTED]:
        desk.send("/new-case", clerk, now, {"id": one.case_id}, do="accept")
    for one in suggested[ACCEPTED : ACCEPTED + 1]:
        back = {"do": "send_back", "why": say(SENT_BACK, desk.language)}
        desk.send("/new-case", clerk, now, {"id": one.case_id}, **back)
    for one, handler in list(_others(desk, suggested[ACCEPTED + 1 :]))[:1]:
        to = {"handler": handler, "reason": say(OTHER_HANDLER, desk.language)}
        desk.send("/new-case", manager, now, {"id": one.case_id}, do="designate", **to)


def _others(desk: Desk, suggested: list[NewCase]) -> Iterator[tuple[NewCase, str]]:
    """Cases with another handler who could have them, and is recused from nothing."""
    recused = set(desk.current.context.tables.recusal_rows["handler"])
    for one in suggested:
        who = one.kept.who.get(one.case_id) if one.kept else None
        for handler, _probability in who.eligible if who else ():
            if handler != one.handler and handler not in recused:
                yield one, handler
                break
