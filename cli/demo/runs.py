"""The scheduled work of the demo: one run failed last time, and people were told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cases.progress import silent
from cli.loop.job import Round
from cli.loop.rounds import do, due_now
from ledger.ledger import Ledger
from serving.leases.lease import leased
from serving.work.runs import LEASE
from serving.workspace import Workspace


def run_without_tables(workspace: Workspace, ledger: Ledger, now: datetime) -> None:
    """What is due each day, on a day on which the tables were not delivered: reading them fails.

    `triage run-due` makes it good.
    """
    without = replace(workspace, data=workspace.home)
    with leased(workspace.home, LEASE) as lease:
        this = Round(without, ledger, lease, now, silent)
        daily = [one for one in due_now(this.office, ledger, now) if one.schedule.every == "day"]
        for _ended in do(this, daily):
            pass
