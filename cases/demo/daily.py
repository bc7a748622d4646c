"""Day-to-day work on a case: how often each thing was done, and when."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.draws import Draws, col, number
from cases.demo.process import arrest

LARGE = col("evidence_volumes").log()
STRAIN = col("overload").clip(-1, 1.5)

# Expected counts, from 0 or from 1 upwards. An overloaded handler leaves some of it out.
FROM_ZERO = {
    "interrogated": 1.25 * col("suspects") ** 0.9 * (-0.45 * STRAIN).exp(),
    "victim_heard": 0.45 * number(col("victims") > 0) * (-0.3 * STRAIN).exp(),
    "consulted": 0.7 * (-0.4 * STRAIN).exp() + 0.4 * number(col("defender")),
    "expert_asked": 0.12 + 0.12 * LARGE,
}
FROM_ONE = {
    "file_read": 0.6 + 0.5 * LARGE,
    "document_made": pl.when(arrest).then(1.6).otherwise(3.2) + 0.5 * col("returns"),
}
ACTIVITIES = (*FROM_ZERO, *FROM_ONE)
IN_LAST_STRETCH = 0.4  # of this work, where a case has come back
EVENINGS = 0.12
WEEKEND = 2


def draw_counts(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with a column per activity: how often it is done up to the decision."""
    draw = Draws(rng, cases.height)
    expected = cases.select(**FROM_ZERO, **FROM_ONE)
    counts = {name: draw.times(expected[name]) + (name in FROM_ONE) for name in ACTIVITIES}
    return cases.with_columns(**counts)


def draw_daily(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """One row for each thing done: case, day, activity, and whether it was `off` hours.

    It falls into the first or the last stretch of work; hurry and overload move it
    towards the end and out of hours.
    """
    work = pl.concat([_repeated(cases, activity) for activity in ACTIVITIES])
    draw = Draws(rng, work.height)
    again = draw.happens(IN_LAST_STRETCH)
    strain = 0.5 + 0.4 * STRAIN + 0.8 * col("haste")
    begin = pl.when(again).then("start").otherwise("start_1")
    end = pl.when(again).then("decided").otherwise("end_1")
    passed = 0.97 * draw.share() ** (1 / (1 + strain))
    return (
        work.with_columns(begin=begin, end=end)
        .with_columns(day=col("begin") + (col("end") - col("begin")) * passed)
        .select(
            "case",
            "day",
            "activity",
            # an evening comes after everything else of its day, and a weekend before the
            # Monday on which a stretch that began on it is entered: only on days well within
            off=draw.happens(EVENINGS * strain)
            & (col("day").floor() > col("begin").floor() + WEEKEND)
            & (col("day").floor() < col("end").floor()),
        )
    )


def _repeated(cases: pl.DataFrame, activity: str) -> pl.DataFrame:
    rows = np.repeat(np.arange(cases.height), cases[activity].to_numpy())
    about = ("case", "start_1", "end_1", "start", "decided", "overload", "haste")
    return cases.select(about)[rows].with_columns(activity=pl.lit(activity))
