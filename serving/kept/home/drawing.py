"""A draw that was ordered is carried out: the plan in a folder of the office, once an order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cases.errors import BadInput, Fault
from cases.files import folder_in_place
from cases.integrity.manifest import Manifest, check_folder
from cases.language.messages import _
from cases.progress import still_wanted
from ledger.ledger import Entry
from policies.spot_check.commitment import Commitment
from policies.spot_check.committed import OpenedCommitment
from policies.spot_check.plan import PlanParameters, SpotCheckPlan
from serving.kept.begin import PLANS
from serving.kept.home.promises import read_promise
from serving.kept.plan import write_plan
from serving.use_cases.context import ServiceContext
from serving.use_cases.planning.commitments import committed_spot_checks
from serving.use_cases.recording.records import plan_record
from serving.use_cases.remembered import name_of
from serving.use_cases.spot_checks import PlannedSpotChecks, spot_checks
from serving.work.planning import Drawn, Ordered
from serving.work.step import step_entry


@dataclass(frozen=True)
class DrawnPlan:
    """A plan in its folder, and what is to be recorded of it together."""

    plan: SpotCheckPlan
    folder: Path
    manifest: Manifest
    entries: tuple[Entry, Entry]


def draw_ordered(context: ServiceContext, home: Path, order: Ordered, by: str) -> DrawnPlan:
    """Draw what was ordered, with the parameters and the seed of the order; `by` is an id.

    The folder is `plans/<plan id>` in the office's `home`. If it is there, an earlier attempt was
    stopped before its record: the same plan follows from the same order. `Refused` where nothing
    can be drawn, or another than was promised.
    """
    made = made_from(context)
    opened = _opened(home, order)
    result = _drawn(context, order, opened, made)
    folder = home / PLANS / result.plan.plan_id
    still_wanted()
    language = context.office.language
    write = partial(write_plan, result, context.tables, language, made, opened=opened)
    if not folder.exists():
        folder_in_place(folder, write)
    manifest = check_folder(folder)
    promised = None if opened is None else opened.commitment
    entries = _entries(context, result.plan, manifest, made, promised, order, by)
    return DrawnPlan(result.plan, folder, manifest, entries)


def made_from(context: ServiceContext) -> dict[str, Any]:
    """Of which data, model and program something is made."""
    about = dict(context.model.about)
    return {"data_hash": context.tables.data_hash, "model": about, **context.made_from}


def _opened(home: Path, order: Ordered) -> OpenedCommitment | None:
    if order.commitment is None:
        return None
    return read_promise(home, order.commitment).opened(order.beacon)


def _drawn(
    context: ServiceContext,
    order: Ordered,
    opened: OpenedCommitment | None,
    made: dict[str, Any],
) -> PlannedSpotChecks:
    if opened is not None:
        return committed_spot_checks(context, opened, str(made["model_hash"]), str(made["code"]))
    try:
        parameters = PlanParameters.model_validate(order.parameters)
    except ValidationError:
        problem = _("has parameters that this program does not know.")
        raise BadInput([Fault(_("the order"), problem, _("Order another draw."))]) from None
    return spot_checks(context, parameters)


def _entries(
    context: ServiceContext,
    plan: SpotCheckPlan,
    manifest: Manifest,
    made: dict[str, Any],
    promised: Commitment | None,
    order: Ordered,
    by: str,
) -> tuple[Entry, Entry]:
    step = Drawn(plan=plan.plan_id, key=order.key)
    return (
        plan_record(context.office, plan, manifest, made, promised, by),
        step_entry(name_of(context.office), step, by),
    )
