"""Connections to the database of a ledger: one writer at a time, each commit on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = 30  # seconds to wait for another writer
LOCK = 0x706C756D62  # of PostgreSQL, the same for every writer of a ledger
FILE_RIGHTS = 0o600


def engine_of(place: Path | str, *, writes: bool = True) -> Engine:
    """The engine of a SQLite file, or of a PostgreSQL URL."""
    if isinstance(place, str):
        return create_engine(make_url(place), pool_pre_ping=True)
    connected = _written if writes else _read
    engine = create_engine("sqlite://", creator=lambda: connected(place), pool_size=4)
    event.listen(engine, "begin", _begin)
    return engine


def _written(path: Path) -> sqlite3.Connection:
    path.touch(FILE_RIGHTS)
    connection = _connected(str(path), is_uri=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _read(path: Path) -> sqlite3.Connection:
    return _connected(f"file:{quote(str(path.absolute()))}?mode=ro", is_uri=True)


def _connected(name: str, *, is_uri: bool) -> sqlite3.Connection:
    # The driver's own transactions are off: it would begin them too late for one writer.
    return sqlite3.connect(
        name,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        uri=is_uri,
    )


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of the only writer; others wait until it ends."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


def make_tables(engine: Engine) -> None:
    """Make the tables of a new ledger, or bring older ones up to date."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def has_tables(engine: Engine) -> bool:
    """Whether there is a ledger in the database."""
    return inspect(engine).has_table("records")


def rows(connection: Connection, statement: Any, pieces: int = 10_000) -> Iterator[Any]:
    """The rows of a statement, some at a time."""
    with connection.execute(statement, execution_options={"yield_per": pieces}) as result:
        for piece in result.partitions():
            yield from piece
