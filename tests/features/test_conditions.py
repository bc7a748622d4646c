"""Conditions of the office file, decided by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cases.office.model import Condition
from features.as_of import closing_moments, cut
from features.conditions import holding
from tests.factories import office as factories

CASES = """
case_id | opened_at  | closed_at  | kind | suspects | charge | appealed
a       | 2024-01-01 | 2024-02-01 | k    | 2        | theft  | true
b       | 2024-01-03 | 2024-02-02 | k    | -        | fraud  | -
c       | 2024-01-03 | 2024-02-02 | m    | 1        | -      | false
"""
EVENTS = """
case_id | at         | recorded_at | activity
a       | 2024-01-02 | -           | accepted
a       | 2024-01-09 | -           | returned
a       | 2024-01-09 | -           | returned
b       | 2024-01-09 | -           | returned
b       | 2024-01-09 | -           | accepted
c       | 2024-01-09 | 2024-03-01  | decided
"""


@pytest.mark.parametrize("engine", factories.ENGINES)
@pytest.mark.parametrize(
    ("conditions", "holds_for"),
    [
        ([], "abc"),
        ([{"attribute": "kind", "equals": "k"}], "ab"),
        ([{"attribute": "suspects", "equals": 2}], "a"),
        ([{"attribute": "suspects", "at_most": 3}], "ac"),
        ([{"attribute": "suspects", "at_least": 1.5, "at_most": 3}], "a"),
        ([{"attribute": "charge", "one_of": ["fraud", "arson"]}], "b"),
        ([{"attribute": "appealed", "equals": False}], "c"),
        ([{"attribute": "days_open", "at_least": 31}], "a"),
        ([{"event": "returned"}], "ab"),
        ([{"event": "returned", "at_least": 2}], "a"),
        ([{"event": "returned", "at_most": 0}], "c"),
        ([{"event": "accepted", "then": "returned"}], "a"),
        ([{"event": "returned", "then": "accepted"}], "b"),
        ([{"event": "returned", "then": "returned"}], "a"),
        ([{"event": "decided"}], ""),
        ([{"event": "returned"}, {"attribute": "charge", "equals": "fraud"}], "b"),
    ],
)
def test_conditions_hold(engine: str, conditions: list[dict[str, Any]], holds_for: str) -> None:
    """All conditions must hold; what is unknown or not yet recorded does not."""
    tables = factories.on_engine(factories.tables(CASES, EVENTS), engine)
    known = cut(tables, closing_moments(tables, after=None, until=datetime(2030, 1, 1)))
    frame = holding(known, tuple(Condition(**part) for part in conditions)).collect("polars")
    holds = {case for _, case, hold in frame.to_native().rows() if hold}
    assert "".join(sorted(holds)) == holds_for
