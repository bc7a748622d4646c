"""`/plan/ordered`: a draw that was ordered and then stopped, to be carried out."""

from __future__ import annotations

from cases.language.messages import _
from serving.http.pages.planning.drawn import carry_out
from serving.http.pages.planning.of_plan import units_of
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit
from serving.work.planning import Ordered
from serving.work.step import Taken

TITLE = _("A draw that was ordered")


def show(visit: Visit) -> Shown | GoTo:
    """What was ordered; once it is drawn, the plan."""
    key, taken, _order = _asked(visit)
    drawn = visit.context.remembered.work.planning.drawn
    if key in drawn:
        return GoTo(address("/plan", id=drawn[key].step.plan))
    return Shown("planning/ordered.html", TITLE, {"key": key, "record": taken.record})


def act(visit: Visit) -> GoTo:
    """Carry it out, with the parameters and the seed of the order."""
    return carry_out(visit, _asked(visit)[2])


def _asked(visit: Visit) -> tuple[str, Taken, Ordered]:
    key = visit.query.get("key", "")
    taken = visit.context.remembered.work.planning.ordered.get(key)
    if taken is None or not isinstance(taken.step, Ordered) or taken.step.units != units_of(visit):
        raise NotFound
    return key, taken, taken.step
