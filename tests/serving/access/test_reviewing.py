"""Nobody reviews a case of their own or one that they handled."""

from __future__ import annotations

import pytest

from serving.access.caller import handled_by, may_review
from tests.factories.office import tables

OFFICE = tables(
    """
    case_id | opened_at  | closed_at  | handler
    a       | 2026-01-01 | 2026-02-01 | h1
    b       | 2026-01-01 | 2026-02-01 | -
    """,
    events="""
    case_id | at         | activity | actor
    a       | 2026-01-02 | accepted | h2
    a       | 2026-01-03 | decided  | -
    """,
)


@pytest.mark.parametrize(
    ("person", "case_id", "may"),
    [
        ("h1", "a", False),  # the handler
        ("h2", "a", False),  # who did something in it
        ("h3", "a", True),
        ("h1", "b", True),
        (None, "b", False),  # who is not known by a name of the tables
    ],
)
def test_who_may_review(person: str | None, case_id: str, may: bool) -> None:
    """By handler and actors of the case."""
    assert may_review(OFFICE, person, case_id) is may


def test_all_hands_of_a_case() -> None:
    """Those that are named, each once."""
    assert handled_by(OFFICE, "a") == {"h1", "h2"}
    assert handled_by(OFFICE, "b") == frozenset()
