"""A small office with schedules in files, and rounds of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cases.progress import silent
from cli.files.office import workspace_of
from cli.loop.job import Outcome, Round
from cli.loop.rounds import Ended, do, due_now
from ledger.ledger import Ledger
from serving.leases.lease import leased
from serving.memory.taking_in import work_of
from serving.work.runs import LEASE
from serving.work.work import Work
from tests.factories.fakes import FakeModel
from tests.factories.files import OFFICE, write

NOW = datetime(2024, 3, 1, 12)
SCHEDULES = """
[[schedules]]
code = "new_data"
what = "read"
every = "day"

[[schedules]]
code = "plan"
what = "plan"
every = "month"
hour = 7
share = 0.5

[[schedules]]
code = "reminders"
what = "remind"
every = "day"
hour = 8
"""
CASES = "case_id,opened_at,closed_at,kind,suspects,detained\n" + "".join(
    f"case-{day},2024-01-{day:02},2024-02-{day:02},x,{day % 4 + 1},yes\n" for day in range(1, 21)
)
EMPTY = {
    "events.csv": "case_id,at,recorded_at,activity\n",
    "reviews.csv": "case_id,reviewed_at,grade,inclusion_probability,dimensions\n",
    "recusals.csv": "handler,case_id,party\n",
}


class FakeRegistry:
    """The registry of an office whose champion is `FakeModel`."""

    def __init__(self, home: Path) -> None:
        del home

    def champion(self, office: object) -> FakeModel:
        """The model."""
        del office
        return FakeModel()

    def tried(self, office: object) -> tuple[()]:
        """Nothing since."""
        del office
        return ()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty cases closed in February, a model that can be worked out by hand, schedules."""
    monkeypatch.setattr("cli.loop.plans.Registry", FakeRegistry)
    described = OFFICE.replace("\n[[reviews.grades]]", f"{SCHEDULES}\n[[reviews.grades]]", 1)
    return (
        write(tmp_path, **{"office.toml": described, "cases.csv": CASES, **EMPTY}) / "office.toml"
    )


Rounds = Callable[..., list[Ended]]


@contextmanager
def opened(office: Path, now: datetime = NOW, **more: Any) -> Iterator[Round]:
    """A round of an office, which has the lease."""
    workspace = workspace_of(office)
    with Ledger.at(workspace.home) as ledger, leased(workspace.home, LEASE) as lease:
        yield Round(workspace, ledger, lease, now, silent, **more)


def run(office: Path, now: datetime = NOW, **more: Any) -> list[Ended]:
    """Do what is due."""
    with opened(office, now, **more) as this:
        return list(do(this, due_now(this.office, this.ledger, now)))


def work(office: Path) -> Work:
    """How the work stands."""
    workspace = workspace_of(office)
    with Ledger.at(workspace.home) as ledger:
        return work_of(workspace.served_office(), ledger)


def nothing(job: object) -> Outcome:
    """A job that does nothing."""
    del job
    return Outcome(())
