"""The reviews that came back after a plan was drawn, as its estimate takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import polars as pl

from cases.office.model import Office
from cases.office.reviews import CHECKS
from cases.tables.tables import Tables, rows
from cases.tables.values import TIME, listed
from features.as_of import final_readings, final_reviews, reviewed_by
from features.conditions import reviewable
from features.grades import counting
from policies.spot_check.plan import PlanParameters, moment_in

OutsideReason = Literal["reviewed", "missing"]


def returned(tables: Tables, frame: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """What the `answers` to a plan with this `frame` that are final by `until` found.

    Columns `case_id, defect, place, dimensions`: `place` is the grade's place among the present
    grades, 0 the best; `dimensions` lists the present ones that are named. Of several reviews of
    a case one counts (`features.grades.counting`; of those of one moment, the first in the
    table); a second reading checks the reviewer.
    """
    return found(tables.office, answers(rows(final_reviews(tables, until)), frame))


def first_returned(tables: Tables, frame: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """As `returned`, by the grades that a reviewer gave alone: no consolidated ones."""
    return found(tables.office, answers(rows(final_readings(tables, until)), frame))


def second_readings(tables: Tables, frame: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """Whether two reviewers found a defect: `case_id, defect, second` (1 for a defect).

    Of the reviews that `first_returned` takes, the first of each case and the first by another
    reviewer, of cases that have both.
    """
    known = answers(rows(final_readings(tables, until)), frame).filter(
        pl.col("grade").is_in(list(tables.office.grade_ranks)), pl.col("reviewer").is_not_null()
    )
    readers = counting(known, ties=()).select("case_id", first="reviewer")
    others = known.join(readers, on="case_id", maintain_order="left").filter(
        pl.col("reviewer") != pl.col("first")
    )
    first, second = (found(tables.office, part) for part in (known, others))
    twice = first.join(second, on="case_id", suffix="_second", maintain_order="left")
    return twice.select("case_id", "defect", second="defect_second")


def answers(reviews: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Of `reviews` those that answer a plan with this `frame`, whichever cases it drew.

    No case of a frame had a review when the plan was drawn. So whatever review of it the table
    has now came afterwards, even if it is dated on the day of the plan or before: an office that
    dates by the day alone, or enters reviews late, has such ones. A review made before the day of
    the closing is not of that closing, nor is one made from `again_at` on, where the frame has
    that (`reopened.counted_once`).
    """
    again = pl.col("again_at") if "again_at" in frame.columns else pl.lit(None, TIME)
    asked = frame.select("case_id", moment=moment_in(frame), again_at=again)
    made = pl.col("reviewed_at")
    not_before = made.dt.date() >= pl.col("moment").dt.date()
    of_next = (made >= pl.col("again_at")).fill_null(value=False)
    joined = reviews.join(asked, on="case_id", maintain_order="left")
    return joined.filter(not_before & ~of_next).drop("moment", "again_at")


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


def found(office: Office, reviews: pl.DataFrame) -> pl.DataFrame:
    """What the one of each case's final `reviews` that counts found: the columns of `returned`."""
    graded = pl.col("grade").is_in(list(office.grade_ranks))
    return counting(reviews.filter(graded), ties=()).select(
        "case_id",
        defect=pl.col("grade").is_in(sorted(office.defect_grades)).cast(pl.Float64),
        place=pl.col("grade").replace(office.grade_ranks).cast(pl.Float64),
        dimensions=listed(pl.col("dimensions"), office.present_dimensions),
    )


def outside(
    tables: Tables, frame: pl.DataFrame, parameters: PlanParameters
) -> dict[OutsideReason, int]:
    """Cases of the time of a plan that its frame does not hold, counted by the reason.

    The rate of the frame does not speak for them. Of the cases the risk model is for
    (`risk.among`), as they are known now. None are counted of a plan from when the office asked
    about another moment.
    """
    if parameters.at != tables.office.risk.at:
        return {}
    judged = reviewable(tables, after=parameters.closed_after, until=parameters.as_of)
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
