"""A database is read by one SELECT, and nothing about it is said that is nobody's business."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from cases.progress import silent
from cases.sources import base, database
from cases.sources.base import Database, Reading, Unreadable
from tests.cases.sources import postgres

PASSWORD = "TRIAGE_DATABASE_PASSWORD"  # noqa: S105  the name of a variable
ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
SILENT = ENDLESS.replace("SELECT n FROM", "SELECT COUNT(*) FROM")


@pytest.fixture
def register(tmp_path: Path) -> str:
    """The URL of a SQLite file with a few cases."""
    with sqlite3.connect(tmp_path / "register.db") as connection:
        connection.execute("CREATE TABLE cases (id TEXT, opened TEXT, sum REAL, n INT, scan BLOB)")
        connection.executemany(
            "INSERT INTO cases VALUES (?, ?, ?, ?, ?)",
            [("c2", "2024-01-05", 1.5, 20240105001, b"x"), ("c1", "", 2.0, None, None)],
        )
    return "sqlite:///register.db"


def read(url: str, sql: str, data: Path) -> Reading:
    """What the query yields."""
    return database.read(Database(url, PASSWORD, sql), data, silent, "tables.cases.sql")


def fault(url: str, sql: str, data: Path) -> str:
    """What is wrong, and what to do."""
    with pytest.raises(Unreadable) as unreadable:
        read(url, sql, data)
    return f"{unreadable.value.problem} {unreadable.value.remedy}"


def test_values_are_text_in_one_order(register: str, tmp_path: Path) -> None:
    """Whole numbers as their digits, blank text as null; bytes are no column of a table."""
    reading = read(register, "SELECT * FROM cases", tmp_path)
    assert reading.frame.rows() == [
        ("c1", None, "2", None),
        ("c2", "2024-01-05", "1.5", "20240105001"),
    ]
    assert reading.unread == {"scan": "bytes"}
    assert "Left out for their type: scan (bytes)." in [str(note) for note in reading.notes]


def test_numbers_have_the_mark_the_office_reads(register: str, tmp_path: Path) -> None:
    """With a decimal comma 1.5 is 1,5, and no thousands."""
    source = Database(register, PASSWORD, "SELECT sum FROM cases", decimal=",")
    reading = database.read(source, tmp_path, silent, "tables.cases.sql")
    assert reading.frame["sum"].to_list() == ["1,5", "2"]


def test_progress_names_the_query_and_ends_at_one(register: str, tmp_path: Path) -> None:
    """As for files."""
    told: list[tuple[object, float]] = []
    source = Database(register, PASSWORD, "SELECT id FROM cases")
    database.read(source, tmp_path, lambda what, done: told.append((what, done)), "tables.cases")
    assert {what for what, _ in told} == {"tables.cases"}
    assert told[-1][1] == 1.0


def test_a_file_is_opened_to_read_only(register: str, tmp_path: Path) -> None:
    """Whatever a query does, SQLite itself refuses to write."""
    path = database._sqlite(make_url(register), tmp_path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        path.execute("DELETE FROM cases")
    path.close()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite:////etc/passwd", "outside the data folder"),
        ("sqlite:///../other.db", "outside the data folder"),
        ("sqlite:///absent.db", "is not there"),
        ("sqlite://", "not a file|Is a directory|cannot be opened"),
        ("oracle+oracledb://office@server/cases", "needs the driver oracle"),
        ("postgresql+psycopg://office@127.0.0.1:1/cases", "does not answer"),
    ],
)
def test_what_cannot_be_reached_is_said(url: str, problem: str, tmp_path: Path) -> None:
    """Without the server, its user or a path of the machine."""
    with pytest.raises(Unreadable, match=problem) as unreadable:
        read(url, "SELECT 1", tmp_path)
    said = f"{unreadable.value.problem} {unreadable.value.remedy}"
    assert not any(secret in said for secret in ("office", "127", "server", str(tmp_path)))


def test_a_query_ends_in_time(
    register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that never yields a row, and one that never stops yielding them."""
    monkeypatch.setattr(database, "MOST_SECONDS", 0)
    for sql in (SILENT, ENDLESS):
        assert "took more than 0 seconds" in fault(register, sql, tmp_path)


def test_what_is_read_is_bounded(
    register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result beyond the limit is refused while it comes in."""
    monkeypatch.setattr(base, "LARGEST_CONTENT", 1000)
    assert "holds more than" in fault(register, ENDLESS, tmp_path)


def test_a_cell_is_bounded(register: str, tmp_path: Path) -> None:
    """SQLite does not even make a longer one."""
    said = fault(register, "SELECT hex(zeroblob(400000000)) AS id", tmp_path)
    assert said.startswith("has a cell of more than 1,000,000 letters.")


def test_the_query_is_named_where_it_is_wrong(register: str, tmp_path: Path) -> None:
    """In the database's own words, where they give nothing away."""
    assert "no such table: case" in fault(register, "SELECT * FROM case_", tmp_path)


def test_postgresql_is_read_only_and_typed(postgres_url: str, tmp_path: Path) -> None:
    """A real server: types as text, writing refused, its words without its address."""
    engine = create_engine(postgres_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE cases AS SELECT * FROM (VALUES"
                " ('张三', DATE '2024-01-05', TIMESTAMPTZ '2024-01-05 09:30+08', 1.50, true,"
                "  20240105001::float8, INTERVAL '1 day'),"
                " (NULL, NULL, NULL, NULL, NULL, NULL, NULL))"
                " AS v(name, opened, at, sum, minor, number, lasted)"
            )
        )
        connection.execute(
            text("CREATE FUNCTION wipe() RETURNS int AS 'DELETE FROM cases; SELECT 1' LANGUAGE sql")
        )
    reading = read(postgres_url, "SELECT * FROM cases WHERE name LIKE '%三'", tmp_path)
    (row,) = reading.frame.to_dicts()
    moment = row.pop("at")
    assert row == {
        "name": "张三",
        "opened": "2024-01-05",
        "sum": "1.50",
        "minor": "true",
        "number": "20240105001",
        "lasted": "1 day, 0:00:00",
    }
    assert moment[:4] == "2024"
    assert "read-only transaction" in fault(postgres_url, "SELECT wipe()", tmp_path)
    assert "does not exist" in fault(postgres_url, "SELECT nothing FROM cases", tmp_path)
    wrong_user = postgres_url.replace("office@", "nobody@")
    said = fault(wrong_user, "SELECT 1", tmp_path)
    assert "does not answer, or refuses the user" in said
    assert "nobody" not in said


def test_postgresql_takes_the_password_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong one and none are refused, and not shown."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server("right") as url:
        monkeypatch.setenv(PASSWORD, "right")
        assert read(url, "SELECT 1 AS one", tmp_path).frame.rows() == [("1",)]
        monkeypatch.setenv(PASSWORD, "mistaken")
        said = fault(url, "SELECT 1 AS one", tmp_path)
        assert "refuses the user" in said
        assert "mistaken" not in said
        monkeypatch.delenv(PASSWORD)
        assert f"the password in {PASSWORD}" in fault(url, "SELECT 1 AS one", tmp_path)


def test_postgresql_ends_in_time(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server itself stops a statement."""
    monkeypatch.setattr(database, "MOST_SECONDS", 1)
    assert "took more than 1 seconds" in fault(postgres_url, "SELECT pg_sleep(60)", tmp_path)
