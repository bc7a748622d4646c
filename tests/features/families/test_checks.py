"""Features of the office's own checks."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.tables.tables import REVIEWS, Tables, case_columns, moments_of, rows
from features.build import build
from features.catalogue import risk_features
from tests.factories import office as factories

KINDS = {"own": "self_check", "other": "verification", "random": "review"}
OFFICE = factories.office(reviews=factories.OFFICE["reviews"] | {"kinds": KINDS})
CHECKS = """
case_id | reviewed_at | kind   | grade
a       | 2024-01-10  | own    | bad
a       | 2024-01-12  | own    | good
a       | 2024-01-13  | other  | bad
a       | 2024-02-10  | own    | bad
a       | 2024-01-11  | random | bad
"""
NAMES = (
    "checks.self_check_made",
    "checks.self_check_failed",
    "checks.verification_made",
    "checks.verification_failed",
)


@pytest.mark.parametrize(
    ("day", "counts"),
    [(9, (0, 0, 0, 0)), (10, (1, 1, 0, 0)), (31, (2, 1, 1, 1))],
)
def test_checks_count_once_made(day: int, counts: tuple[float, ...]) -> None:
    """By the end of that day in January; a review is no check, and later checks are not known."""
    cases = factories.rows("case_id | opened_at\na | 2024-01-01", case_columns(OFFICE))
    tables = Tables.of(OFFICE, cases, reviews=factories.rows(CHECKS, REVIEWS))
    moment = pl.DataFrame({"case_id": ["a"], "moment": [datetime(2024, 1, day, 23)]})
    moments = moments_of(moment.with_columns(pl.col("moment").cast(pl.Datetime("us"))))
    assert rows(build(tables, moments, NAMES)).select(NAMES).rows() == [counts]


def test_an_office_without_checks_has_no_such_feature() -> None:
    """Only kinds that the office file names become features, of closed cases."""
    assert not any(name.startswith("checks.") for name in risk_features(factories.office()))
    assert set(NAMES) <= set(risk_features(OFFICE))
