"""Connections to the database of a ledger: one writer at a time, and when a commit is durable.

A commit alone is not on the disk yet: the lock of the writer would otherwise be held as long as
the disk takes, and all writers together could not be quicker than it. `durable` waits for the
disk after the lock was given back, so that the writes of several programs reach it together, as
PostgreSQL does with `synchronous_commit` and every log that gathers commits. Nobody is told that
something is recorded before `durable` has returned.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from cases.language.messages import _
from ledger.store.faults import Unusable, errors_of_servers

PATIENCE = 30.0  # seconds to wait for another writer
SHORT_PATIENCE = 1_000  # milliseconds to wait for readers
SHORT_WAIT = 0.001  # seconds between two attempts to be the writer, at most
LOCK = 0x706C756D62  # of PostgreSQL, the same for every writer of a ledger
CONNECTING = 10  # seconds
FILE_RIGHTS = 0o600
POOL = 8  # connections to a file that are kept
PIECE = 10_000  # rows that are read together
LOCKING = f"SET LOCAL lock_timeout = '{PATIENCE:.0f}s'; SELECT pg_advisory_xact_lock({LOCK})"
NO_URL = _("TRIAGE_LEDGER is not the URL of a PostgreSQL database")
WRITTEN = _("Write it as postgresql://user:password@host/database.")
# A commit that has something in it returns when all commits before it are on the disk, too.
FLUSHING = "SELECT pg_logical_emit_message(true, 'ledger', '')"


def engine_of(place: Path | str, *, writes: bool = True) -> Engine:
    """The engine of a SQLite file, or of a PostgreSQL URL.

    The drivers' own transactions are off: SQLite's would begin too late for one writer, and a
    question that is asked at every request needs none.
    """
    engine = _server(place) if isinstance(place, str) else _file(place, writes=writes)
    event.listen(engine, "begin", _begin)
    return engine


def _server(url: str) -> Engine:
    return create_engine(
        _url(url),
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECTING},
    )


def _url(text: str) -> URL:
    """The URL, for the driver that is used; what it holds is never shown."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise Unusable(NO_URL, WRITTEN) from None
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise Unusable(NO_URL, WRITTEN)
    return url.set(drivername="postgresql+psycopg")


def _file(path: Path, *, writes: bool) -> Engine:
    """With a pool that lends each connection to one thread; threads bound how many there are.

    The one that SQLAlchemy would choose closes connections of other threads when there are many,
    in the middle of what they do.
    """
    connected = _written if writes else _read
    return create_engine(
        "sqlite://",
        creator=lambda: connected(path),
        poolclass=QueuePool,
        pool_size=POOL,
        max_overflow=-1,
        hide_parameters=True,
    )


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        begin(connection.connection.driver_connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _written(path: Path) -> sqlite3.Connection:
    path.touch(FILE_RIGHTS)
    connection = _connected(str(path), is_uri=False)
    # Of several that open a new file together, SQLite refuses all but one at once.
    (mode,) = _insisting(connection, "PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":  # as on some network disks, where the file cannot be shared
        raise sqlite3.OperationalError(f"the journal is {mode}")
    connection.execute("PRAGMA synchronous=NORMAL")  # and `durable` after each commit
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # zeros where a text was erased
    return connection


def _read(path: Path) -> sqlite3.Connection:
    return _connected(f"file:{quote(str(path.absolute()))}?mode=ro", is_uri=True)


def _connected(name: str, *, is_uri: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        uri=is_uri,
    )
    # What somebody put in place of a text is compared, and need not be one.
    connection.text_factory = lambda stored: stored.decode("utf-8", "replace")
    return connection


def is_server(engine: Engine) -> bool:
    """Whether the ledger is in PostgreSQL."""
    return engine.dialect.name == "postgresql"


@contextmanager
def driver(engine: Engine) -> Iterator[Any]:
    """A connection of the driver itself, which costs little; thrown away if anything fails."""
    pooled = engine.raw_connection()
    try:
        yield pooled.driver_connection
    except BaseException:
        pooled.invalidate()
        raise
    finally:
        pooled.close()


@contextmanager
def writing(engine: Engine) -> Iterator[Any]:
    """A transaction of the only writer, on the driver's connection; durable when it has ended."""
    with driver(engine) as connection:
        begin(connection)
        yield connection
        connection.execute("COMMIT")
        durable(connection)


def begin(connection: Any) -> None:
    """Begin the transaction of a writer, as soon as no other one writes."""
    if not isinstance(connection, sqlite3.Connection):
        connection.execute(f"BEGIN; {LOCKING}")
        return
    _insisting(connection, "BEGIN IMMEDIATE")


def _insisting(connection: sqlite3.Connection, statement: str) -> sqlite3.Cursor:
    """What a statement answers as soon as nobody is in its way; waits `PATIENCE` at most."""
    latest = time.monotonic() + PATIENCE
    connection.execute("PRAGMA busy_timeout=0")  # SQLite itself would wait longer and longer
    while (cursor := _tried(connection, statement, latest)) is None:
        time.sleep(random.uniform(0, SHORT_WAIT))  # noqa: S311  nothing depends on it
    connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")
    return cursor


def _tried(connection: sqlite3.Connection, statement: str, latest: float) -> sqlite3.Cursor | None:
    """What it answers, None if somebody is in its way; raises what SQLite says after `latest`."""
    try:
        return connection.execute(statement)
    except sqlite3.OperationalError as error:
        is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
        if not is_busy or time.monotonic() > latest:
            raise
        return None


def durable(connection: Any) -> None:
    """Return when everything that was committed before is on the disk.

    SQLite adds commits to a log beside the file, and brings that to the disk itself before it
    moves them into the file and begins the log anew.
    """
    if not isinstance(connection, sqlite3.Connection):
        connection.execute(FLUSHING, prepare=True)
        return
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    log = os.open(f"{file}-wal", os.O_RDONLY)
    try:
        os.fsync(log)
    finally:
        os.close(log)


def empty_log(engine: Engine) -> None:
    """Bring the log of a SQLite file into the file, so that no erased text stays in it.

    Where somebody reads all the while, it stays until the log begins anew. A server keeps its own.
    """
    if is_server(engine):
        return
    with driver(engine) as connection:
        connection.execute(f"PRAGMA busy_timeout={SHORT_PATIENCE}")  # no writer can write meanwhile
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")


def answer(engine: Engine, question: str, *values: object) -> list[Any]:
    """The rows that answer a question (`?` for each value), by the driver alone: it costs little.

    A connection that the server has closed meanwhile is made again, once.
    """
    try:
        with driver(engine) as connection:
            return list(execute(connection, question, *values).fetchall())
    except errors_of_servers():
        engine.dispose()
    with driver(engine) as connection:
        return list(execute(connection, question, *values).fetchall())


def execute(connection: Any, statement: str, *values: object) -> Any:
    """The cursor of a statement that marks each value by `?`, on either driver."""
    if not isinstance(connection, sqlite3.Connection):
        statement = statement.replace("?", "%s")
    return connection.execute(statement, values)


def rows(engine: Engine, question: str, *values: object) -> Iterator[Any]:
    """The rows that answer a question (`?` for each value), some at a time, of one moment."""
    asked = question.replace("?", "%s") if is_server(engine) else question
    with engine.connect() as connection, connection.begin():
        result = connection.execution_options(yield_per=PIECE).exec_driver_sql(asked, values)
        for piece in result.partitions():
            yield from piece
