"""Closed cases as the use cases are given them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from serving.use_cases.given_cases import GivenCase, GivenEvent

CASE = GivenCase(
    case_id="x",
    opened_at=datetime(2026, 1, 1),
    closed_at=datetime(2026, 5, 1, 23, 59, 59, 999999),
    kind="theft",
    unit="u1",
    handler="h1",
    attributes={"suspects": 3.0, "charge": "theft", "appealed": False},
    events=(GivenEvent(datetime(2026, 2, 1, 9, 30), "returned"),),
)


def given(case_id: str = "x", **changes: Any) -> GivenCase:
    """A closed case with three suspects and one event."""
    return replace(CASE, case_id=case_id, **changes)
