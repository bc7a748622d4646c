"""What can be asked of the service: one table, from which routes and OpenAPI are both made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel

from cases.language.messages import Sayable, _
from cases.office.model import Office
from policies.spot_check.plan import PlanParameters
from serving.http.answers import health_out, intake_out, plan_out, scores_out
from serving.http.documents import HealthOut, IntakeOut, PlanOut, ScoresOut
from serving.http.payloads import IntakeRequest, ScoreRequest, SpotCheckRequest
from serving.http.requests import given_case, new_cases, request_models
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake import intake
from serving.use_cases.scores import scores, scores_of_ids
from serving.use_cases.spot_checks import spot_checks
from serving.use_cases.staff import GIVEN

CHECKS = _("Which cases to check first, and why")
SCORE = _("How likely a review is to find a defect, and how many of 100 such cases had one")
INTAKE = _("For new cases: the track, the effort to expect, and a handler drawn at random")
HEALTH = _("What is being served")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `answer` takes the context and the request that was read."""

    method: str
    path: str
    summary: Sayable
    request: type[BaseModel] | None
    document: type[BaseModel]
    answer: Callable[[ServiceContext, Any], BaseModel]


def operations(office: Office) -> tuple[Operation, ...]:
    """Everything that can be asked about `office`."""
    models = request_models(office)
    return (
        Operation("POST", "/v1/spot_checks", CHECKS, models.spot_check, PlanOut, _spot_checks),
        Operation("POST", "/v1/score", SCORE, models.score, ScoresOut, _score),
        Operation("POST", "/v1/intake", INTAKE, models.intake, IntakeOut, _intake),
        Operation("GET", "/healthz", HEALTH, None, HealthOut, _health),
    )


def _spot_checks(context: ServiceContext, request: SpotCheckRequest) -> PlanOut:
    parameters = PlanParameters.of(
        context.office,
        as_of=request.as_of,
        closed_after=request.closed_after,
        capacity=request.capacity,
        search_share=request.search_share,
        margin=request.margin,
        seed=request.seed,
    )
    cases = None if request.cases is None else [given_case(case) for case in request.cases]
    return plan_out(spot_checks(context, parameters, cases), context.office)


def _score(context: ServiceContext, request: ScoreRequest) -> ScoresOut:
    if request.case_ids is not None:
        return scores_out(scores_of_ids(context, request.case_ids), context.office)
    cases = [given_case(case) for case in request.cases or ()]
    return scores_out(scores(context, cases), context.office)


def _intake(context: ServiceContext, request: IntakeRequest) -> IntakeOut:
    new = new_cases(context.tables, request.cases)
    given = [(case.case_id, case.handler, case.effort) for case in request.given]
    already = pl.DataFrame(given, GIVEN, orient="row") if given else None
    suggested = intake(context, new, request.as_of, request.seed, already)
    return intake_out(suggested, context.office)


def _health(context: ServiceContext, _request: None) -> HealthOut:
    return health_out(context)
