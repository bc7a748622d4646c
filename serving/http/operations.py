"""What can be asked of the service: one table, from which routes and OpenAPI are both made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Office
from policies.spot_check.plan import PlanParameters
from serving.http.answers import health_out, intake_out, plan_out, scores_out
from serving.http.payloads import (
    HealthOut,
    IntakeOut,
    IntakeWish,
    PlanOut,
    ScoresOut,
    ScoreWish,
    SpotCheckWish,
)
from serving.http.requests import new_cases, wishes_of
from serving.use_cases import spot_checks as use_cases
from serving.use_cases.intake import GIVEN, intake
from serving.use_cases.spot_checks import ServiceContext

CHECKS = _("Which closed cases to check first, and why")
SCORE = _("How likely a review is to find a defect, with an interval")
INTAKE = _("For new cases: the track, the effort to expect, and a handler drawn by lot")
HEALTH = _("What is being served")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `answer` takes the context and the request that was read."""

    method: str
    path: str
    summary: Text
    wish: type[BaseModel] | None
    document: type[BaseModel]
    answer: Callable[[ServiceContext, Any], BaseModel]


def operations(office: Office) -> tuple[Operation, ...]:
    """Everything that can be asked about `office`."""
    wishes = wishes_of(office)
    return (
        Operation("POST", "/spot_checks", CHECKS, wishes.spot_check, PlanOut, _spot_checks),
        Operation("POST", "/score", SCORE, wishes.score, ScoresOut, _score),
        Operation("POST", "/intake", INTAKE, wishes.intake, IntakeOut, _intake),
        Operation("GET", "/healthz", HEALTH, None, HealthOut, _health),
    )


def _spot_checks(context: ServiceContext, wish: SpotCheckWish) -> PlanOut:
    parameters = PlanParameters.of(
        context.office,
        as_of=wish.as_of,
        closed_after=wish.closed_after,
        capacity=wish.capacity,
        search_share=wish.search_share,
        margin=wish.margin,
        seed=wish.seed,
    )
    return plan_out(use_cases.spot_checks(context, parameters, wish.cases), context.office)


def _score(context: ServiceContext, wish: ScoreWish) -> ScoresOut:
    if wish.case_ids is not None:
        return scores_out(use_cases.scores_of_ids(context, wish.case_ids))
    return scores_out(use_cases.scores(context, wish.cases or ()))


def _intake(context: ServiceContext, wish: IntakeWish) -> IntakeOut:
    new = new_cases(context.tables, wish.cases)
    given = pl.DataFrame([one.model_dump() for one in wish.given], schema=GIVEN)
    return intake_out(intake(context, new, wish.as_of, wish.seed, given), context.office)


def _health(context: ServiceContext, _: None) -> HealthOut:
    return health_out(context)
