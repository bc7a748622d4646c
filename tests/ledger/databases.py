"""The tables of a ledger, read and written behind its back, on either database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from ledger.keys import key_at
from ledger.ledger import FILE, KEY
from tests.ledger.attacks import Stored

SQLITE = (
    "INSERT INTO records VALUES (?, ?, ?, ?)",
    "INSERT INTO checkpoints VALUES (?, ?, '')",
)
SERVER = (
    "INSERT INTO records VALUES (%s, %s, %s, %s)",
    "INSERT INTO checkpoints VALUES (%s, %s, '')",
)


def stored_in(home: Path, url: str | None) -> Stored:
    """What the tables hold."""
    with _opened(home, url) as connection:
        rows = connection.execute(
            "SELECT number, previous, kind, line FROM records ORDER BY number"
        ).fetchall()
        notes = connection.execute("SELECT size, note FROM checkpoints ORDER BY size").fetchall()
    return Stored(rows, notes, key_at(home / KEY))


def put_in(home: Path, url: str | None, stored: Stored) -> None:
    """Put this in place of what the tables hold, whatever triggers say."""
    statements = SQLITE if url is None else SERVER
    with _opened(home, url) as connection:
        cursor = connection.cursor()
        for statement in ("DELETE FROM beside", "DELETE FROM checkpoints", "DELETE FROM records"):
            cursor.execute(statement)
        cursor.executemany(statements[0], stored.rows)
        cursor.executemany(statements[1], stored.notes)
        if stored.statement:
            cursor.execute(stored.statement)


def carry_out(home: Path, url: str | None, statement: str) -> None:
    """Carry out a statement, whatever triggers say."""
    with _opened(home, url) as connection:
        connection.execute(statement)


@contextmanager
def _opened(home: Path, url: str | None) -> Iterator[Any]:
    """A connection without triggers, of somebody who may do everything; committed at the end."""
    if url is not None:
        plain = url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(plain) as connection:
            connection.execute("SET session_replication_role = replica")
            yield connection
        return
    with closing(sqlite3.connect(home / FILE)) as connection, connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA foreign_keys=OFF")
        yield connection
