"""Scores out of time: every case scored by a model that knew only what came before it.

Models are calibrated on such scores because that is how they are used. Quarter by quarter a
model is fitted on what was known when the quarter began, and scores the quarter's cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import polars as pl

from training.splits import rolling_origin

MOST_QUARTERS = 120  # thirty years; what is older says nothing of today
Score = Callable[[datetime, pl.DataFrame], pl.Series | None]


def out_of_time(cases: pl.DataFrame, until: datetime, score: Score) -> pl.DataFrame:
    """The cases of the last quarters with their `score` and its `origin`.

    `score(origin, later)` gives a score per row of `later`, cases with a `moment` after
    `origin`, from what was known by `origin`; None if that was too little.
    """
    scored = [cases.clear().with_columns(score=pl.lit(0.0), origin=pl.lit(until))]
    for origin, later in last_quarters(cases, until, MOST_QUARTERS):
        scores = score(origin, later)
        if scores is not None:
            scored.append(later.with_columns(scores.alias("score"), origin=pl.lit(origin)))
    return pl.concat(scored)


def last_quarters(
    cases: pl.DataFrame, until: datetime, count: int
) -> Iterator[tuple[datetime, pl.DataFrame]]:
    """Of the last `count` quarters by `until` those with cases: its origin, and its cases."""
    first, moment = cases["moment"].min(), pl.col("moment")
    if not isinstance(first, datetime):
        return
    for quarter in list(rolling_origin(first.date(), until.date(), "quarter"))[-count:]:
        later = cases.filter((moment > quarter.after) & (moment <= quarter.until))
        if later.height:
            yield quarter.after, later
