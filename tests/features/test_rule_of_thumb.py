"""The lines of the office's rule of thumb as features."""

from __future__ import annotations

from typing import Any

import pytest

from features.catalogue import catalogue, risk_features
from features.rule_of_thumb import FAMILY, points
from tests.factories.office import office

RETURNED: dict[str, Any] = {"event": "returned"}
BACK = "returned for supplementary investigation"
MANY: dict[str, Any] = {"attribute": "suspects", "at_least": 4}


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
            "days from opening to the moment (30 or more)",
        ),
        ([RETURNED], BACK),
        ([RETURNED | {"at_least": 2}], f"times “{BACK}” (2 or more)"),
        ([RETURNED | {"then": "decided"}], f"“{BACK}”, then “decided”"),
        ([RETURNED, MANY], f"{BACK}, number of suspects (4 or more)"),
    ],
)
def test_a_line_in_words(when: list[dict[str, Any]], words: str) -> None:
    """Each kind of condition is said in the words of the office file."""
    described = office(risk={"rule_of_thumb": [{"points": 1, "when": when}]})
    (feature,) = [part for part in catalogue(described).values() if part.family == FAMILY]
    assert str(feature.meaning) == words


def test_lines_with_the_same_conditions_are_one() -> None:
    """Their points add up; the fitted models read none of them."""
    lines = [{"points": 2, "when": [MANY]}, {"points": 1, "when": [MANY]}]
    described = office(risk={"rule_of_thumb": lines})
    assert points(described) == {"rule_of_thumb.suspects_at_least_4": 3.0}
    assert risk_features(described) == risk_features(office())
