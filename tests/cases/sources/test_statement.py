"""A database and files are asked by one SELECT."""

from __future__ import annotations

import pytest

from cases.sources.base import Unreadable
from cases.sources.statement import check_select


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM cases;",
        "  -- all\nSELECT 1",
        "WITH a AS (SELECT id FROM cases) SELECT 'delete; it' AS \"update\" FROM a",
        "SELECT $$ insert; $$ /* drop */ FROM cases",
    ],
)
def test_one_select_is_let_through(sql: str) -> None:
    """What stands in quotation marks and remarks does not matter."""
    check_select(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DELETE FROM cases",
        "SELECT 1; DELETE FROM cases",
        "SELECT 1; SELECT 2",
        "WITH gone AS (DELETE FROM cases RETURNING *) SELECT * FROM gone",
        "SELECT * INTO copied FROM cases",
        "PRAGMA writable_schema = 1",
        "ATTACH 'other.db' AS other",
        "EXPLAIN SELECT 1",
        "/* SELECT */ DROP TABLE cases",
    ],
)
def test_anything_else_is_refused(sql: str) -> None:
    """Before a database is asked."""
    with pytest.raises(Unreadable, match=r"is not one SELECT|may not use the word"):
        check_select(sql)
