"""A query sees its files and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.sources.base import Unreadable
from cases.sources.query import run

FILES = {
    "people": pl.DataFrame({"id": ["1", "1", "2"], "age": ["30", None, "41"]}),
    "cases": pl.DataFrame({"id": ["1", "2"], "place": ["north", "south"]}),
}


def test_joins_groups_and_cases() -> None:
    """What the example offices use works: WITH, JOIN, GROUP BY, CASE, SUBSTR."""
    result = run(
        """
        WITH counted AS (
            SELECT id, COUNT(*) AS people, MAX(CAST(age AS DOUBLE)) AS eldest
            FROM people GROUP BY id
        )
        SELECT cases.id AS case_id, SUBSTR(cases.place, 1, 1) AS place, counted.people, eldest,
               CASE WHEN counted.people > 1 THEN 'several' ELSE 'one' END AS how_many
        FROM cases JOIN counted ON cases.id = counted.id
        ORDER BY case_id
        """,
        FILES,
    )
    assert result.rows() == [("1", "n", 2, 30.0, "several"), ("2", "s", 1, 41.0, "one")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{}')",
        "SELECT * FROM READ_CSV('{}')",
        "SELECT * FROM \"read_csv\"('{}')",
        "SELECT * FROM `read_csv`('{}')",
        "SELECT * FROM read_csv/**/('{}')",
        "SELECT * FROM read_parquet('{}')",
        "SELECT * FROM read_ipc('{}')",
        "SELECT * FROM read_json('{}')",
        "SELECT * FROM scan_csv('{}')",
        "SELECT * FROM '{}'",
        'SELECT * FROM "{}"',
    ],
)
def test_other_files_cannot_be_read(sql: str, tmp_path: Path) -> None:
    """No spelling of a table function or path opens a file."""
    path = tmp_path / "secret.csv"
    path.write_text("a\n1\n")
    with pytest.raises(Unreadable):
        run(sql.format(path), FILES)


def test_names_of_the_program_are_not_tables() -> None:
    """Frames that happen to be in memory are out of reach."""
    with pytest.raises(Unreadable, match="relation 'FILES' was not found"):
        run("SELECT * FROM FILES", FILES)


@pytest.mark.parametrize(
    "sql", ["", "SELECT", "DROP", "SELECT 1; SELECT 2", "🙂", "SELECT * FROM x"]
)
def test_errors_are_one_line(sql: str) -> None:
    """What Polars finds wrong is said on one line."""
    with pytest.raises(Unreadable) as fault:
        run(sql, FILES)
    assert "\n" not in str(fault.value.problem)
