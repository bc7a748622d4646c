"""A round: everything that is due, one after the other; each job whole or to be done again.

A job begins with a record and ends with one. Until its end nothing that it made is in its place:
what it writes is in a folder of its own, and goes to its place in the moment in which its end is
recorded, which only the holder of the lease can do. One that was killed has no end, so the next
round does it again, with the same seed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cases.errors import BadInput, PlumblineError
from cases.files import permitted
from cases.language.kept import as_json
from cases.language.messages import Sayable, _, ngettext
from cases.office.model import Office
from cases.office.work.schedules import Task
from cli.files.ledger import record
from cli.loop.job import WORKPLACES, Job, Outcome, Round, waiting_place
from cli.loop.plans import draw_plan_and_begin, is_recorded
from cli.loop.reminders import remind
from cli.loop.tasks import read, report, train
from cli.loop.watches import watch
from ledger.ledger import Ledger
from ledger.records import Kind
from policies.schedule import Due, due, in_order
from policies.seeds import fresh_seed
from serving.kept.begin import PLANS, REVIEWERS_OF
from serving.leases.lease import Lost
from serving.memory.taking_in import work_of
from serving.use_cases.recording.records import training_asked
from serving.use_cases.remembered import name_of
from serving.work.running import Run, RunBegan, RunDone, RunFailed, Running
from serving.work.step import Step, step_entry

TASKS: Mapping[Task, Callable[[Job], Outcome]] = {
    "read": read,
    "train": train,
    "plan": draw_plan_and_begin,
    "watch": watch,
    "report": report,
    "remind": remind,
}
UNFINISHED_FOR = 86_400  # seconds
STOPPED = _("It was stopped.")
WAITS = _("It waits until the tables can be read.")


@dataclass(frozen=True)
class Ended:
    """A job with its outcome; with an `error` it failed, without either it was not begun."""

    due: Due
    outcome: Outcome | None = None
    error: BaseException | None = None

    @property
    def said(self) -> tuple[Sayable | str, ...]:
        """What is said of its end."""
        if self.outcome is not None:
            return self.outcome.said
        return (WAITS,) if self.error is None else (_failure(self.error),)


def due_now(office: Office, ledger: Ledger, now: datetime) -> tuple[Due, ...]:
    """What is due by `now`, a training that somebody asked for included."""
    running = work_of(office, ledger).running
    found = due(office.schedules, running.done_at, now)
    if any(one.schedule.what == "train" for one in found) or not _is_asked(office, ledger):
        return found
    trainings = [schedule for schedule in office.schedules if schedule.what == "train"]
    asked = [Due(schedule, now, running.done_at.get(schedule.code), 0) for schedule in trainings]
    return in_order([*found, *asked[:1]])


def _is_asked(office: Office, ledger: Ledger) -> bool:
    return training_asked(office, ledger.records(Kind.REQUEST, Kind.TRAINING)) is not None


def do(this: Round, dues: Iterable[Due]) -> Iterator[Ended]:
    """Do what is due, and say of each how it ended as soon as it has.

    Where one fails the others go on; where the tables cannot be read they wait. `Lost` if another
    process does it by now.
    """
    _clear(this)
    _clear_unfinished(this)
    for one in dues:
        if this.is_unreadable and one.schedule.what != "remind":
            yield Ended(one)
        else:
            yield _done(this, one)


def _done(this: Round, one: Due) -> Ended:
    job = _begun(this, one)
    try:
        with permitted():
            outcome = TASKS[one.schedule.what](job)
            _end(job, outcome)
    except Lost:  # what stands there now is of who has the lease
        raise
    except KeyboardInterrupt:
        _record_failure(job, STOPPED)
        _clear(this)
        raise
    except Exception as error:
        if "TRIAGE_DEBUG" in os.environ and not isinstance(error, PlumblineError):
            raise
        _record_failure(job, _failure(error))
        _clear(this)
        return Ended(one, error=error)
    _clear(this)
    return Ended(one, outcome)


def _begun(this: Round, one: Due) -> Job:
    """The job, once its beginning is recorded."""
    before = _before(this.work.running, one)
    seed = _seed(this, one) if before is None else before.beginning.seed
    job = Job(this, one, secrets.token_hex(8), seed, before)
    _record(
        this,
        RunBegan(
            run=job.name,
            holder=this.lease.holder,
            schedule=one.schedule.code,
            what=one.schedule.what,
            at=one.at,
            missed=one.missed,
            seed=seed,
        ),
    )
    return job


def _before(running: Running, one: Due) -> Run | None:
    """The last run for the same moment; it was stopped or failed, or nothing would be due."""
    last = running.last(one.schedule.code)
    return last if last is not None and last.beginning.at == one.at else None


def _seed(this: Round, one: Due) -> str:
    if this.seed is None:
        return fresh_seed()
    return f"{this.seed} {one.schedule.code} {one.at:%Y-%m-%dT%H}"


def _end(job: Job, outcome: Outcome) -> None:
    """Put in place what was made, and record that it was done."""
    this = job.round
    done = RunDone(
        run=job.name,
        said=tuple(map(as_json, outcome.said)),
        made=outcome.made,
        alarms=tuple(map(as_json, outcome.alarms)),
    )
    with this.lease.owning():
        outcome.place()
        record(this.ledger, *outcome.entries, step_entry(name_of(this.office), done, None))


def _record_failure(job: Job, why: Sayable | str) -> None:
    _record(job.round, RunFailed(run=job.name, said=(as_json(why),)))


def _record(this: Round, step: Step) -> None:
    with this.lease.owning():
        record(this.ledger, step_entry(name_of(this.office), step, None))


def _failure(error: BaseException) -> Sayable | str:
    """Why a job failed; of an internal error, and of rows at fault, nothing that may be data."""
    if isinstance(error, BadInput) and error.faults:
        fault, count = error.faults[0], len(error.faults)
        return ngettext(
            "{count:,} fault, in {where}: {problem}",
            "{count:,} faults. The first, in {where}: {problem}",
            count,
            where=fault.where,
            problem=fault.problem,
        )
    if isinstance(error, PlumblineError):
        return error.message
    return _("Plumbline failed: an internal error ({name}).", name=type(error).__name__)


def _clear(this: Round) -> None:
    """Take away what jobs have left that did not come to their end.

    A plan that was recorded and is not begun yet stays: the next round goes on with it.
    """
    running = this.work.running
    last = [running.last(schedule.code) for schedule in this.office.schedules]
    waiting = {
        waiting_place(this.home, run.beginning.schedule, run.beginning.at)
        for run in last
        if run is not None and run.state != "done"
    }
    ours = tuple(f"{schedule.code}-" for schedule in this.office.schedules)
    for place in (this.home / WORKPLACES).glob("*"):
        is_wanted = place in waiting or not place.name.startswith(ours)  # of another office
        if not (is_wanted and is_recorded(this, place)):
            shutil.rmtree(place, ignore_errors=True)


def _clear_unfinished(this: Round) -> None:
    """Take away what others have left who were killed while they put a folder in its place."""
    for room in (PLANS, REVIEWERS_OF):
        for place in (this.home / room).glob(".*"):
            with suppress(FileNotFoundError):  # its maker has put it in its place by now
                if time.time() - place.stat().st_mtime > UNFINISHED_FOR:
                    shutil.rmtree(place, ignore_errors=True)
