"""Cases, people and recusals as ASCII tables for the tests of assignment and of reviewers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from policies.assignment.assign import assign
from policies.assignment.eligibility import ABSENCE, CASES, HANDLERS, RECUSALS
from policies.assignment.result import AssignmentParameters, DrawnAssignment
from policies.reviewers.draw import DrawnReviewers, ReviewerParameters, draw_reviewers
from policies.reviewers.eligibility import CASES as DRAWN
from policies.reviewers.eligibility import REVIEWERS
from tests.factories.office import rows

LISTS = ("parties", "needs", "prefers")


def cases(text: str) -> pl.DataFrame:
    """Cases of one day's work each unless `effort` is stated; lists are separated by `;`."""
    flat = rows(text, {n: pl.String() if n in LISTS else kind for n, kind in CASES.items()})
    return flat.with_columns(
        pl.col(LISTS).str.split(";"),
        pl.col("effort") if "effort" in text else pl.lit(1.0).alias("effort"),
    )


def handlers(text: str) -> pl.DataFrame:
    """Handlers of unit u without load or open cases unless these are stated."""
    return _people(text, HANDLERS).with_columns(
        pl.col("unit") if "unit" in text else pl.lit("u").alias("unit"),
        pl.col("load").fill_null(0.0),
        pl.col("open_cases").fill_null(0),
    )


def _people(text: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    flat = rows(text, {n: pl.String() if n in ABSENCE else kind for n, kind in schema.items()})
    return flat.with_columns(pl.col(ABSENCE).str.to_date())


def drawn_cases(text: str) -> pl.DataFrame:
    """Drawn cases, to be read once unless `second_review` is stated; names separated by `;`."""
    flat = rows(text, DRAWN | {"handled_by": pl.String()})
    return flat.with_columns(
        pl.col("handled_by").str.split(";"), pl.col("second_review").fill_null(value=False)
    )


def reviewers(text: str) -> pl.DataFrame:
    """Reviewers without cases to review unless these are stated."""
    return _people(text, REVIEWERS).with_columns(pl.col("open_cases").fill_null(0))


def readers(
    case_table: str,
    reviewer_table: str,
    recused: str = "handler | case_id | party",
    **changes: Any,
) -> DrawnReviewers:
    """Who reviews what, of ASCII tables."""
    request = {"plan": "p", "as_of": datetime(2026, 3, 2, 9), "seed": "dice"} | changes
    return draw_reviewers(
        drawn_cases(case_table),
        reviewers(reviewer_table),
        recusals(recused),
        ReviewerParameters(**request),
    )


def recusals(text: str = "handler | case_id | party") -> pl.DataFrame:
    """Recusals."""
    return rows(text, RECUSALS)


def parameters(**changes: Any) -> AssignmentParameters:
    """A request with a floor of a tenth."""
    return AssignmentParameters(**{"as_of": datetime(2026, 3, 2, 9), "seed": "dice"} | changes)


def assigned(
    case_table: str, handler_table: str, recused: str = "handler | case_id | party", **changes: Any
) -> DrawnAssignment:
    """The assignment of ASCII tables."""
    return assign(
        cases(case_table), handlers(handler_table), recusals(recused), parameters(**changes)
    )


def chances(assignment: DrawnAssignment) -> dict[tuple[str, str | None], float]:
    """The probability of every case and handler, to four digits."""
    listed = assignment.chances.select("case_id", "handler", "probability").iter_rows()
    return {(case, handler): round(probability, 4) for case, handler, probability in listed}
