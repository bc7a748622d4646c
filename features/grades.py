"""Which grade of a case counts, where it has several."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cases.office.reviews import CONSOLIDATED, SECOND

TIES = ("reviewed_at", "grade")


def counting(reviews: pl.DataFrame, ties: Sequence[str] = TIES) -> pl.DataFrame:
    """Of final reviews (`features.as_of.final_reviews`) the one of each case that counts.

    The consolidated one where there is one, else the first that became final: later ones are
    often made because of it. Of several of one moment it is not the second reading, if that can be
    told, then the lowest in the columns `ties`, then the first in the table. A consolidated grade
    has no `reviewer`: it is nobody's alone.
    """
    reading = pl.col("reading").fill_null("")
    is_alone = reading != CONSOLIDATED
    return (
        reviews.sort(is_alone, "known_at", reading == SECOND, *ties, maintain_order=True)
        .unique("case_id", keep="first", maintain_order=True)
        .with_columns(pl.when(is_alone).then("reviewer"))
    )


def of_last_closing(reviews: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """Of the `reviews` of each case those made since it was closed; all, if none was.

    An earlier one is of an earlier closing, of a case that was opened again. `cases` has
    `case_id, closed_at`. Days are compared: many offices date reviews by the day alone.
    """
    closed = cases.select("case_id", closing=pl.col("closed_at").dt.date())
    joined = reviews.join(closed, on="case_id", how="left", maintain_order="left")
    is_since = (pl.col("reviewed_at").dt.date() >= pl.col("closing")).fill_null(value=False)
    return joined.filter(is_since | ~is_since.any().over("case_id")).drop("closing")
