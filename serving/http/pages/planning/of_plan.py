"""The plan that a page is about: of the folders that the office keeps, and within scope."""

from __future__ import annotations

import re

from serving.http.pages.shell.visit import NotFound, Visit
from serving.kept.begin import PLANS
from serving.kept.home.described import DescribedPlan, described
from serving.use_cases.planning.standing import Standing, standings

CODE = re.compile(r"[0-9a-f]{16,64}")  # of a plan or a commitment; never a path


def plan_asked(visit: Visit) -> tuple[Standing, DescribedPlan | None]:
    """The plan that the address names, and its folder if there is one; `NotFound` otherwise."""
    plan_id = visit.query.get("id", "")
    for standing in standings(visit.context.remembered):
        if standing.plan_id == plan_id:
            kept = of_folder(visit, plan_id)
            if is_in_scope(visit, kept):
                return standing, kept
    raise NotFound


def of_folder(visit: Visit, plan_id: str | None) -> DescribedPlan | None:
    """What the folder of a plan says of it; None where the office keeps none."""
    if plan_id is None or not CODE.fullmatch(plan_id):
        return None
    return described(visit.rooms.home / PLANS / plan_id)


def is_in_scope(visit: Visit, kept: DescribedPlan | None) -> bool:
    """Whether somebody may see it: one of cases of other units is as if not there.

    Of a plan without a folder nobody knows whose cases it was of.
    """
    scope = visit.context.scope
    return scope is None or (kept is not None and kept.units <= scope.units)


def units_of(visit: Visit) -> tuple[str, ...] | None:
    """The units whose cases this caller plans for; None: all."""
    scope = visit.context.scope
    return None if scope is None else tuple(sorted(scope.units))
