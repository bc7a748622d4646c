"""Conditions of the office file, decided by hand, and the rule of thumb that is made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from cases.office.model import Condition
from features.as_of import closing_moments, cut
from features.catalogue import catalogue, risk_features
from features.conditions import holding
from features.families.rule_of_thumb import FAMILY, points
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

RETURNED: dict[str, Any] = {"event": "returned"}
BACK = "returned for supplementary investigation"
MANY: dict[str, Any] = {"attribute": "suspects", "at_least": 4}


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


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ([MANY], "number of suspects (4 or more)"),
        ([MANY | {"at_most": 6}], "number of suspects (4 to 6)"),
        ([{"attribute": "suspects", "at_most": 1.5}], "number of suspects (1.5 or less)"),
        ([{"attribute": "suspects", "equals": 3.0}], "number of suspects: 3"),
        ([{"attribute": "charge", "one_of": ["theft", "arson"]}], "charge: one of theft, arson"),
        ([{"attribute": "kind", "equals": "arrest"}], "kind of case: arrest"),
        ([{"attribute": "appealed", "equals": True}], "was appealed: yes"),
        (
            [{"attribute": "days_open", "at_least": 30}],
            "days open (30 or more)",
        ),
        ([RETURNED], BACK),
        ([RETURNED | {"at_least": 2}], f"times “{BACK}” (2 or more)"),
        ([RETURNED | {"then": "decided"}], f"“{BACK}”, then “decided”"),
        ([RETURNED, MANY], f"{BACK}, number of suspects (4 or more)"),
    ],
)
def test_a_line_in_words(when: list[dict[str, Any]], words: str) -> None:
    """Each kind of condition is said in the words of the office file."""
    described = factories.office(risk={"rule_of_thumb": [{"points": 1, "when": when}]})
    (feature,) = [part for part in catalogue(described).values() if part.family == FAMILY]
    assert str(feature.meaning) == words


def test_lines_with_the_same_conditions_are_one() -> None:
    """Their points add up; the fitted models read none of them."""
    lines = [{"points": 2, "when": [MANY]}, {"points": 1, "when": [MANY]}]
    described = factories.office(risk={"rule_of_thumb": lines})
    assert points(described) == {"rule_of_thumb.suspects_at_least_4": 3.0}
    assert risk_features(described) == risk_features(factories.office())
