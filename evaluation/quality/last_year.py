"""What the reviews of the last year found, for which hours, and what a random choice would have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from cases.tables.tables import Tables
from evaluation.statistics.metrics import Figure
from features.grades import counting

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class LastYear:
    """The `cases` whose first final review was made in a year, and how many had a defect by it.

    `at_random` is how many of as many cases drawn at random would have had one, by the rate of
    all cases; it is withheld where that is. `timed` of all final `reviews` made in the year have
    their hours recorded, `hours` in all.
    """

    cases: int
    defects: int
    reviews: int
    at_random: Figure
    timed: int
    hours: float


def last_year(
    tables: Tables, graded: pl.DataFrame, rate: Figure | None, until: datetime
) -> LastYear:
    """Of the `graded` reviews, rows of the review table, those of the year that ends `until`."""
    in_year = pl.col("reviewed_at").is_between(until - YEAR, until, closed="right")
    made, cases = graded.filter(in_year), counting(graded).filter(in_year)
    return LastYear(
        cases=cases.height,
        defects=cases.filter(pl.col("grade").is_in(sorted(tables.office.defect_grades))).height,
        reviews=made.height,
        at_random=_times(rate, cases.height),
        timed=made["hours"].count(),
        hours=float(made["hours"].sum()),
    )


def _times(rate: Figure | None, cases: int) -> Figure:
    """How many of so many cases have a defect at this rate."""
    if rate is None or rate.value is None or rate.low is None or rate.high is None:
        return Figure.of_few(0)
    value, low, high = (cases * share for share in (rate.value, rate.low, rate.high))
    return Figure(value, low, high, rate.n)
