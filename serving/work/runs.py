"""How the scheduled work stands: what was last done, what failed, what is due next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cases.office.model import Office
from cases.office.work.schedules import Schedule
from policies.schedule import due, next_moment
from serving.work.running import Run, Running

LEASE = "run-due"  # of whoever does what is due, in the folder of the office's models
Standing = Literal["never", "running", "stopped", "failed", "done"]


@dataclass(frozen=True)
class ScheduleShown:
    """A schedule: how its `last` run ended, what it was last `done` for, and what comes next.

    `last` is None if it never began, or too long ago to be remembered.
    """

    schedule: Schedule
    standing: Standing
    last: Run | None
    done: Run | None
    is_due: bool
    next: datetime


def runs(
    office: Office, running: Running, now: datetime, holder: str | None
) -> tuple[ScheduleShown, ...]:
    """Every schedule of an office, as it stands at a moment of its clock.

    `holder` has the lease now (`serving.leases.lease.holder_of`): a run of another holder that
    has no end was stopped, and is done again.
    """
    late = {one.schedule.code for one in due(office.schedules, running.done_at, now)}
    return tuple(
        ScheduleShown(
            schedule,
            standing(running.last(schedule.code), holder),
            running.last(schedule.code),
            running.done.get(schedule.code),
            schedule.code in late,
            next_moment(schedule, now),
        )
        for schedule in office.schedules
    )


def standing(run: Run | None, holder: str | None) -> Standing:
    """How a run stands while the lease is held by somebody, or by nobody."""
    if run is None:
        return "never"
    if run.state == "open":
        return "running" if run.beginning.holder == holder else "stopped"
    return run.state


def unfinished(running: Running, holder: str | None) -> Iterator[Run]:
    """Runs that failed or were stopped, and that no later one has made good."""
    for code in {run.beginning.schedule for run in running.runs}:
        run = running.last(code)
        if run is not None and standing(run, holder) in ("failed", "stopped"):
            yield run
