"""The last moment that anything in the tables is of."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.errors import BadInput
from tests.factories.office import tables

CASES = """
case_id | opened_at  | closed_at
a       | 2024-01-01 | 2024-01-03
b       | 2024-01-02 | -
"""


def test_the_newest_of_all_tables_counts() -> None:
    """A review, an event recorded or a closing: whichever is last."""
    reviews = """
    case_id | reviewed_at | reviewer | kind | grade
    a       | 2024-02-01  | r        | k    | good
    """
    assert tables(CASES).latest_record.date() == datetime(2024, 1, 3).date()
    assert tables(CASES, reviews=reviews).latest_record.date() == datetime(2024, 2, 1).date()


def test_without_a_case_there_is_none() -> None:
    """An empty case table is a fault with its remedy."""
    with pytest.raises(BadInput, match="no rows"):
        _ = tables("case_id | opened_at | closed_at").latest_record
