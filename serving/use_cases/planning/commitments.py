"""A plan that was committed to: its inputs before the draw, and the draw that keeps the promise."""

from __future__ import annotations

from cases.progress import Progress, silent
from policies.spot_check.commitment import PlanInputs
from policies.spot_check.committed import OpenedCommitment
from policies.spot_check.plan import PlanParameters
from serving.use_cases.context import ServiceContext
from serving.use_cases.spot_checks import PlannedSpotChecks, drawn_from, plan_frame


def plan_inputs(
    context: ServiceContext,
    parameters: PlanParameters,
    model_hash: str,
    code: str,
    progress: Progress = silent,
) -> PlanInputs:
    """Everything that a plan with these parameters would be drawn from.

    `model_hash` is that of the champion's content, `code` the version of this program.
    `BadInput` where the office has no case to draw from.
    """
    frame = plan_frame(context, parameters, progress)
    return PlanInputs.of(frame, parameters, context.office, model_hash, code)


def committed_spot_checks(
    context: ServiceContext,
    opened: OpenedCommitment,
    model_hash: str,
    code: str,
    progress: Progress = silent,
) -> PlannedSpotChecks:
    """The plan that was promised; `Refused` if anything is not as it was committed to."""
    parameters = opened.parameters
    inputs = plan_inputs(context, parameters, model_hash, code, progress)
    opened.check(inputs)
    return drawn_from(context, inputs.frame, parameters)
