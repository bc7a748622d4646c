"""Running cases are watched: their desks are notified of what is new, and find it in files."""

from __future__ import annotations

from cli.files.watch import champion_of, notify, said
from cli.loop.job import Job, Outcome
from serving.kept.watch import write_watch
from serving.use_cases.watching.standing import State
from serving.use_cases.watching.watching import moment_of, raise_alerts
from serving.use_cases.watching.watching import watch as watched

WATCHES = "watches"  # the folder of their files


def watch(job: Job) -> Outcome:
    """Desks are notified for today, however late this runs; predictions need a model."""
    this, tables = job.round, job.round.present().tables
    as_of = moment_of(tables, this.now)
    champion, _lack = champion_of(this.home, tables.office)
    found = raise_alerts(tables, champion, as_of)
    name = f"{job.due.schedule.code}-{as_of:%Y-%m-%d}"

    def place() -> None:
        after, _new = notify(tables, this.ledger, found, as_of)
        write_watch(after, tables.office, this.language, this.home / WATCHES / name)

    before = watched(tables, this.work.alerting, found, as_of)
    new = sum(one.state is State.NEW for one in before.several)
    return Outcome(tuple(said(before, new)), name, place=place)
