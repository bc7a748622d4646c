"""What can be asked of the service: one table, from which routes and OpenAPI are both made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel

from cases.language.messages import Sayable, _
from cases.office.model import Office
from cases.progress import still_wanted
from policies.spot_check.plan import PlanParameters
from serving.access.rules import Action
from serving.http.answers import alerts_out, health_out, intake_out, plan_out, scores_out
from serving.http.documents import (
    AlertsOut,
    FactsOut,
    HealthOut,
    IntakeOut,
    PlanOut,
    ScoresOut,
    TrainingOut,
)
from serving.http.pages.shell.reader import now_of
from serving.http.reading.payloads import IntakeRequest, ScoreRequest, SpotCheckRequest
from serving.http.reading.requests import given_cases, new_cases
from serving.http.reading.requests import request_models as asked_models
from serving.http.recorded.facts import request_models, taking, training
from serving.http.recorded.payloads import TrainingRequest
from serving.http.recorded.recording import ToRecord
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.staff import check_first
from serving.use_cases.intake.suggesting import intake
from serving.use_cases.recording.records import answered_intake, answered_plan
from serving.use_cases.remembered import GIVEN
from serving.use_cases.scores import scores, scores_of_ids
from serving.use_cases.spot_checks import spot_checks
from serving.use_cases.watching.watching import moment_of, watched

CHECKS = _("Which cases to check first, and why")
SCORE = _("How likely a review is to find a defect, and how many of 100 such cases had one")
INTAKE = _("For new cases: the track, the effort to expect, and a handler drawn at random")
TAKEN = {
    "cases": (_("New cases, and what is new of those the office has"), Action.RECORD_FACTS),
    "events": (_("What happened to cases of the office"), Action.RECORD_FACTS),
    "reviews": (_("What reviewers found"), Action.RECORD_REVIEW),
    "overrides": (_("Where people decided other than was suggested, and why"), Action.OVERRIDE),
}
TRAINING = _("A training that a scheduled run is to carry out")
ALERTS = _("What is about to go wrong in running cases, why, and what to do")
HEALTH = _("What is being served")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `answer` takes the context and the request that was read.

    `action` says who may. Only what `narrows` itself to the cases of the context's scope answers
    somebody who may not see all cases. One that is `keyed` takes the request with its key. One
    without a request answers at once, or in its turn if it is `heavy`. What is to be recorded is a
    `ToRecord`.
    """

    method: str
    path: str
    summary: Sayable
    request: type[BaseModel] | None
    document: type[BaseModel]
    answer: Callable[[ServiceContext, Any], BaseModel | ToRecord]
    action: Action
    narrows: bool = False
    keyed: bool = False
    heavy: bool = False


def operations(office: Office) -> tuple[Operation, ...]:
    """Everything that can be asked about `office`."""
    models = asked_models(office)
    checks = (CHECKS, models.spot_check, PlanOut, _spot_checks)
    trainings = (TRAINING, TrainingRequest, TrainingOut, training)
    return (
        Operation("POST", "/v1/spot_checks", *checks, Action.PLAN, narrows=True),
        Operation(
            "POST", "/v1/score", SCORE, models.score, ScoresOut, _score, Action.SCORE, narrows=True
        ),
        Operation("POST", "/v1/intake", INTAKE, models.intake, IntakeOut, _intake, Action.INTAKE),
        Operation(
            *("GET", "/v1/alerts", ALERTS, None, AlertsOut, _alerts, Action.SEE_ALERTS),
            narrows=True,
            heavy=True,
        ),
        *_of_facts(office),
        Operation("POST", "/v1/trainings", *trainings, Action.MANAGE_SYSTEM),
        Operation(
            "GET", "/healthz", HEALTH, None, HealthOut, _health, Action.SEE_HEALTH, narrows=True
        ),
    )


def _of_facts(office: Office) -> Iterator[Operation]:
    for table, request in request_models(office).items():
        summary, action = TAKEN[table]
        said = (summary, request, FactsOut, taking(table), action)
        narrows = action is not Action.RECORD_FACTS
        yield Operation("POST", f"/v1/{table}", *said, narrows=narrows, keyed=True)


def _spot_checks(context: ServiceContext, request: SpotCheckRequest) -> ToRecord:
    parameters = PlanParameters.of(
        context.office,
        as_of=request.as_of,
        closed_after=request.closed_after,
        capacity=request.capacity,
        search_share=request.search_share,
        margin=request.margin,
        seed=request.seed,
    )
    cases = None if request.cases is None else given_cases(request.cases)
    drawn = spot_checks(context, parameters, cases, still_wanted)
    return ToRecord(
        plan_out(drawn, context.office), lambda text: answered_plan(drawn.plan, text, context)
    )


def _score(context: ServiceContext, request: ScoreRequest) -> ScoresOut:
    if request.case_ids is not None:
        return scores_out(scores_of_ids(context, request.case_ids), context.office)
    return scores_out(scores(context, given_cases(request.cases or ())), context.office)


def _intake(context: ServiceContext, request: IntakeRequest) -> ToRecord:
    new = new_cases(context.tables, request.cases)
    given = [(case.case_id, case.handler, case.effort) for case in request.given]
    already = pl.DataFrame(given, GIVEN, orient="row") if given else None
    suggested = intake(context, new, request.as_of, request.seed, already)
    return ToRecord(
        intake_out(suggested, context.office),
        lambda text: answered_intake(suggested, text, context),
        lambda now, number: check_first(now, new, number),
    )


def _alerts(context: ServiceContext, _request: None) -> AlertsOut:
    as_of = moment_of(context.tables, now_of(context.office))
    return alerts_out(watched(context, as_of), context.office)


def _health(context: ServiceContext, _request: None) -> HealthOut:
    return health_out(context)
