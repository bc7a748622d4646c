"""Overruns named ahead, beside the clock alone.

    python benchmarks/overruns.py OFFICE.toml [--data DIR] [--share 0.8] [--days 7]

A model is trained on what was known when the last fifth of the cases (by their start) began. Each
clock of these cases is looked at on the evening on which it has `--days` days left for the first
time since it started (a clock that starts anew is another one). Of those that have ended it prints,
for each limit and for all: how many were overrun; how many of these could be named so early at all;
the curve of precision against recall, recall being of all later overruns; and beside it the clock
alone (each clock that comes so far) and "alert when 80 % of the limit is used". What the model says
is compared with what became of them (mean probability, share, AUC). With the threshold that would
have been right before the split (`--precision` of alarms, by a model of earlier looks) it says what
the alarms would have been.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from cases.numeric import Flags, Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables, moments_of, rows
from cases.tables.values import TIME
from features.build import build, known_at
from features.catalogue import running_features
from features.feature import LIMIT
from models.questions.overruns import OverrunModel
from policies.clocks.clocks import clocks_of, judged_at
from policies.clocks.days import Calendar
from policies.clocks.reading import Reading, State
from policies.clocks.waiting import waiting_clocks
from training.labels import effort_labels
from training.running.overruns import fit_overruns, overrun_labels, overrun_table

FOLLOWED = ("case_id", LIMIT, "overrun", "moment", "used")
RECALLS = (0.2, 0.4, 0.6, 0.8, 0.9)
LONGEST = 1500  # days for which a case is followed


@dataclass(frozen=True)
class Followed:
    """A clock from its start to its end or a new start: whether it was overrun, and two evenings.

    `ahead` is the first with so many days left, `used` the first with so much of it used; None if
    it did not come so far while it ran.
    """

    case_id: str
    limit: str
    overrun: bool = False
    ahead: datetime | None = None
    used: datetime | None = None


def main() -> None:
    """Read, train, follow, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("office", type=Path)
    arguments.add_argument("--data", type=Path, help="the folder of the tables, if not beside it")
    arguments.add_argument("--days", type=int, default=7)
    arguments.add_argument("--precision", type=float, default=0.85)
    chosen = arguments.parse_args()
    tables = read_tables(load_office(chosen.office), chosen.data or chosen.office.parent)
    report(tables, chosen.days, chosen.precision)


def report(tables: Tables, days: int, precision: float) -> None:
    """Print all figures."""
    cases = effort_labels(tables, tables.latest_record)
    cut = cases["moment"].sort()[int(0.8 * cases.height)]
    labels = overrun_labels(tables, cut)
    x = overrun_table(tables, labels)
    early = labels.filter(pl.col("moment") <= labels["moment"].quantile(0.75, "lower"))
    late = labels.filter(pl.col("moment") > early["moment"].max())
    model = fit_overruns(x, labels, tables.office)
    before = fit_overruns(x, early, tables.office)
    clocks = labels.unique(["case_id", LIMIT])
    print(
        f"{clocks.height:,} clocks by {cut:%Y-%m-%d}, {clocks['y'].sum():,} of them overrun, "
        f"looked at {labels.height:,} times; {model.choice_.kind}"
    )
    tried = late.join(x, on=["case_id", "moment"], how="left", maintain_order="left")
    limit_at = threshold(
        before.predict(tried), late["y"].to_numpy() == 1, late["weight"].to_numpy(), precision
    )
    later = cases.filter(pl.col("moment") > cut)["case_id"].to_list()
    followed = follow(tables, later, days)
    print_limits(tables, followed, model, days, limit_at)


def with_features(tables: Tables, at: pl.DataFrame) -> pl.DataFrame:
    """`case_id, moment` and the features of running cases."""
    return rows(build(tables, moments_of(at), running_features(tables.office)))


def threshold(score: Floats, y: Flags, weight: Floats, precision: float) -> float:
    """The lowest probability from which on so many alarms were true; above 1 if none is."""
    order = np.argsort(-score)
    true = np.cumsum((weight * y)[order]) / np.cumsum(weight[order])
    enough = np.flatnonzero(true >= precision)
    return float(score[order][enough[-1]]) if enough.size else 2.0


