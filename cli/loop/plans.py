"""A plan of the cases closed since the last one: drawn, recorded, and its reviews begun.

What stops between two of these steps is gone on with: a plan that is recorded waits in a folder
until its reviews begin, and one that is not recorded is drawn again with the same seed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cases.integrity.manifest import MANIFEST, read_manifest
from cases.language.messages import ngettext
from cli.files.ledger import keep_checkpoint, record
from cli.loop.job import Job, Outcome, Round
from ledger.ledger import Entry
from ledger.records import Kind
from models.registry import Registry
from policies.schedule import Due, before
from policies.spot_check.plan import PlanParameters
from serving.kept.begin import begin
from serving.kept.folders import made_from
from serving.kept.plan import read_plan, write_plan
from serving.use_cases.asked.named import NothingToCheck
from serving.use_cases.context import ServiceContext
from serving.use_cases.recording.records import plan_record
from serving.use_cases.remembered import name_of
from serving.use_cases.spot_checks import drawn_from, plan_frame
from serving.work.step import step_entry


def draw_plan_and_begin(job: Job) -> Outcome:
    """A plan is drawn and recorded, and its reviews begin; nothing where there is no case."""
    if is_recorded(job.round, job.waiting_place):
        return _outcome(job, job.waiting_place, None)
    now, registry = job.round.present(), Registry(job.round.home)
    champion = registry.champion(now.tables.office)
    tried = registry.tried(now.tables.office)
    context = ServiceContext(now.tables, champion, tried, remembered=now.remembered)
    asked = _asked(job)
    try:
        frame = plan_frame(context, asked, job.round.tell)
    except NothingToCheck as none:
        return Outcome((none.message,))
    parameters = asked.model_copy(update={"capacity": _capacity(job, frame.height)})
    result = drawn_from(context, frame, parameters)
    made = made_from(now.tables, champion)
    manifest = write_plan(result, now.tables, job.round.language, made, job.workplace)
    return _outcome(
        job, job.workplace, plan_record(job.round.office, result.plan, manifest, made, None)
    )


def _asked(job: Job) -> PlanParameters:
    """What the schedule asks for, of the cases closed since it was last done."""
    schedule, at = job.due.schedule, job.due.at
    return PlanParameters.of(
        job.round.office,
        as_of=at,
        closed_after=since(job.due),
        capacity=1,
        search_share=schedule.search_share,
        margin=schedule.margin,
        seed=job.seed,
    )


def since(due: Due) -> datetime:
    """After which moment the cases of a plan were closed: the last plan, else a period before."""
    return due.since or before(due.schedule, due.at)


def _capacity(job: Job, cases: int) -> int:
    """How many of so many cases can be reviewed; at least one."""
    schedule, usual = job.due.schedule, job.round.office.spot_checks.capacity_share
    share = usual if schedule.share is None else schedule.share
    return schedule.capacity or max(1, round(share * cases))


def _outcome(job: Job, folder: Path, entry: Entry | None) -> Outcome:
    """Of a plan in a folder of a job, which is recorded by `entry` unless it was already."""
    kept = read_plan(folder)
    plan_id, count = str(kept.manifest["plan_id"]), kept.lines.height
    said = ngettext(
        "Plan {plan}: {count:,} case to check.",
        "Plan {plan}: {count:,} cases to check.",
        count,
        plan=plan_id,
    )

    def place() -> None:
        if entry is not None:
            shutil.rmtree(job.waiting_place, ignore_errors=True)
            folder.rename(job.waiting_place)
            record(job.round.ledger, entry)
        _begin(job)
        keep_checkpoint(job.round.ledger, job.round.workspace)

    return Outcome((said,), plan_id, place=place)


def _begin(job: Job) -> None:
    """The reviews of a recorded plan begin, with the same seed; once, however often it is done."""
    this, now = job.round, job.round.present()
    place = job.waiting_place
    begun = begin(now.tables, now.remembered, this.home, place, this.language, job.seed)
    if begun.step is not None:
        record(this.ledger, step_entry(name_of(this.office), begun.step, None))


def is_recorded(this: Round, folder: Path) -> bool:
    """Whether a folder holds a whole plan, and the ledger has it."""
    if not (folder / MANIFEST).is_file():
        return False
    return read_manifest(folder).hash in _manifests(this)


def _manifests(this: Round) -> Iterator[object]:
    return (plan.content.get("manifest") for plan in this.ledger.records(Kind.PLAN))
