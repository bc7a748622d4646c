"""What the office's own checks miss, from the review table alone.

As the rates of `office_quality.py`: each review of known inclusion probability stands for
1 / probability cases. An office that draws plans has the sharper estimate of
`evaluation/surveys/own_check.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from cases.office.reviews import ReviewKind
from cases.tables.tables import Tables, rows
from cases.tables.values import listed
from evaluation.quality.office_quality import (
    graded_reviews,
    judged_cases,
    of_known_probability,
    reviewed,
)
from evaluation.statistics.known_probability import share_among
from evaluation.statistics.metrics import FEWEST, Figure
from evaluation.surveys.caught import caught_by_dimension
from evaluation.surveys.own_check import OwnCheck
from evaluation.surveys.returned import last_checks
from training.labels import representative


def checks_by_reviews(tables: Tables, until: datetime) -> Mapping[ReviewKind, OwnCheck]:
    """What reviews final by `until` say of each kind of check that passed and failed cases.

    Of the first review of known inclusion probability of each case that the risk model is for and
    that came to its moment by `until`; empty if these cannot speak for the others. Checks made
    after the review are left out: they may have been made because of it.
    """
    office, cases = tables.office, judged_cases(tables, until)
    drawn = reviewed(tables, cases, of_known_probability(graded_reviews(tables, until)))
    if not representative(drawn["inclusion_probability"], cases.height):
        return {}
    passed = _passed_before(tables, drawn, until).join(cases, on="case_id", how="semi")
    found = drawn.join(passed, on="case_id").with_columns(
        listed(pl.col("dimensions"), office.present_dimensions)
    )
    return {
        kind: _own_check(passed[kind], found.filter(pl.col(kind).is_not_null()), kind, tables)
        for kind in office.check_kinds
        if passed[kind].any() and not passed[kind].all()
    }


def _passed_before(tables: Tables, drawn: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """`own_checks` of the checks made by `until` and, of reviewed cases, before the review."""
    reviews = drawn.select("case_id", review="reviewed_at")
    checks = rows(tables.checks).join(reviews, on="case_id", how="left", maintain_order="left")
    made = pl.min_horizontal(pl.lit(until), "review")
    return last_checks(tables.office, checks.filter(pl.col("reviewed_at") <= made))


def _own_check(
    passed: pl.Series, found: pl.DataFrame, kind: ReviewKind, tables: Tables
) -> OwnCheck:
    defects = found.filter(pl.col("y") == 1).with_columns(failed=~pl.col(kind))
    return OwnCheck(
        passed=int(passed.sum()),
        failed=int((~passed).sum()),
        missed=_share(found.filter(kind)),
        caught=_share(defects.with_columns(y=pl.col("failed").cast(pl.Float64))),
        by_dimension=caught_by_dimension(defects, tables.office.dimension_names),
    )


def _share(reviewed: pl.DataFrame) -> Figure:
    return share_among(reviewed) if reviewed.height >= FEWEST else Figure.withheld(reviewed.height)
