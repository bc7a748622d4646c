"""Records are written after the last one: by this program in SQLite, by the server in PostgreSQL.

The server makes the line and its hash itself (the function of the second migration), so that the
lock is not held while an answer travels; this program reads every line that it is given back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from ledger.records import Content, Record, canonical, utc
from ledger.store import database

INSERT = "INSERT INTO records (number, previous, kind, line) VALUES (?, ?, ?, ?)"
BESIDE = "INSERT INTO beside (number, name, salt, text) VALUES (?, ?, ?, ?)"
NEWEST = "SELECT line FROM records ORDER BY number DESC LIMIT 1"
GIVEN = "%s::text[], %s::text[], %s, %s::integer[], %s::text[], %s::text[], %s::text[]"
APPEND = f"SELECT ARRAY(SELECT append_records({GIVEN}))"
APPEND_DURABLY = f"CALL append_durably({GIVEN}, NULL)"


@dataclass(frozen=True)
class Draft:
    """What is to be recorded; `beside` has salt and text of each name, whose hash is inside."""

    kind: str
    content: Content
    beside: Mapping[str, tuple[str, str]]


def append(connection: Any, drafts: Sequence[Draft]) -> list[Record]:
    """Write records on the connection of a driver, in the transaction of the only writer."""
    if isinstance(connection, sqlite3.Connection):
        return _into_file(connection, drafts)
    return _into_server(connection, APPEND, drafts)


def append_durably(engine: Engine, drafts: Sequence[Draft]) -> list[Record]:
    """Write records; they are on the disk when this returns. In PostgreSQL, one question."""
    if database.is_server(engine):
        with database.driver(engine) as connection:
            return _into_server(connection, APPEND_DURABLY, drafts)
    with database.writing(engine) as connection:
        return _into_file(connection, drafts)


def _into_file(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> list[Record]:
    now, before, records = datetime.now(UTC), _last(connection), []
    for draft in drafts:
        before = Record.after(before, draft.kind, draft.content, now)
        records.append(before)
    connection.executemany(INSERT, [(r.number, r.previous, r.kind, r.line) for r in records])
    connection.executemany(
        BESIDE,
        [
            (record.number, name, *salted)
            for record, draft in zip(records, drafts, strict=True)
            for name, salted in draft.beside.items()
        ],
    )
    return records


def _last(connection: sqlite3.Connection) -> Record | None:
    row = connection.execute(NEWEST).fetchone()
    return None if row is None else Record.read(row[0])


def _into_server(connection: Any, statement: str, drafts: Sequence[Draft]) -> list[Record]:
    beside = [
        (number, name, salt, text)
        for number, draft in enumerate(drafts, start=1)
        for name, (salt, text) in draft.beside.items()
    ]
    columns = [list(column) for column in zip(*beside, strict=True)] or [[], [], [], []]
    kinds = [str(draft.kind) for draft in drafts]
    contents = [canonical(draft.content) for draft in drafts]
    now = utc(datetime.now(UTC))
    cursor = connection.execute(statement, (kinds, contents, now, *columns), prepare=True)
    return [Record.read(line) for line in cursor.fetchone()[0]]
