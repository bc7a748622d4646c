"""What can be asked of the service: one table, from which routes and OpenAPI are both made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import BaseModel

from cases.office.model import Office, Text
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
from serving.use_cases.spot_checks import Desk

CHECKS = Text(
    en="Which closed cases to check first, and why", zh="应当先行评查哪些已结案件，理由是什么"
)
SCORE = Text(
    en="How likely a review is to find a defect, with an interval",
    zh="评查发现问题的可能性及其区间",
)
INTAKE = Text(
    en="For new cases: the track, the effort to expect, and a handler drawn by lot",
    zh="新收案件：繁简分流、预期工作量与随机分案",
)
HEALTH = Text(en="What is being served", zh="本服务的现状")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `answer` takes the desk and the request that was read."""

    method: str
    path: str
    summary: Text
    wish: type[BaseModel] | None
    document: type[BaseModel]
    answer: Callable[[Desk, Any], BaseModel]


def operations(office: Office) -> tuple[Operation, ...]:
    """Everything that can be asked about `office`."""
    wishes = wishes_of(office)
    return (
        Operation("POST", "/spot_checks", CHECKS, wishes.spot_check, PlanOut, _spot_checks),
        Operation("POST", "/score", SCORE, wishes.score, ScoresOut, _score),
        Operation("POST", "/intake", INTAKE, wishes.intake, IntakeOut, _intake),
        Operation("GET", "/healthz", HEALTH, None, HealthOut, _health),
    )


def _spot_checks(desk: Desk, wish: SpotCheckWish) -> PlanOut:
    parameters = PlanParameters.of(
        desk.office,
        as_of=wish.as_of,
        closed_after=wish.closed_after,
        capacity=wish.capacity,
        search_share=wish.search_share,
        margin=wish.margin,
        seed=wish.seed,
    )
    return plan_out(use_cases.spot_checks(desk, parameters, wish.cases), desk.office)


def _score(desk: Desk, wish: ScoreWish) -> ScoresOut:
    if wish.case_ids is not None:
        return scores_out(use_cases.scores_of_ids(desk, wish.case_ids))
    return scores_out(use_cases.scores(desk, wish.cases or ()))


def _intake(desk: Desk, wish: IntakeWish) -> IntakeOut:
    new = new_cases(desk.tables, wish.cases)
    given = pl.DataFrame([one.model_dump() for one in wish.given], schema=GIVEN)
    return intake_out(intake(desk, new, wish.as_of, wish.seed, given), desk.office)


def _health(desk: Desk, _: None) -> HealthOut:
    return health_out(desk)
