"""What is asked of the tables of a ledger; a line is whatever somebody put there."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from sqlalchemy import Engine

from cases.language.messages import _
from ledger.pieces import Row
from ledger.records import Malformed, Record
from ledger.store import database
from ledger.tree import Tree

SINCE = "SELECT line FROM records WHERE number > ? ORDER BY number LIMIT ?"
SIZE = "SELECT coalesce(max(number), 0) FROM records"
ROWS = "SELECT number, previous, kind, line FROM records ORDER BY number"
ALL = "SELECT line FROM records{where} ORDER BY number"
NEWEST = "SELECT line FROM records{where} ORDER BY number DESC LIMIT ?"
LINE = "SELECT line FROM records WHERE number = ?"
FIRST = "SELECT line FROM records ORDER BY number LIMIT 1"
TEXTS = "SELECT name, salt, text FROM beside WHERE number = ?"
TEXTS_BETWEEN = "SELECT number, name, text FROM beside WHERE number BETWEEN ? AND ?"
EVERY_TEXT = "SELECT number, name, salt, text FROM beside ORDER BY number"
NOTES = "SELECT note FROM checkpoints ORDER BY size"
KEPT = "SELECT size, note, edge FROM checkpoints ORDER BY size DESC LIMIT 1"


def size(engine: Engine) -> int:
    """The number of the last record; 0 where there is none."""
    return int(database.answer(engine, SIZE)[0][0])


def since(engine: Engine, number: int, most: int) -> list[bytes]:
    """The lines after that of a number, `most` of them at most; `Malformed` if one is no line.

    All are durable. PostgreSQL shows a commit before it is, and would lose it where only the server
    dies, but not who has read it.
    """
    lines = [_line(line) for (line,) in database.answer(engine, SINCE, number, most)]
    if lines and database.is_server(engine):
        with database.driver(engine) as connection:
            database.durable(connection)
    return lines


def rows(engine: Engine) -> Iterator[Row]:
    """Every record as it is stored, in order."""
    for number, previous, kind, line in database.rows(engine, ROWS):
        yield Row(number, previous, kind, line)


def records(engine: Engine, *kinds: str) -> Iterator[Record]:
    """The records of these kinds (none given: all), in order; `Malformed` for a torn one."""
    asked = ALL.format(where=_where(kinds))
    return (Record.read(line) for (line,) in database.rows(engine, asked, *map(str, kinds)))


def newest(engine: Engine, count: int, *kinds: str) -> list[Record]:
    """The last records of these kinds, the newest first; `Malformed` for a torn one."""
    asked = NEWEST.format(where=_where(kinds))
    return [
        Record.read(line) for (line,) in database.answer(engine, asked, *map(str, kinds), count)
    ]


def _where(kinds: Sequence[str]) -> str:
    return f" WHERE kind IN ({', '.join('?' * len(kinds))})" if kinds else ""


def record(engine: Engine, number: int) -> Record | None:
    """The record of a number; `Malformed` for a torn one."""
    found = database.answer(engine, LINE, number)
    return Record.read(found[0][0]) if found else None


def first(engine: Engine) -> Record:
    """The record that opened the ledger; `Malformed` if there is none."""
    found = database.answer(engine, FIRST)
    if not found:
        raise Malformed(_("is missing: there are none."))
    return Record.read(found[0][0])


def beside(engine: Engine, number: int) -> dict[str, tuple[str, str]]:
    """Salt and text of each name that stands beside a record."""
    return {name: (salt, text) for name, salt, text in database.answer(engine, TEXTS, number)}


def texts(engine: Engine, first: int, last: int) -> dict[int, dict[str, str]]:
    """The texts beside each record from `first` to `last` that has some, by their names."""
    found: dict[int, dict[str, str]] = {}
    for number, name, text in database.rows(engine, TEXTS_BETWEEN, first, last):
        found.setdefault(number, {})[name] = text
    return found


def every_text(engine: Engine) -> Generator[tuple[int, str, str, str]]:
    """Number, name, salt and text of everything that stands beside records, in order."""
    yield from database.rows(engine, EVERY_TEXT)


def notes(engine: Engine) -> list[str]:
    """The checkpoints kept here, in order."""
    return [note for (note,) in database.answer(engine, NOTES)]


def kept(engine: Engine) -> tuple[str, Tree] | None:
    """The last checkpoint and its tree: what came before it need not be read again."""
    found = database.answer(engine, KEPT)
    if not found:
        return None
    size, note, edge = found[0]
    whole = bytes.fromhex(edge)
    return note, Tree(size, tuple(whole[at : at + 32] for at in range(0, len(whole), 32)))


def _line(stored: object) -> bytes:
    if not isinstance(stored, bytes):
        return Record.read(stored).line
    return stored
