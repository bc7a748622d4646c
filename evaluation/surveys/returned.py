"""The reviews that came back after a plan was drawn, as its estimate takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import polars as pl

from cases.office.model import Office
from cases.office.reviews import CHECKS
from cases.tables.tables import Tables, rows
from cases.tables.values import listed
from features.as_of import closing_moments, final_reviews, reviewed_by
from features.conditions import satisfying
from policies.spot_check.plan import PlanParameters

OutsideReason = Literal["reviewed", "missing"]


def returned(
    tables: Tables, after: datetime, until: datetime, closings: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What reviews made after `after` and final by `until` found.

    Columns `case_id, defect, place, dimensions`: `place` is the grade's place among the present
    grades, 0 the best; `dimensions` lists the present ones that are named. Of several reviews of
    a case the first that became final counts (of those of one moment, the first in the
    table); a second reading checks the reviewer. Where `closings` says when a case was closed
    again (`case_id, closed_again_at`, perhaps null), later reviews are of its next closing.
    """
    reviews = rows(final_reviews(tables, until)).filter(pl.col("reviewed_at") > after)
    if closings is not None:
        reviews = of_closings(reviews, closings)
    return first_found(tables.office, reviews)


def second_readings(
    tables: Tables, after: datetime, until: datetime, closings: pl.DataFrame
) -> pl.DataFrame:
    """Whether two reviewers found a defect: `case_id, defect, second` (1 for a defect).

    Of the reviews that `returned` takes, the first of each case and the first by another
    reviewer, of cases in `closings` that have both.
    """
    reviews = rows(final_reviews(tables, until)).filter(pl.col("reviewed_at") > after)
    known = of_closings(reviews, closings).filter(
        pl.col("grade").is_in(list(tables.office.grade_ranks)), pl.col("reviewer").is_not_null()
    )
    in_order = known.sort("known_at", maintain_order=True)
    others = in_order.filter(pl.col("reviewer") != pl.col("reviewer").first().over("case_id"))
    first, second = (first_found(tables.office, part) for part in (in_order, others))
    twice = first.join(second, on="case_id", suffix="_second", maintain_order="left")
    return twice.select("case_id", "defect", second="defect_second")


def of_closings(reviews: pl.DataFrame, closings: pl.DataFrame) -> pl.DataFrame:
    """Of `reviews` of the cases in `closings` those made before the case was closed again."""
    again = pl.col("closed_again_at")
    before = again.is_null() | (pl.col("reviewed_at") < again)
    ended = closings.select("case_id", "closed_again_at")
    joined = reviews.join(ended, on="case_id", maintain_order="left")
    return joined.filter(before).drop("closed_again_at")


def own_checks(tables: Tables, by: datetime) -> pl.DataFrame:
    """Which cases the office's own checks had passed `by` then.

    Columns `case_id, self_check, verification`: false where a check found a defect, null where
    there was none; of several checks of one kind the last counts.
    """
    return last_checks(tables.office, rows(tables.checks).filter(pl.col("reviewed_at") <= by))


def last_checks(office: Office, checks: pl.DataFrame) -> pl.DataFrame:
    """As `own_checks`, of these rows of the review table."""
    passed = ~pl.col("grade").is_in(sorted(office.defect_grades))
    last = {
        kind: passed.filter(pl.col("kind").is_in(office.kinds_called(kind))).last()
        for kind in CHECKS
    }
    in_order = checks.sort("reviewed_at", maintain_order=True)
    return in_order.group_by("case_id", maintain_order=True).agg(**last)


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
        dimensions=listed(pl.col("dimensions"), office.present_dimensions),
    )


def outside(
    tables: Tables, frame: pl.DataFrame, parameters: PlanParameters
) -> dict[OutsideReason, int]:
    """Cases closed in the time of a plan that its frame does not hold, counted by the reason.

    The rate of the frame does not speak for them. Of the cases the risk model is for
    (`risk.among`), as they are known now.
    """
    closed = closing_moments(tables, after=parameters.closed_after, until=parameters.as_of)
    judged = satisfying(tables, closed, tables.office.risk.among)
    others = rows(judged.select("case_id")).join(frame, on="case_id", how="anti")
    reviewed = rows(reviewed_by(tables, parameters.as_of).select("case_id"))
    before = others.join(reviewed, on="case_id", how="semi").height
    counts: dict[OutsideReason, int] = {"reviewed": before, "missing": others.height - before}
    return {reason: count for reason, count in counts.items() if count}


def usual_places(office: Office) -> tuple[float, float] | None:
    """The mean places of the present grades that are no defect, and of those that are.

    None where every grade is a defect or none is.
    """
    good, bad = (
        {
            place
            for code, place in office.grade_ranks.items()
            if (code in office.defect_grades) is defect
        }
        for defect in (False, True)
    )
    return (sum(good) / len(good), sum(bad) / len(bad)) if good and bad else None
