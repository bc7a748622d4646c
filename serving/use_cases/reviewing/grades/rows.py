"""A graded reading as a row of the review table, however it was graded."""

from __future__ import annotations

from datetime import datetime

from cases.office.model import Office
from cases.tables.arrivals.once import Row
from serving.work.reviewing import Graded

BETWEEN = ";"  # dimensions in one cell


def review_row(
    office: Office, step: Graded, reviewed_at: datetime, probability: float | None
) -> Row:
    """The row; `probability` is that with which the case was drawn, if it was.

    What is not known is left out. Of the office's own words for a review, the first stands in it.
    """
    kinds = office.kinds_called("review")
    row = {
        "case_id": step.case_id,
        "reviewed_at": reviewed_at,
        "reviewer": step.reviewer,
        "kind": kinds[0] if kinds else None,
        "grade": step.grade,
        "inclusion_probability": probability,
        "dimensions": BETWEEN.join(step.dimensions) or None,
        "hours": step.hours,
        "reading": step.reading,
        "risk_shown": step.risk_shown,
    }
    return {name: value for name, value in row.items() if value is not None}
