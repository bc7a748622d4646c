"""Breaches of the process that cases of the demo are known to have, each of a rule of the office.

A breach moves, drops or mislabels one step, and changes nothing else of its case.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from cases.demo.clock import END, LAST_DAY
from cases.demo.daily import ACTIVITIES
from cases.demo.draws import Draws, col
from cases.demo.process import arrest

ALL_ENTERED = 30  # days before the end: until it is entered, rights seem not to be told at all
TOLD_FIRST = ~arrest & (col("plea_discussed") > col("opened") + 9)
# By rule: which cases can break it, so that they break no other, and the share of them that do.
POSSIBLE = {
    "approved_before_deciding": (pl.lit(value=True), 0.002),
    "approved_by_the_head": (pl.lit(value=True), 0.002),
    "told_within_three_days": (TOLD_FIRST, 0.006),
    "told_before_the_plea": (~arrest & (col("notified") > col("assigned") + 0.05), 0.003),
    "told_entered_in_time": (
        ~arrest & (col("decided") > col("opened") + 14) & (col("opened") < LAST_DAY - ALL_ENTERED),
        0.003,
    ),
    "committee_before_approval": (col("committee").is_not_null(), 0.03),
}
IN_BULK = "no_bulk_entries"
EVENINGS, LEAST_ENTRIES = 12, 10  # at 20,000 cases in all
FRIDAY = 4
FIRST_ENTRY, BETWEEN = timedelta(hours=21), timedelta(seconds=15)


def with_breaches(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with `breach`, the rule that a case breaks (null for most), and its steps so.

    New columns are also `notified_recorded`, when it was entered that rights were told, and
    `approved_alone`, whether the handler approved.
    """
    draw = Draws(rng, cases.height)
    broken = [
        pl.when(can & draw.happens(share)).then(pl.lit(rule))
        for rule, (can, share) in POSSIBLE.items()
    ]
    cases = cases.with_columns(breach=pl.coalesce(broken))
    late, lag = col("opened") + 5 + 3 * draw.share(), 8 + 4 * draw.share()
    changed = {
        "approved": ("approved_before_deciding", pl.lit(None, pl.Float64)),
        "notified": ("told_within_three_days", late),
        "plea_discussed": ("told_before_the_plea", (col("assigned") + col("notified")) / 2),
        "committee": ("committee_before_approval", (col("approved") + col("decided")) / 2),
    }
    return cases.with_columns(
        pl.when(col("breach") == rule).then(day).otherwise(step).alias(step)
        for step, (rule, day) in changed.items()
    ).with_columns(
        notified_recorded=col("notified")
        + pl.when(col("breach") == "told_entered_in_time").then(lag).otherwise(0.0),
        approved_alone=(col("breach") == "approved_by_the_head").fill_null(value=False),
    )


def entered_in_bulk(
    rng: np.random.Generator, events: pl.DataFrame, cases: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`events`, some of which were entered together on a Friday evening; and the truth of that.

    Somebody then enters their day-to-day work of the week, of cases that are still open. The
    truth is as `truth_of_breaches` has it.
    """
    friday = col("at").dt.truncate("1d") + pl.duration(days=FRIDAY + 1 - col("at").dt.weekday())
    events = events.with_row_index("event").with_columns(evening=friday + FIRST_ENTRY)
    of_week = events.filter(
        col("activity").is_in(ACTIVITIES),
        col("recorded_at") <= col("evening"),
        col("evening") < END,
        col("evening") + timedelta(hours=1) < col("closed_at"),
    )
    weeks = of_week.group_by("actor", "evening").len().filter(col("len") >= LEAST_ENTRIES)
    count = min(weeks.height, max(1, round(EVENINGS * cases.height / 20_000)))
    chosen = weeks.sort("actor", "evening")[rng.choice(weeks.height, count, replace=False)]
    turn = pl.int_range(pl.len()).over("actor", "evening")
    entered = of_week.join(chosen, on=["actor", "evening"], how="semi").select(
        "event", "case_id", entered=col("evening") + turn * BETWEEN
    )
    events = events.join(entered.drop("case_id"), on="event", how="left", maintain_order="left")
    truth = entered.select("case_id", rule=pl.lit(IN_BULK)).unique(maintain_order=True)
    return events.with_columns(recorded_at=pl.coalesce("entered", "recorded_at")), truth


def truth_of_breaches(cases: pl.DataFrame, in_bulk: pl.DataFrame) -> pl.DataFrame:
    """truth_breaches.parquet: `case_id` and the `rule` that is broken, or will be."""
    own = cases.filter(col("breach").is_not_null()).select("case_id", rule="breach")
    return pl.concat([own, in_bulk]).sort("case_id", "rule")
