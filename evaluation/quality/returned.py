"""The reviews that came back after a plan was drawn, as its estimate takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import polars as pl

from cases.office.model import Office
from cases.tables.tables import Tables, rows
from features.as_of import closing_moments, final_reviews, reviewed_by
from features.conditions import satisfying
from policies.spot_check.plan import PlanParameters

Reason = Literal["reviewed", "missing"]


def returned(tables: Tables, after: datetime, until: datetime) -> pl.DataFrame:
    """What reviews made after `after` and final by `until` found: `case_id, defect, place`.

    `place` is the grade's place among the present ones, 0 the best. Of several reviews of
    a case the first that became final counts (of those of one moment, the first in the
    table); a second reading checks the reviewer.
    """
    reviews = rows(final_reviews(tables, until))
    return first_found(tables.office, reviews.filter(pl.col("reviewed_at") > after))


def first_found(office: Office, reviews: pl.DataFrame) -> pl.DataFrame:
    """What the first of each case's final `reviews` found: the columns of `returned`."""
    graded = pl.col("grade").is_in(list(office.grade_ranks))
    first = (
        reviews.filter(graded)
        .sort("known_at", maintain_order=True)
        .unique("case_id", keep="first", maintain_order=True)
    )
    return first.select(
        "case_id",
        defect=pl.col("grade").is_in(sorted(office.defect_grades)).cast(pl.Float64),
        place=pl.col("grade").replace(office.grade_ranks).cast(pl.Float64),
    )


def outside(tables: Tables, frame: pl.DataFrame, wish: PlanParameters) -> dict[Reason, int]:
    """Cases closed in the time of a plan that its frame does not hold, counted by the reason.

    The rate of the frame does not speak for them. Of the cases the risk model is for
    (`risk.among`), as they are known now.
    """
    closed = closing_moments(tables, after=wish.closed_after, until=wish.as_of)
    asked = satisfying(tables, closed, tables.office.risk.among)
    others = rows(asked.select("case_id")).join(frame, on="case_id", how="anti")
    reviewed = rows(reviewed_by(tables, wish.as_of).select("case_id"))
    before = others.join(reviewed, on="case_id", how="semi").height
    found: dict[Reason, int] = {"reviewed": before, "missing": others.height - before}
    return {reason: count for reason, count in found.items() if count}


def usual_places(office: Office) -> tuple[float, float] | None:
    """The mean places of the present grades that are no defect, and of those that are.

    None where every grade is one or none is.
    """
    good, bad = (
        {
            place
            for code, place in office.grade_ranks.items()
            if (code in office.defect_grades) is no
        }
        for no in (False, True)
    )
    return (sum(good) / len(good), sum(bad) / len(bad)) if good and bad else None
