"""Tests of the demo office's reviewers."""

from __future__ import annotations

import polars as pl

from cases.demo.people import REVIEWER_CODES
from cases.tables.tables import Tables


def test_all_who_reviewed_are_reviewers(tables: Tables) -> None:
    """The reviewer table has the names of the review table; some have no unit, some are absent."""
    reviewers = tables.reviewer_rows
    assert reviewers["reviewer"].to_list() == REVIEWER_CODES
    assert {*tables.review_rows["reviewer"]} == {*REVIEWER_CODES}
    assert 0 < reviewers["unit"].null_count() < reviewers.height
    assert reviewers["absent_until"].drop_nulls().len() == 2
    assert {*reviewers["unit"].drop_nulls()} <= {*tables.case_rows["unit"]}


def test_reviewers_are_recused_from_closed_cases(tables: Tables) -> None:
    """Handlers from parties, reviewers from cases."""
    recused = tables.recusal_rows
    of_reviewers = recused.filter(pl.col("handler").is_in(REVIEWER_CODES))
    cases = tables.of_cases("cases", of_reviewers["case_id"])
    assert cases["closed_at"].null_count() == 0
    assert 8 <= of_reviewers.height == cases.height <= 10
    assert recused.filter(pl.col("party").is_not_null()).height == 12
