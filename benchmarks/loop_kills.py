"""Scheduled runs that are killed at any moment: none runs twice, nothing is half done.

    python -m benchmarks.loop_kills [--kills 200] [--cases 2000] [--months 24] [--seed 1]

Two offices that are alike live for 24 months. One is left alone. In the other `triage run-due` is
killed (SIGKILL) at a random moment of the processor time that the undisturbed round took, again as
long as something is due, and every second time another one is started beside it; then a round
comes to its end. After every kill the ledger and the folders are looked at; after every month
the two offices must agree.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmarks.living_office import LivingOffice, run_round
from benchmarks.loop import months
from cases.errors import Refused
from cases.integrity.manifest import check_folder
from cases.office.loading import load_office
from cases.office.model import Office
from cli.loop.job import WORKPLACES
from cli.loop.rounds import due_now
from ledger.ledger import Ledger
from ledger.records import Kind
from models.registry import CHAMPION, Registry, office_name
from serving.kept.begin import PLANS
from serving.kept.home.reports import REPORTS
from serving.kept.plan import read_plan
from serving.leases.lease import holder_of
from serving.memory.taking_in import work_of
from serving.work.reviewing import Begun
from serving.work.running import RunBegan, RunDone, RunFailed
from serving.work.runs import LEASE
from serving.work.step import taken_step
from serving.work.work import STEPS

LASTS = 3.0  # seconds that a lease lasts here after its holder was killed
SCHEDULES = """
[[schedules]]
code = "new_data"
what = "read"
every = "day"

[[schedules]]
code = "training"
what = "train"
every = "quarter"

[[schedules]]
code = "plan"
what = "plan"
every = "month"
hour = 7

[[schedules]]
code = "report"
what = "report"
every = "quarter"

