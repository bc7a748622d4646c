"""Databases: the result of one SELECT, read only, in pieces, through SQLAlchemy.

The password comes from the environment alone. No message names the server, the user or the
password: what a driver says is shown only where it holds none of them.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import polars as pl
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from cases.language.messages import _
from cases.progress import Progress
from cases.sources.apart.sheets import TEXTS
from cases.sources.base import (
    LONGEST_CELL,
    Database,
    Layout,
    Reading,
    Unreadable,
    checked_names,
    left_out,
    long_cell,
    most_content,
    stored,
    too_big,
    took_too_long,
    whole,
)
from cases.sources.statement import check_select

MOST_SECONDS = 300
CONNECTING = 10  # seconds until a server must answer
PIECE = 200  # rows fetched at a time; each may be long
LONGEST_VALUE = 2 * LONGEST_CELL  # bytes, in SQLite; a piece is bounded by it
STEPS = 100_000  # of SQLite's machine, after which its time is looked at
Writer = Callable[..., str | None]
OF_DATABASES: dict[type, Writer] = {
    Decimal: lambda number: format(number, "f"),
    UUID: str,
    type(None): lambda _none: None,
    **TEXTS,
}


def read(database: Database, data: Path, progress: Progress, called: str) -> Reading:
    """The rows that the query yields, every value as text, in one order whatever the server's.

    A SQLite file lies within the folder `data`. `called` is what the progress calls the query.
    Raises `Unreadable` if the query is more than one SELECT, cannot be run, or yields more
    than may be.
    """
    check_select(database.sql)
    url = make_url(database.url)
    progress(called, 0.0)
    with _connected(url, database, data) as connection:
        frame, unread = _fetched(connection, database, called, progress)
    progress(called, 1.0)
    found = _("Read from a database by its query: {rows:,} rows.", rows=frame.height)
    reading = whole(frame.sort(frame.columns), found, *left_out(unread))
    return replace(reading, unread=unread)


@contextmanager
def _connected(url: URL, database: Database, data: Path) -> Iterator[Connection]:
    """A connection that can only read; what goes wrong becomes `Unreadable` without secrets."""
    try:
        engine = _engine(url, os.environ.get(database.password_env), data)
        with engine.connect() as connection:
            yield _read_only(connection)
    except (NoSuchModuleError, ImportError):
        problem = _("needs the driver {driver}, which is not installed.", driver=url.drivername)
        raise Unreadable(problem, _("Install it beside the program.")) from None
    except SQLAlchemyError as error:
        raise _failed(error, url, database.password_env) from None


def _engine(url: URL, password: str | None, data: Path) -> Engine:
    """An engine that keeps no connection."""
    if url.get_backend_name() == "sqlite":
        return create_engine("sqlite://", creator=lambda: _sqlite(url, data), poolclass=NullPool)
    with_password = url if password is None else url.set(password=password)
    limits = {"connect_timeout": CONNECTING} if url.get_driver_name() == "psycopg" else {}
    return create_engine(with_password, poolclass=NullPool, connect_args=limits)


def _sqlite(url: URL, data: Path) -> sqlite3.Connection:
    """A connection to a file within the data folder that can only read and ends in time."""
    path = data / (url.database or "")
    if not path.resolve().is_relative_to(data.resolve()):
        problem = _("names a file outside the data folder.")
        raise Unreadable(problem, _("Put the file into the data folder."))
    with stored(path):
        pass
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    until = time.monotonic() + MOST_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    return connection


def _read_only(connection: Connection) -> Connection:
    if connection.dialect.name != "postgresql":
        return connection
    connection = connection.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = {MOST_SECONDS * 1000}")
    return connection


def _fetched(
    connection: Connection, database: Database, called: str, progress: Progress
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The result as text, and the columns whose type is not read."""
    options = {"stream_results": True, "yield_per": PIECE, "no_parameters": True}
    result = connection.exec_driver_sql(database.sql, execution_options=options)
    names = checked_names(list(map(str, result.keys())))
    pieces = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    unread: dict[str, str] = {}
    writers = _writers(database.decimal)
    until, size, limit = time.monotonic() + MOST_SECONDS, 0, most_content(Layout())
    for number, rows in enumerate(result.partitions(PIECE), start=1):
        columns = zip(names, zip(*rows, strict=True), strict=True)
        texts = [_texts(name, values, writers, unread) for name, values in columns]
        pieces.append(pl.DataFrame(texts))
        size += int(pieces[-1].estimated_size())
        if size > limit:
            raise too_big(limit)
        if time.monotonic() > until:
            raise took_too_long(MOST_SECONDS)
        progress(called, number / (number + 1))
    return pl.concat(pieces).drop(unread), unread


def _writers(decimal: str) -> dict[type, Writer]:
    """How a value of each type is written, numbers with `decimal` before their decimals."""
    numbers = {
        kind: lambda number, write=OF_DATABASES[kind]: write(number).replace(".", decimal)
        for kind in (float, Decimal)
    }
    return OF_DATABASES | numbers


def _texts(
    name: str, values: tuple[object, ...], writers: Mapping[type, Writer], unread: dict[str, str]
) -> pl.Series:
    """A column as text; null where its type is not read, which `unread` then says."""
    try:
        texts = [writers[type(value)](value) or None for value in values]
    except KeyError as error:
        unread[name] = getattr(error.args[0], "__name__", "?")
        texts = [None] * len(values)
    return pl.Series(name, texts, pl.String)


def _failed(error: SQLAlchemyError, url: URL, password_env: str) -> Unreadable:
    """The fault that a driver's error stands for."""
    said = str(error.orig) if isinstance(error, DBAPIError) else ""
    if "statement timeout" in said or "interrupted" in said:
        return took_too_long(MOST_SECONDS)
    if "string or blob too big" in said:
        return long_cell()
    secrets = [url.host, url.username, os.environ.get(password_env), url.query.get("host")]
    shown = " ".join(said.split("\n")[0].split())
    unsafe = isinstance(error, OperationalError) and url.get_backend_name() != "sqlite"
    if shown and not unsafe and not any(str(one) in said for one in secrets if one):
        return Unreadable(_("cannot be run: {reason}.", reason=shown), _("Correct the query."))
    return Unreadable(
        _("cannot be read: the database does not answer, or refuses the user."),
        _("Check the URL, and the password in {variable}.", variable=password_env),
    )
