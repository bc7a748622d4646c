"""`/case/override`: somebody departs from the draw of a plan, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cases.errors import Refused
from cases.language.messages import Sayable, _
from evaluation.pages.plan.drawn_cases import clipped
from serving.http.pages.planning.fields import reason_of
from serving.http.pages.planning.of_plan import is_in_scope, of_folder
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit
from serving.kept.begin import PLANS
from serving.kept.home.described import inclusion_probability
from serving.memory.overriding import override_entry
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.progress import graded_since
from serving.work.deciding import Overridden
from serving.work.step import Taken, step_entry

TITLE = _("Depart from the draw")
ALREADY = _("Somebody has decided about this case in this plan already; that decision counts.")
COUNTED = _(
    "The report counts it among the decisions other than the draw; the reason stays with the "
    "office."
)
GRADED = _(
    "The case is graded in this plan already. Its grade counts, and taking the case out would not "
    "change that."
)
TAKEN_OUT = (
    _("The case is taken off the list, and nobody reviews it for this plan."),
    _(
        "It keeps its inclusion probability and counts as unreviewed: the defect rate is then "
        "known less well, and wrongly where cases are taken out for what is in them."
    ),
    COUNTED,
)
ADDED = (
    _("The case is reviewed besides those that were drawn."),
    _(
        "A person chose it, and not chance: its inclusion probability is not known, so its grade "
        "is no part of the estimate of the defect rate."
    ),
    COUNTED,
)


@dataclass(frozen=True)
class Departure:
    """A case of a plan, and what departing from the draw does with it."""

    case_id: str
    plan_id: str
    decided: Literal["listed", "left_out"]
    probability: float | None
    before: Taken | None
    graded: bool = False

    @property
    def obstacle(self) -> Sayable | None:
        """Why it cannot be decided (any more); None if nothing is in the way."""
        if self.before is not None:
            return ALREADY
        return GRADED if self.graded and self.decided == "left_out" else None

    @property
    def why(self) -> Sayable:
        """In what it departs from the draw."""
        if self.decided == "listed":
            if self.probability is None:
                return _("This departs from the draw because the case could not be drawn.")
            return _(
                "This departs from the draw because the case was not drawn (inclusion probability "
                "{probability:.2%}).",
                probability=self.probability,
            )
        return _(
            "This departs from the draw because the case was drawn (inclusion probability "
            "{probability:.2%}).",
            probability=self.probability,
        )


def show(visit: Visit) -> Shown:
    """The card that says what is departed from, and asks why."""
    asked = _asked(visit)
    values = {
        "case_id": clipped(asked.case_id),
        "back": _case(asked),
        "here": address("/case/override", id=asked.case_id, plan=asked.plan_id),
        "why": asked.why,
        "means": ADDED if asked.decided == "listed" else TAKEN_OUT,
        "takes_out": asked.decided == "left_out",
        "obstacle": asked.obstacle,
        "reason": visit.sent.get("reason", ""),
    }
    return Shown("planning/override.html", TITLE, values)


def act(visit: Visit) -> GoTo:
    """Record it as a row of the override table, with the step that says of which plan it is."""
    asked = _asked(visit)
    if asked.obstacle is not None:
        raise Refused(asked.obstacle)
    reason = reason_of(visit)
    suggested = "left_out" if asked.decided == "listed" else "listed"
    changed = ("spot_check", suggested, asked.decided)
    key = (
        f"\noverride {asked.plan_id} {asked.case_id}"  # no request can have it; one decision counts
    )
    row = override_entry(visit.context, key, visit.now, asked.case_id, changed, reason)
    step = Overridden(plan=asked.plan_id, case_id=asked.case_id, decided=asked.decided)
    entry = step_entry(name_of(visit.context.office), step, visit.caller.id)
    _row, step_record = visit.record(row, entry)
    counts = _before(visit.latest(), asked.plan_id, asked.case_id)
    if counts is None or counts.record != step_record.number:  # another one was first
        raise Refused(ALREADY)
    return GoTo(_case(asked), "overridden")


def _before(context: ServiceContext, plan_id: str, case_id: str) -> Taken | None:
    """The decision that counts."""
    return context.remembered.work.deciding.overridden.get((plan_id, case_id))


def _case(asked: Departure) -> str:
    return address("/case", id=asked.case_id, plan=asked.plan_id)


def _asked(visit: Visit) -> Departure:
    case_id, plan_id = visit.query.get("id", ""), visit.query.get("plan", "")
    kept = of_folder(visit, plan_id)
    is_there = bool(len(visit.context.tables.of_cases("cases", [case_id])))
    if kept is None or not is_there or not visit.context.known([case_id]):
        raise NotFound
    if not is_in_scope(visit, kept):
        raise NotFound
    probability = kept.listed.get(case_id)
    decided: Literal["listed", "left_out"] = "listed" if probability is None else "left_out"
    if probability is None:
        probability = inclusion_probability(visit.rooms.home / PLANS / plan_id, case_id)
    before = _before(visit.context, plan_id, case_id)
    graded = graded_since(visit.context, kept.parameters.as_of, case_id).height > 0
    return Departure(case_id, plan_id, decided, probability, before, graded)
