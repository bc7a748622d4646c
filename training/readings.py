"""Which grades can be compared: of the same case, or of cases that concern the same subject."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import Tables, rows
from features.as_of import final_readings


def shared_readings(tables: Tables, until: datetime) -> pl.DataFrame:
    """The grades that are final by `until` of cases with grades of two reviewers or more.

    Columns `case_id`, `reviewer`, `rank` (of the grade, 0 the best) and `y` (1 for a
    defect), sorted by the first two; of several reviews of a case by one reviewer the first.
    """
    several = pl.len().over("case_id") > 1
    readings = _readings(tables, until).filter(several).sort("case_id", "reviewer")
    return readings.select("case_id", "reviewer", "rank", "y")


def like_readings(tables: Tables, until: datetime) -> pl.DataFrame:
    """The grades final by `until` that can be compared with those of other reviewers.

    Columns `alike`, `group`, `case_id`, and `reviewer`, `rank`, `y` as `shared_readings`. The
    readings of a group, of two reviewers or more, are of one case (`alike` is "case"), or
    the first readings of cases of one subject ("subject"; `reviews.same_subject` of the office
    file). A reading can stand in both.
    """
    readings = _readings(tables, until)
    parts = [readings.with_columns(alike=pl.lit("case"), group="case_id")]
    reviews = tables.office.reviews
    if reviews is not None and reviews.same_subject is not None:
        subjects = tables.case_rows.select("case_id", group=reviews.same_subject).drop_nulls()
        first = readings.unique("case_id", keep="first", maintain_order=True)
        of_subjects = first.join(subjects, on="case_id", maintain_order="left")
        parts.append(of_subjects.with_columns(alike=pl.lit("subject")))
    columns = ("alike", "group", "case_id", "reviewer", "rank", "y")
    like = pl.concat([part.select(columns) for part in parts])
    like = like.filter(pl.col("reviewer").n_unique().over("alike", "group") > 1)
    return like.sort("alike", "group", "case_id", "reviewer")


def _readings(tables: Tables, until: datetime) -> pl.DataFrame:
    """The first final grade of each case by each reviewer, in the order they became known."""
    office = tables.office
    graded = pl.col("grade").is_in(list(office.grade_ranks))  # none in an office without grades
    known = rows(final_readings(tables, until)).filter(graded, pl.col("reviewer").is_not_null())
    known = known.sort("known_at", "grade")
    readings = known.unique(["case_id", "reviewer"], keep="first", maintain_order=True)
    return readings.select(
        "case_id",
        "reviewer",
        rank=pl.col("grade").replace(office.grade_ranks).cast(pl.Int64),
        y=pl.col("grade").is_in(sorted(office.defect_grades)).cast(pl.Int8),
    )
