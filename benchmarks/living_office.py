"""An office that lives: the demo office month by month, with a truth that only the benchmark knows.

At a moment its tables hold what had been entered by then, and no review but the office's own
checks: reviews are made only of cases that a plan drew, by the graders of the demo, who err as
they do there, and come back over the use case that takes in facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo import TRUTH, make_demo
from cases.demo.files import write_csv
from cases.demo.reviews.drawn import GRADES, NEW_GRADE, NEW_RULES, OLD_GRADE, STEPS
from cli.files.office import workspace_of
from cli.loop.job import Round
from cli.loop.rounds import Ended, do, due_now
from ledger.ledger import Ledger
from models.registry import Registry
from serving.kept.plan import read_plan
from serving.leases.lease import leased
from serving.memory.checking import coming
from serving.use_cases.context import ServiceContext
from serving.work.runs import LEASE

CHECKS = ("check", "verification")
KEPT_AS_IT_IS = ("handlers.csv", "recusals.csv", "reviewers.csv")
AT_CLOSING = ("closed_at", "outcome", "worked_days")


def silent(what: object, done: float) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class LivingOffice:
    """`whole` is the demo with all that ever happens, `folder` the office with its exports.

    `truth` has of every case `probability`, `reviewer` who will grade it if it is drawn, and
    the `grade` that will be given; `defect` says whether that is a defect.
    """

    whole: Path
    folder: Path
    truth: pl.DataFrame

    @classmethod
    def made(cls, place: Path, cases: int, seed: int, schedules: str, share: float) -> LivingOffice:
        """A new office with these schedules (TOML), of whose cases a share can be reviewed."""
        whole, folder = place / "whole", place / "office"
        described = make_demo(whole, cases=cases, seed=seed).read_text("utf-8")
        folder.mkdir()
        (folder / "office.toml").write_text(_adapted(described, schedules, share), "utf-8")
        for name in KEPT_AS_IT_IS:
            (folder / name).write_bytes((whole / name).read_bytes())
        return cls(whole, folder, _truth(whole, seed))

    @property
    def office(self) -> Path:
        """The office file."""
        return self.folder / "office.toml"

    @property
    def home(self) -> Path:
        """Where everything is kept."""
        return self.folder / ".triage"

    def export(self, now: datetime) -> None:
        """Write the tables as they are at a moment."""
        events = pl.read_parquet(self.whole / "events.parquet").filter(pl.col("recorded_at") < now)
        cases = pl.read_csv(self.whole / "cases.csv", infer_schema=False)
        cases = cases.filter(pl.col("opened_at") < now.isoformat())
        is_closed = pl.col("closed_at") < now.isoformat()
        had = {
            activity: pl.col("case_id").is_in(_cases_with(events, activity).implode())
            for activity in ("assigned", "plea_discussed")
        }
        cases = cases.with_columns(
            *(pl.when(is_closed).then(name).alias(name) for name in AT_CLOSING),
            pl.when(had["assigned"]).then("handler").alias("handler"),
            pl.when(had["plea_discussed"]).then("guilty_plea").alias("guilty_plea"),
        )
        events.write_parquet(self.folder / "events.parquet")
        write_csv(cases, self.folder / "cases.csv")
        for name, at in (("reviews.csv", "reviewed_at"), ("overrides.csv", "at")):
            rows = pl.read_csv(self.whole / name, infer_schema=False)
            rows = rows.filter(pl.col(at) < now.isoformat())
            if name == "reviews.csv":
                rows = rows.filter(pl.col("kind").is_in(CHECKS))
            write_csv(rows, self.folder / name)

    def review(self, plan: Path) -> int:
        """The reviews of a plan come back over the month after it; how many there are."""
        kept = read_plan(plan)
        as_of = datetime.fromisoformat(kept.manifest["parameters"]["as_of"])
        drawn = kept.frame.filter(pl.col("case_id").is_in(list(kept.listed)))
        lines = drawn.join(self.truth, on="case_id", maintain_order="left")
        rows = [
            {
                "case_id": case_id,
                "reviewed_at": as_of + timedelta(days=day),
                "reviewer": reviewer,
                "kind": "random",
                "grade": _in_codes_of(grade, as_of + timedelta(days=day)),
                "inclusion_probability": probability,
            }
            for case_id, probability, reviewer, grade, day in lines.select(
                "case_id", "inclusion_probability", "reviewer", "grade", "day"
            ).iter_rows()
        ]
        workspace = workspace_of(self.office)
        now = workspace.present()
        context = ServiceContext(now.tables, Registry(self.home).champion(now.tables.office))
        with Ledger.at(self.home) as ledger:
            ledger.append(coming(context, "reviews", plan.name, rows).entry)
        return len(rows)


def run_round(office: Path, now: datetime, seed: str, seconds: float = 60.0) -> list[Ended]:
    """What `triage run-due` does."""
    workspace = workspace_of(office)
    with (
        Ledger.at(workspace.home) as ledger,
        leased(workspace.home, LEASE, seconds) as lease,
    ):
        this = Round(workspace, ledger, lease, now, silent, seed)
        return list(do(this, due_now(this.office, ledger, now)))


def _adapted(described: str, schedules: str, share: float) -> str:
    """The office file of the demo without complexity, and with other schedules and capacity."""
    text = re.sub(r"(?s)\[complexity\].*?\n\n", "", described)
    text = re.sub(r"(?s)\[\[schedules\]\].*?(?=\n\[notices\])", schedules, text)
    return re.sub(r"capacity_share = \S+", f"capacity_share = {share}", text)


def _truth(whole: Path, seed: int) -> pl.DataFrame:
    """What is true of every case, and what its review will say."""
    defects = pl.read_parquet(whole / "truth_defects.parquet")
    known = pl.read_parquet(whole / TRUTH).join(defects, on="case_id", maintain_order="left")
    people = pl.read_parquet(whole / "truth_reviewers.parquet")
    rng = np.random.default_rng([seed, 9])
    who = rng.integers(0, people.height, known.height)
    seen = known["badness"].to_numpy() + people["severity"].to_numpy()[who]
    grade = np.searchsorted(STEPS, seen)
    return known.select(
        "case_id",
        probability="defect_probability",
        reviewer=people["reviewer"].gather(who),
        grade=pl.Series([GRADES[place] for place in grade]),
        defect=pl.Series(seen > 0),
        day=pl.Series(rng.integers(3, 25, known.height)),
    )


def _cases_with(events: pl.DataFrame, activity: str) -> pl.Series:
    return events.filter(pl.col("activity") == activity)["case_id"].unique()


def _in_codes_of(grade: str, day: datetime) -> str:
    return OLD_GRADE if grade == NEW_GRADE and day < NEW_RULES else grade
