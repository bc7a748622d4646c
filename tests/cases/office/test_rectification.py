"""How findings are followed, as the office file says it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cases.errors import BadInput
from tests.factories.office import OFFICE, office

SINCE = {"since": date(2026, 1, 1)}
GRADED = OFFICE["reviews"] | {"maturity_days": 30}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"rectification": SINCE},
            "is more than `reviews.maturity_days`: the grade would be final before",
        ),
        ({"rectification": SINCE, "reviews": None}, "follows findings of reviews, and there are"),
        (
            {"rectification": SINCE | {"days": 7}, "reviews": GRADED},
            "leaves no day to rectify a defect",
        ),
        (
            {"goals": {"rectified_within_days": 30}},
            "asks about findings, and none are followed.",
        ),
    ],
)
def test_what_cannot_be_followed_is_said(changes: dict[str, Any], sentence: str) -> None:
    """Answers to what is final, findings without reviews, goals without findings."""
    with pytest.raises(BadInput) as found:
        office(**changes)
    assert sentence in str(found.value)


def test_findings_are_followed() -> None:
    """With days that grades take to become final, and a goal."""
    made = office(
        reviews=GRADED,
        rectification=SINCE,
        goals={"most_defective": 0.05, "rectified_within_days": 30},
    )
    assert made.rectification is not None
    assert (made.rectification.days, made.goals.most_defective) == (30, 0.05)
