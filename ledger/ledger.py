"""The ledger: records are appended, read and checked; nothing is changed or taken away.

What it can show: with a checkpoint that was kept outside, that no record up to it was changed,
added or taken away. Without one, somebody who may write to the whole database and has the
key can shorten it or write it anew, and nobody can see that from the ledger alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Engine, delete, insert, select

from cases.language.messages import _
from ledger.chain import Bad, Row, Verdict, altered_beside, salted_hash, verified
from ledger.checkpoints import (
    Checkpoint,
    NoCheckpoint,
    read_checkpoint,
    read_verifier_key,
    signed,
    verifier_key,
)
from ledger.keys import key_at
from ledger.records import Content, Kind, Malformed, Record
from ledger.store import database
from ledger.store.schema import BESIDE, CHECKPOINTS, RECORDS
from ledger.tree import Tree

FILE = "ledger.sqlite"
KEY = "ledger.key"
SALT = 16  # bytes
KEPT = _("A checkpoint that is kept in the ledger {problem}")
ALTERED_BESIDE = _("has a text beside it that is not the one it was made with.")


class NoLedger(Exception):
    """There is no ledger at that place."""


@dataclass(frozen=True)
class Entry:
    """What is to be recorded; `beside` are texts that may have to be erased one day."""

    kind: Kind
    content: Content
    beside: Mapping[str, str] = field(default_factory=dict)


class Ledger:
    """A ledger in a database, with the key that signs its checkpoints; closed at the end."""

    def __init__(self, engine: Engine, key: Ed25519PrivateKey) -> None:
        self._engine, self._key = engine, key

    @classmethod
    def at(cls, home: Path, url: str | None = None) -> Ledger:
        """The ledger of a folder, or of a PostgreSQL URL whose key is in the folder.

        It is made if there is none.
        """
        home.mkdir(parents=True, exist_ok=True)
        engine = database.engine_of(url or home / FILE)
        database.make_tables(engine)
        ledger = cls(engine, key_at(home / KEY))
        ledger._open()
        return ledger

    def close(self) -> None:
        """Give back the connections to the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The name in its checkpoints, made when it was opened."""
        with self._engine.connect() as connection:
            return _name(connection)

    @property
    def public_key(self) -> str:
        """What a stranger checks signatures with (`checkpoints.read_verifier_key`)."""
        return verifier_key(self.name, self._key.public_key())

    def append(self, *entries: Entry) -> list[Record]:
        """Write records, all or none; they are on the disk when this returns."""
        with database.writing(self._engine) as connection:
            before = _last(connection)
            return [before := _written(connection, entry, before) for entry in entries]

    def records(self, *kinds: Kind) -> Iterator[Record]:
        """The records of these kinds (none given: all), in order; `Malformed` for a torn one."""
        asked = select(RECORDS.c.line).order_by(RECORDS.c.number)
        if kinds:
            asked = asked.where(RECORDS.c.kind.in_(kinds))
        with self._engine.connect() as connection:
            for (line,) in database.rows(connection, asked):
                yield Record.read(bytes(line))

    def beside(self, number: int) -> dict[str, str]:
        """The texts that stand beside a record and were not erased."""
        with self._engine.connect() as connection:
            return {name: text for name, (_salt, text) in _beside(connection, number).items()}

    def erase(self, number: int, name: str) -> Record:
        """Erase a text beside a record; that it was erased is recorded. `KeyError` without one."""
        with database.writing(self._engine) as connection:
            of_text = (BESIDE.c.number == number) & (BESIDE.c.name == name)
            if connection.execute(delete(BESIDE).where(of_text)).rowcount == 0:
                raise KeyError(name)
            erased = Entry(Kind.ERASURE, {"number": number, "name": name})
            return _written(connection, erased, _last(connection))

    def checkpoint(self) -> str:
        """Sign what there is now: a note to be kept outside; it is kept here too."""
        with database.writing(self._engine) as connection:
            tree = _grown(connection, _latest_tree(connection))
            made = Checkpoint(_name(connection), tree.size, tree.root())
            note = signed(made, self._key)
            if not _notes(connection, made.size):
                edge = "".join(part.hex() for part in tree.edge)
                row = {"size": tree.size, "note": note, "edge": edge}
                connection.execute(insert(CHECKPOINTS), row)
        return note

    def verify(self, *notes: str) -> Verdict:
        """Check every record, and the checkpoints kept here and given; the first bad one is named.

        `NoCheckpoint` for a given note that this ledger did not sign.
        """
        return _verified(self._engine, notes)

    def _open(self) -> None:
        with database.writing(self._engine) as connection:
            if _last(connection) is None:
                name = f"plumbline-{secrets.token_hex(4)}"
                key = verifier_key(name, self._key.public_key())
                _written(connection, Entry(Kind.OPENED, {"name": name, "key": key}), None)


def verify(place: Path | str, *notes: str) -> Verdict:
    """As `Ledger.verify`, of a SQLite file or a PostgreSQL URL that is only read.

    The key is the one that the ledger was opened with: a ledger that was written anew with another
    key does not fit the notes that were kept outside. `NoLedger` where there is none.
    """
    engine = database.engine_of(place, writes=False)
    try:
        if not database.has_tables(engine):
            raise NoLedger
        return _verified(engine, notes)
    finally:
        engine.dispose()


def _verified(engine: Engine, notes: Iterable[str]) -> Verdict:
    with engine.connect() as connection:
        try:
            key = _public_key(connection)
        except (Malformed, NoCheckpoint) as error:
            return Verdict(Tree(), None, Bad(1, error.problem))
        given = [read_checkpoint(note, key) for note in notes]
        try:
            kept = [read_checkpoint(note, key) for note in _notes(connection)]
        except NoCheckpoint as error:
            return Verdict(Tree(), None, Bad(None, KEPT.filled(problem=error.problem)))
        verdict = verified(_rows(connection), [*given, *kept])
        return verdict if verdict.bad else _with_beside(connection, verdict)


def _public_key(connection: Connection) -> Ed25519PublicKey:
    """The key in the first record; `Malformed` or `NoCheckpoint` if it holds none."""
    return read_verifier_key(str(_first(connection).content.get("key")))[1]


def _with_beside(connection: Connection, verdict: Verdict) -> Verdict:
    """The verdict, bad if a text beside a record is not the one it was made with."""
    numbers = select(BESIDE.c.number).distinct().order_by(BESIDE.c.number)
    for (number,) in connection.execute(numbers).all():
        line = connection.execute(select(RECORDS.c.line).where(RECORDS.c.number == number))
        record = Record.read(bytes(line.scalar_one()))
        if altered_beside(record, _beside(connection, number)):
            return Verdict(verdict.tree, verdict.last, Bad(number, ALTERED_BESIDE))
    return verdict


def _written(connection: Connection, entry: Entry, before: Record | None) -> Record:
    """Write one record after `before`."""
    salts = {name: secrets.token_hex(SALT) for name in entry.beside}
    content = dict(entry.content)
    if salts:
        content["beside"] = {n: salted_hash(salts[n], text) for n, text in entry.beside.items()}
    record = Record.after(before, entry.kind, content, datetime.now(UTC))
    row = {name: getattr(record, name) for name in ("number", "previous", "kind", "line")}
    connection.execute(insert(RECORDS), row)
    for name, text in entry.beside.items():
        beside = {"number": record.number, "name": name, "salt": salts[name], "text": text}
        connection.execute(insert(BESIDE), beside)
    return record


def _last(connection: Connection) -> Record | None:
    newest = select(RECORDS.c.line).order_by(RECORDS.c.number.desc()).limit(1)
    line = connection.execute(newest).scalar()
    return None if line is None else Record.read(bytes(line))


def _rows(connection: Connection) -> Iterator[Row]:
    for number, previous, kind, line in database.rows(
        connection, select(RECORDS).order_by(RECORDS.c.number)
    ):
        yield Row(number, previous, kind, bytes(line))


def _first(connection: Connection) -> Record:
    first = connection.execute(select(RECORDS.c.line).order_by(RECORDS.c.number).limit(1)).scalar()
    if first is None:
        raise Malformed(_("is missing: there are none."))
    return Record.read(bytes(first))


def _name(connection: Connection) -> str:
    return str(_first(connection).content["name"])


def _beside(connection: Connection, number: int) -> dict[str, tuple[str, str]]:
    asked = select(BESIDE.c.name, BESIDE.c.salt, BESIDE.c.text).where(BESIDE.c.number == number)
    return {name: (salt, text) for name, salt, text in connection.execute(asked)}


def _notes(connection: Connection, size: int | None = None) -> list[str]:
    """The checkpoints kept here, in order; only the one of a size if given."""
    asked = select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size)
    asked = asked if size is None else asked.where(CHECKPOINTS.c.size == size)
    return [note for (note,) in connection.execute(asked)]


def _latest_tree(connection: Connection) -> Tree:
    """The tree of the last checkpoint: what came before it need not be read again."""
    newest = select(CHECKPOINTS.c.size, CHECKPOINTS.c.edge).order_by(CHECKPOINTS.c.size.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    if row is None:
        return Tree()
    edge = bytes.fromhex(row.edge)
    return Tree(row.size, tuple(edge[at : at + 32] for at in range(0, len(edge), 32)))


def _grown(connection: Connection, tree: Tree) -> Tree:
    """The tree with every record that came after it."""
    after = select(RECORDS.c.line).where(RECORDS.c.number > tree.size).order_by(RECORDS.c.number)
    return tree.grown(bytes(line) for (line,) in database.rows(connection, after))