def follow(tables: Tables, case_ids: list[str], days: int) -> list[Followed]:
    """The clocks of these cases, day by day, as they truly stood, from their start or a new one."""
    office, calendar, end = tables.office, Calendar.of(tables), tables.latest_record
    moments = pl.DataFrame({"case_id": case_ids}).with_columns(moment=pl.lit(end, TIME))
    found = []
    for one in judged_at(tables, known_at(tables, moments_of(moments))):
        course = one.course
        last_day = min(course.closed_at or end, end, course.opened_at + timedelta(days=LONGEST))
        day, runs = course.opened_at.date(), dict[tuple[str, date], Followed]()
        while day <= last_day.date():
            evening = datetime.combine(day, time.max)
            for reading in clocks_of(office.limits, calendar, course, evening):
                if reading.started_on is not None:
                    key = (reading.code, reading.started_on)
                    before = runs.get(key, Followed(course.case_id, reading.code))
                    runs[key] = _seen(before, reading, evening, days)
            day += timedelta(days=1)
        last = dict(runs.keys())  # the last start of each
        found += [
            run
            for (code, started), run in runs.items()
            # What goes on at the end of the records is not known yet.
            if run.overrun or course.closed_at is not None or started < last[code]
        ]
    return found


def _seen(run: Followed, reading: Reading, evening: datetime, days: int) -> Followed:
    """What is known of a clock after one more evening; `ahead` has exactly so many days left."""
    running = reading.state is State.RUNNING and reading.left >= 0
    used = running and reading.used >= 0.8 * reading.allowed
    return replace(
        run,
        overrun=run.overrun or reading.overrun_by > 0,
        ahead=run.ahead or (evening if running and reading.left == days else None),
        used=run.used or (evening if used else None),
    )


def print_limits(
    tables: Tables, followed: list[Followed], model: OverrunModel, days: int, limit_at: float
) -> None:
    """Print the figures of each limit, and of all."""
    frame = pl.DataFrame(
        [(one.case_id, one.limit, one.overrun, one.ahead, one.used) for one in followed],
        schema={
            "case_id": pl.String,
            LIMIT: pl.String,
            "overrun": pl.Boolean,
            "moment": TIME,
            "used": TIME,
        },
        orient="row",
    )
    asked = frame.drop_nulls("moment")
    at = asked.select("case_id", "moment").unique()
    clocks = waiting_clocks(tables, at).join(with_features(tables, at), on=["case_id", "moment"])
    said = clocks.select("case_id", "moment", LIMIT, p=pl.Series(model.predict(clocks)))
    frame = frame.join(said, on=["case_id", "moment", LIMIT], how="left")
    limits = [*frame[LIMIT].unique().sort()]
    for limit in [*limits, *(["all"] if len(limits) > 1 else [])]:
        part = frame if limit == "all" else frame.filter(pl.col(LIMIT) == limit)
        print_limit(limit, part, days, limit_at)


def print_limit(limit: str, part: pl.DataFrame, days: int, limit_at: float) -> None:
    """The figures of one limit."""
    overrun = int(part["overrun"].sum())
    asked = part.drop_nulls("p")
    y, p = asked["overrun"].to_numpy(), asked["p"].to_numpy()
    print(
        f"\n{limit}: {part.height:,} clocks that ended, {overrun:,} overrun, of which {y.sum():,} "
        f"ran with {days} days left; {asked.height:,} clocks came so far"
    )
    if not overrun or not len(y):
        return
    auc = roc_auc_score(y, p) if 0 < y.sum() < len(y) else float("nan")
    print(f"  said {p.mean():.1%} of those that came so far, true {y.mean():.1%}, AUC {auc:.3f}")
    used = part.drop_nulls("used")
    for name, alarms in (("the clock alone", asked), ("80 % used", used)):
        hits = int(alarms["overrun"].sum())
        print(
            f"  {name:20} precision {hits / max(alarms.height, 1):.1%} recall {hits / overrun:.1%} "
            f"({alarms.height:,} alarms)"
        )
    order = np.argsort(-p, kind="stable")
    true = np.cumsum(y[order])
    for recall in RECALLS:
        needed = int(np.ceil(recall * overrun))
        if needed > true[-1]:
            print(f"  model                recall {recall:.0%} cannot be reached")
            continue
        count = int(np.searchsorted(true, needed)) + 1
        print(
            f"  model                precision {needed / count:.1%} recall {needed / overrun:.1%} "
            f"({count:,} alarms, from {p[order][count - 1]:.2f})"
        )
    named = p >= limit_at
    print(
        f"  from {limit_at:.2f} (set before)  precision {y[named].sum() / max(named.sum(), 1):.1%} "
        f"recall {y[named].sum() / overrun:.1%} ({named.sum():,} alarms)"
    )


if __name__ == "__main__":
    main()
