"""Older plans of which cases still wait: found by outlines of them, and held as long as they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cases.errors import BadInput, Refused
from cases.language.messages import Sayable
from evaluation.pages.plan.drawn_cases import PlanShown
from policies.spot_check.plan import SpotCheckPlan
from serving.kept.home.under_way import folder_of, manifest_of, read_shown, read_under_way
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.progress import SETTLED, progress
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.readings import open_readings
from serving.work.step import Taken

OUTLINE = ("rank", "selected_by", "second_review", "case_id")


class Waiting(NamedTuple):
    """Plans that are not done, in the order asked for, and why others cannot be read."""

    plans: tuple[UnderWay, ...] = ()
    problems: tuple[Sayable | str, ...] = ()


_held: dict[Path, dict[Path, UnderWay]] = {}  # by home and folder: those not done when last seen


def waiting(home: Path, context: ServiceContext, begun: Sequence[Taken]) -> Waiting:
    """Of these plans those of which some case of the office is not settled.

    It is found again when a review came in, a case was taken out or added, or a reading was waived.
    A plan that cannot be read is a problem only while a reading of it that was given to somebody is
    open.
    """
    if not begun:
        return Waiting()
    work, whole = context.remembered.work, context.whole or context
    counts = (
        len(work.reviewing.plans),
        len(work.reviewing.waived),
        len(work.deciding.overridden),
    )
    return whole.kept(("waiting plans", home, *counts), lambda: _waiting(home, whole, begun))


def _waiting(home: Path, context: ServiceContext, begun: Sequence[Taken]) -> Waiting:
    remembered = context.remembered
    unread = {*open_readings(remembered.work, remembered.days, context.tables)["plan"]}
    before, found = _held.get(home, {}), dict[Path, UnderWay]()
    problems: list[Sayable | str] = []
    for began in begun:
        folder = folder_of(home, began)
        try:
            if not _is_done(context, home, began):
                found[folder] = before.get(folder) or read_under_way(home, began)
        except (Refused, BadInput) as error:
            if began.step.plan in unread:
                problems += error.faults if isinstance(error, BadInput) else [error.message]
    _held[home] = found
    return Waiting(tuple(found.values()), tuple(problems))


def _is_done(context: ServiceContext, home: Path, began: Taken) -> bool:
    folder = folder_of(home, began)
    shown = PlanShown(_outline(folder, manifest_of(began)), context.office, {}, "model")
    outline = UnderWay(shown, began.record, began.at, folder.name)
    return bool(progress(context, outline)["state"].is_in(SETTLED).all())


@cache  # a few bytes a case
def _outline(folder: Path, manifest: str) -> SpotCheckPlan:
    """Of a plan no more than tells whether its cases are settled."""
    plan = read_shown(folder, manifest).plan
    return replace(plan, frame=plan.frame[:0], lines=plan.lines.select(OUTLINE), outlook=())
