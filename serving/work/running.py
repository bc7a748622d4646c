"""Running: what was done by itself at set times, what came of it, and of what people were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from cases.language.kept import from_json
from cases.language.messages import Sayable, _
from cases.office.work.schedules import Task
from serving.work.step import Step, Taken

MOST_RUNS = 100  # that are remembered; what was last done for each schedule always is
State = Literal["done", "failed", "open"]


def _sayable(kept: Any) -> Any:
    from_json(kept)
    return kept


Kept = Annotated[Any, AfterValidator(_sayable)]  # a text as `as_json` gives it


class RunBegan(Step):
    """Work of a schedule began, for the moment `at` that it was due at (the office's clock).

    `holder` is the name of the lease under which it runs, `seed` what its draw depends on: who
    does it again after it was stopped or failed draws with the same.
    """

    code: ClassVar[str] = "run_began"
    says: ClassVar[Sayable] = _("scheduled work began")
    run: str
    holder: str
    schedule: str
    what: Task
    at: datetime
    missed: int = 0
    seed: str


class RunDone(Step):
    """It was done: what is said of it, what it `made`, and which alarms it raised.

    A reading makes the hash of the tables, a training a version, a plan its id, a report the name
    of its folder, reminders that of their files.
    """

    code: ClassVar[str] = "run_done"
    says: ClassVar[Sayable] = _("scheduled work was done")
    run: str
    said: tuple[Kept, ...] = ()
    made: str | None = None
    alarms: tuple[Kept, ...] = ()


class RunFailed(Step):
    """It was not done, and why."""

    code: ClassVar[str] = "run_failed"
    says: ClassVar[Sayable] = _("scheduled work failed")
    run: str
    said: tuple[Kept, ...] = ()


class Notified(Step):
    """People are told of these, by key; unless the run fails, they were."""

    code: ClassVar[str] = "notified"
    says: ClassVar[Sayable] = _("people were reminded")
    run: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One run: its beginning, and its end if it has one; without, it runs or was stopped."""

    began: Taken
    ended: Taken | None = None

    @property
    def beginning(self) -> RunBegan:
        """What was recorded at its beginning."""
        assert isinstance(self.began.step, RunBegan)  # noqa: S101  only such are put here
        return self.began.step

    @property
    def state(self) -> State:
        """Whether it was done, failed, or has no end."""
        if self.ended is None:
            return "open"
        return "done" if isinstance(self.ended.step, RunDone) else "failed"

    @property
    def made(self) -> str | None:
        """What it made."""
        step = self.ended.step if self.ended else None
        return step.made if isinstance(step, RunDone) else None

    @property
    def said(self) -> tuple[Sayable, ...]:
        """What is said of its end."""
        step = self.ended.step if self.ended else None
        return tuple(map(from_json, step.said)) if isinstance(step, RunDone | RunFailed) else ()

    @property
    def alarms(self) -> tuple[Sayable, ...]:
        """The alarms that it raised."""
        step = self.ended.step if self.ended else None
        return tuple(map(from_json, step.alarms)) if isinstance(step, RunDone) else ()


@dataclass(frozen=True)
class Running:
    """How the scheduled work stands.

    `runs` are the last ones, the oldest first; `done` has of each schedule the run that was done
    for the latest moment; `notified` the key of everything that people were told, and by which run.
    """

    steps: ClassVar[tuple[type[Step], ...]] = (RunBegan, RunDone, RunFailed, Notified)

    runs: tuple[Run, ...] = ()
    done: Mapping[str, Run] = field(default_factory=lambda: MappingProxyType({}))
    notified: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, taken: Sequence[Taken]) -> Running:
        """How it stands after these steps; of two ends of a run the first counts."""
        runs, done = {run.beginning.run: run for run in self.runs}, dict(self.done)
        notified = dict(self.notified)
        for one in taken:
            step = one.step
            if isinstance(step, RunBegan):
                runs.setdefault(step.run, Run(one))
            elif isinstance(step, Notified):
                notified |= dict.fromkeys(step.keys, step.run)
            elif isinstance(step, RunDone | RunFailed) and step.run in runs:
                run = runs[step.run]
                if run.ended is None:
                    runs[step.run] = run = Run(run.began, one)
                    _add_done(done, run)
                    notified = _told(notified, run)
        return Running(tuple(runs.values())[-MOST_RUNS:], done, notified)

    def last(self, schedule: str) -> Run | None:
        """The last run of a schedule; None if it never began, or long ago."""
        return next((r for r in reversed(self.runs) if r.beginning.schedule == schedule), None)

    @property
    def done_at(self) -> dict[str, datetime]:
        """For which moment each schedule was last done."""
        return {code: run.beginning.at for code, run in self.done.items()}


def _add_done(done: dict[str, Run], run: Run) -> None:
    """Keep the run as the one done last, if it was done, and for no earlier moment."""
    before = done.get(run.beginning.schedule)
    if run.state == "done" and (before is None or before.beginning.at <= run.beginning.at):
        done[run.beginning.schedule] = run


def _told(notified: dict[str, str], run: Run) -> dict[str, str]:
    """What people were told, once a run has ended: one that failed has told nothing."""
    if run.state != "failed":
        return notified
    return {key: by for key, by in notified.items() if by != run.beginning.run}