[[schedules]]
code = "reminders"
what = "remind"
every = "day"
hour = 7
"""
REFUSED = 3
PROCESSES = multiprocessing.get_context("forkserver")


def round_of(office: Path, now: datetime, seed: str) -> None:
    """One call of `triage run-due`; exit code 3 where another one runs."""
    try:
        ended = run_round(office, now, seed, LASTS)
    except Refused:
        raise SystemExit(REFUSED) from None
    raise SystemExit(1 if any(one.error for one in ended) else 0)


def started(office: Path, now: datetime, seed: str) -> BaseProcess:
    """The same in a process of its own."""
    process = PROCESSES.Process(target=round_of, args=(office, now, seed))
    process.start()
    return process


def killed(
    living: LivingOffice, now: datetime, seed: str, lasts: float, *, both: bool
) -> Counter[str]:
    """Kill a round, and perhaps another that was started beside it, at random moments."""
    while holder_of(living.home, LEASE) is not None:
        time.sleep(0.1)
    runs = [started(living.office, now, seed) for _run in range(2 if both else 1)]
    counts: Counter[str] = Counter()
    for run in runs:
        wait_for(run, lasts * random.random() ** 2)  # noqa: S311  what is left takes less and less
        counts["killed" if run.is_alive() else "ended before"] += 1
        run.kill()
        run.join()
        counts["refused"] += run.exitcode == REFUSED
    return counts


def wait_for(run: BaseProcess, seconds: float) -> None:
    """Until a process has used so much of the processor, or has ended."""
    while run.is_alive() and used(run) < seconds:
        time.sleep(0.005)


def used(run: BaseProcess) -> float:
    """Seconds of the processor that a process has used."""
    try:
        fields = Path(f"/proc/{run.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def finished(living: LivingOffice, now: datetime, seed: str) -> float:
    """Let a round come to its end; how much of the processor it used.

    It begins as soon as the lease of the last one has run out.
    """
    while True:
        run, lasted = started(living.office, now, seed), 0.0
        while run.is_alive():
            lasted = max(lasted, used(run))
            time.sleep(0.02)
        if run.exitcode != REFUSED:
            assert run.exitcode == 0, run.exitcode
            return lasted
        time.sleep(0.3)


def is_anything_due(living: LivingOffice, now: datetime) -> bool:
    """Whether something is left that can be disturbed."""
    with Ledger.at(living.home) as ledger:
        return bool(due_now(load_office(living.office), ledger, now))


def check_never_two(living: LivingOffice) -> None:
    """Nobody records anything once another holder has; nothing is done twice."""
    office = load_office(living.office)
    holders: list[str] = []
    of_run: dict[str, RunBegan] = {}
    done: Counter[tuple[str, datetime]] = Counter()
    with Ledger.at(living.home) as ledger:
        assert ledger.verify().bad is None
        for record in ledger.records(Kind.STEP):
            taken = taken_step(record, ledger.beside(record.number), STEPS)
            step = taken.step if taken else None
            if isinstance(step, RunBegan):
                of_run[step.run] = step
            if isinstance(step, RunBegan | RunDone | RunFailed):
                began = of_run[step.run]
                if began.holder not in holders[-1:]:
                    assert began.holder not in holders, "a run went on after another had begun"
                    holders.append(began.holder)
            if isinstance(step, RunDone):
                done[of_run[step.run].schedule, of_run[step.run].at] += 1
        assert all(count == 1 for count in done.values()), done
        plans = {record.content["manifest"] for record in ledger.records(Kind.PLAN)}
        begun = begun_plans(office, ledger)
    for folder in (living.home / PLANS).glob("[!.]*"):  # a dot: nobody has looked there yet
        assert check_folder(folder).hash in plans, "a plan that is not recorded"
    for plan, step in begun.items():
        assert check_folder(living.home / PLANS / plan).hash == step.manifest


def begun_plans(office: Office, ledger: Ledger) -> dict[str, Begun]:
    """The steps by which reviews of plans began, by id."""
    plans = work_of(office, ledger).reviewing.plans
    return {plan: one.step for plan, one in plans.items() if isinstance(one.step, Begun)}


def state(living: LivingOffice) -> dict[str, Any]:
    """What two offices that had the same life have alike."""
    office = load_office(living.office)
    with Ledger.at(living.home) as ledger:
        running = work_of(office, ledger).running
        drawn = [record.content["plan_id"] for record in ledger.records(Kind.PLAN)]
        begun = begun_plans(office, ledger)
        recorded = {record.content["version"] for record in ledger.records(Kind.TRAINING)}
    versions = Registry(living.home).versions(office_name(office))
    champion = next(version for version in versions if CHAMPION in version.aliases)
    return {
        "done": sorted((code, run.beginning.at) for code, run in running.done.items()),
        "drawn": sorted(drawn),
        "begun": {plan: step.readings for plan, step in begun.items()},
        "lists": {plan: read_plan(living.home / PLANS / plan).listed for plan in begun},
        "champion": champion.trained_until,
        "champion is recorded": champion.number in recorded,
        "reports": sorted(path.name for path in (living.home / REPORTS).glob("*")),
        "workplaces": sorted(path.name for path in (living.home / WORKPLACES).glob("*")),
    }


def lives(asked: argparse.Namespace, place: Path) -> Iterator[tuple[datetime, Counter[str]]]:
    """Both lives, month by month: the counts of what happened to the one that is disturbed."""
    alone, disturbed = (
        LivingOffice.made(place / name, asked.cases, asked.seed, SCHEDULES, 0.25)
        for name in ("alone", "disturbed")
    )
    names, so_far = months()[: asked.months], 0
    for number, now in enumerate(names, start=1):
        counts: Counter[str] = Counter()
        for living in (alone, disturbed):
            living.export(now)
            for plan in sorted((living.home / PLANS).glob("[!.]*"), key=_age)[-1:]:
                living.review(plan)
        lasts = finished(alone, now, "s")
        wanted = asked.kills * number // len(names) - so_far
        while counts["killed"] < wanted and is_anything_due(disturbed, now):
            counts += killed(disturbed, now, "s", lasts, both=counts["killed"] % 2 == 1)
            check_never_two(disturbed)
        so_far += counts["killed"]
        finished(disturbed, now, "s")
        check_never_two(disturbed)
        one, other = state(alone), state(disturbed)
        assert one == other, [
            (what, one[what], other[what]) for what in one if one[what] != other[what]
        ]
        yield now, counts


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def main() -> None:
    """Print a line a month, and the sum."""
    options = argparse.ArgumentParser()
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--cases", type=int, default=2_000)
    options.add_argument("--months", type=int, default=24)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    random.seed(asked.seed)
    PROCESSES.set_forkserver_preload(["benchmarks.living_office"])
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        for now, counts in lives(asked, Path(place)):
            total += counts
            print(f"{now:%Y-%m}", dict(counts), flush=True)
    print("in all", dict(total), "0 double runs, 0 half states, every month as in the other office")


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        main()
