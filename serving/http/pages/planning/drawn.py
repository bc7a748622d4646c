"""A draw that is ordered from a page: recorded first, then carried out, once."""

from __future__ import annotations

from cases.errors import BadInput, Refused
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, Visit
from serving.kept.begin import PLANS, begin
from serving.kept.home.drawing import draw_ordered
from serving.use_cases.remembered import name_of
from serving.work.planning import Ordered
from serving.work.step import step_entry


def carry_out(visit: Visit, order: Ordered) -> GoTo:
    """Record the order, and draw what counts under its key; on to the plan.

    Of several orders with one key the first counts, with its seed; so nobody draws until the
    result suits. An order whose draw was stopped can be carried out later.
    """
    context = visit.context
    if order.key not in context.remembered.work.planning.ordered:
        visit.record(step_entry(name_of(context.office), order, visit.caller.id))
        context = visit.latest()
    planning = context.remembered.work.planning
    if order.key not in planning.drawn:
        counts = planning.ordered[order.key].step
        assert isinstance(counts, Ordered)  # noqa: S101  only such are put there
        drawn = draw_ordered(context, visit.rooms.home, counts, visit.caller.id)
        planning = visit.latest().remembered.work.planning
        if order.key not in planning.drawn:  # nobody else was quicker
            visit.record(*drawn.entries)
            planning = visit.latest().remembered.work.planning
    plan_id = str(planning.drawn[order.key].step.plan)
    try:
        return begin_reviews(visit, plan_id)
    except (BadInput, Refused):  # said where its reviews are begun from its own page
        return GoTo(address("/plan", id=plan_id), "drawn")


def begin_reviews(visit: Visit, plan_id: str) -> GoTo:
    """Draw who reviews what of a plan that the office keeps, and record that its reviews began."""
    now, home = visit.latest(), visit.rooms.home
    language, folder = now.office.language, home / PLANS / plan_id
    begun = begin(now.tables, now.remembered, home, folder, language)
    if begun.step is not None:
        visit.record(step_entry(name_of(now.office), begun.step, visit.caller.id))
    return GoTo(address("/plan", id=plan_id), "begun")


def gone_on(commitment: str) -> GoTo:
    """To the page of a promise."""
    return GoTo(address("/plan/promised", commitment=commitment), "promised")
