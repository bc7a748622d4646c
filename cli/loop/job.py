"""A job: one schedule that is due, with all that it takes to do it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.errors import BadInput
from cases.language.catalogues import Language
from cases.language.messages import Sayable
from cases.office.model import Office
from cases.progress import Progress
from cases.tables.tables import Tables
from ledger.ledger import Entry, Ledger
from policies.schedule import Due
from serving.leases.lease import Lease
from serving.memory.taking_in import Present, caught_up, present, work_after, work_of
from serving.work.running import Run
from serving.work.work import Work
from serving.workspace import Workspace, readable, with_warning

WORKPLACES = "runs"  # the folder of those of jobs under way


class Round:
    """What the jobs of one call share: the office, its ledger, and tables that are read once.

    `now` is the time on the office's clock, `seed` what draws depend on if somebody wants to
    repeat them, `public_url` where people find the pages.
    """

    def __init__(
        self,
        workspace: Workspace,
        ledger: Ledger,
        lease: Lease,
        now: datetime,
        tell: Progress,
        seed: str | None = None,
        public_url: str | None = None,
    ) -> None:
        self.workspace, self.ledger, self.lease = workspace, ledger, lease
        self.now, self.seed, self.public_url = now, seed, public_url
        self.office: Office = workspace.served_office()
        self._tell = tell
        self._read: Tables | None = None
        self._present: Present | None = None
        self.is_unreadable = False  # as far as is known
        self._position, self._work = ledger.size, work_of(self.office, ledger)

    @property
    def home(self) -> Path:
        """The folder of everything that is kept."""
        return self.workspace.home

    @property
    def language(self) -> Language:
        """What pages and notices are written in."""
        return self.office.language

    def tell(self, what: str | Sayable, done: float) -> None:
        """Show progress; `Lost` if somebody else does this by now."""
        self.lease.check()
        self._tell(what, done)

    @property
    def work(self) -> Work:
        """How the work stands now."""
        while records := self.ledger.since(self._position):
            self._work = work_after(self._work, self.office, self.ledger, records)
            self._position = records[-1].number
        return self._work

    def present(self) -> Present:
        """The office as it is now; `BadInput` for faults of its tables, which are read once."""
        try:
            with readable():
                if self._present is None or self._read is None:
                    self._read = self.workspace.read(self.office, self.tell)
                    self._present = with_warning(present(self._read, self.ledger))
                else:
                    self._present = caught_up(self._present, self._read, self.ledger)
        except BadInput:
            self.is_unreadable = True
            raise
        return self._present


@dataclass(frozen=True)
class Job:
    """A schedule that is due, as the run `name` does it.

    `before` is the run for the same moment that was stopped or failed; it had the same `seed`.
    """

    round: Round
    due: Due
    name: str
    seed: str
    before: Run | None = None

    @property
    def workplace(self) -> Path:
        """A folder of its own, for what is not finished; not there at the beginning."""
        return self.round.home / WORKPLACES / self.name

    @property
    def waiting_place(self) -> Path:
        """The folder of what was recorded and is not in its place yet, whichever run did it."""
        return waiting_place(self.round.home, self.due.schedule.code, self.due.at)


def waiting_place(home: Path, schedule: str, at: datetime) -> Path:
    """That of a schedule and the moment that it is due at."""
    return home / WORKPLACES / f"{schedule}-{at:%Y-%m-%dT%H}"


@dataclass(frozen=True)
class Outcome:
    """What came of a job: what is said of it, what it made, its alarms.

    `entries` are recorded together with the end of the run, and `place` puts files in place
    just before that; nobody else does the same meanwhile.
    """

    said: tuple[Sayable | str, ...]
    made: str | None = None
    alarms: tuple[Sayable, ...] = ()
    entries: tuple[Entry, ...] = ()
    place: Callable[[], object] = lambda: None
