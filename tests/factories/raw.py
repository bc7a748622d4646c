"""One small office as plain Python rows, for tests that work figures out a second, plain way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cases.tables.tables import Tables

Row = dict[str, Any]


def cases_by_id(tables: Tables) -> dict[str, Row]:
    """The case table as dictionaries."""
    return {row["case_id"]: row for row in tables.case_rows.to_dicts()}


def first_reviews(tables: Tables, until: datetime) -> dict[str, Row]:
    """The first review of each case made by `until`, with `y`; the test office's are final at once.

    Reviews of the test office have one grade that is a defect, `bad`.
    """
    first: dict[str, Row] = {}
    for row in sorted(tables.review_rows.to_dicts(), key=lambda row: row["reviewed_at"]):
        if row["reviewed_at"] <= until:
            first.setdefault(row["case_id"], row | {"y": float(row["grade"] == "bad")})
    return first


def quarter(moment: datetime) -> str:
    """Such as 2024-Q1."""
    return f"{moment.year}-Q{(moment.month + 2) // 3}"


def hajek(rows: list[Row]) -> float:
    """The mean of `y` weighted by 1 / inclusion probability."""
    weights = [1 / row["inclusion_probability"] for row in rows]
    return sum(w * row["y"] for w, row in zip(weights, rows, strict=True)) / sum(weights)
