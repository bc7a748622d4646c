"""What plans would buy, so that somebody can choose among them before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from policies.spot_check.plan import PlanParameters
from policies.spot_check.planning import candidates
from policies.spot_check.prospect import Point, Prospect, Prospects
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import plan_frame
from serving.work.readings import open_readings


@dataclass(frozen=True)
class Picture:
    """The plan that is thought of, and the frontier of all that could be had instead.

    Of the cases of the frame some are `mandatory`, and some wait for their review under an earlier
    plan.
    """

    chosen: Prospect
    frontier: tuple[Point, ...]
    frame_cases: int
    mandatory: int
    waiting: int
    floor: float


def picture(context: ServiceContext, parameters: PlanParameters) -> Picture:
    """What a plan with these parameters would buy; the seed does not matter.

    What does not depend on the knob is kept. `Refused` where there is nothing to draw from, and
    for quotas and a margin that cannot be kept.
    """
    frame = plan_frame(context, parameters)
    about = (context.scope, parameters.as_of, parameters.closed_after)
    parts = context.kept(("candidates", *about), lambda: candidates(frame, parameters))
    of = ("prospects", *about, parameters.capacity)
    plans = context.kept(of, lambda: Prospects.of(*parts, parameters))
    chosen = plans.at(parameters)
    remembered = context.remembered
    waiting = open_readings(remembered.work, remembered.days, context.tables)["case_id"].unique()
    return Picture(
        chosen,
        plans.frontier,
        frame.height,
        mandatory=plans.by_rule.height,
        waiting=int(frame["case_id"].is_in(waiting.to_list()).sum()),
        floor=parameters.floor,
    )
