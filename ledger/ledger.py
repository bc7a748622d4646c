"""The ledger: records are appended, read and checked; nothing is changed or taken away.

What it can show: with a checkpoint that was kept outside, that no record up to it was changed,
added or taken away. Without one, somebody who may write to the whole database and has the
key can shorten it or write it anew, and nobody can see that from the ledger alone.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from cases.files import put_in_place
from cases.language.messages import _
from ledger.chain import Verdict, salted_hash
from ledger.checkpoints import (
    Checkpoint,
    NoCheckpoint,
    read_checkpoint,
    signed,
    verifier_key,
)
from ledger.gathering import Gathering
from ledger.keys import key_at
from ledger.records import Content, Kind, Malformed, Record, canonical
from ledger.store import database, reading
from ledger.store.appending import Draft, append, append_durably
from ledger.store.faults import Unusable, plainly
from ledger.store.tables import make_tables
from ledger.tree import Tree
from ledger.verifying import verified_all

FILE = "ledger.sqlite"
KEY = "ledger.key"
CHECKPOINT = "checkpoint.txt"  # the last one, to be kept outside
DAY = len("2026-01-02")
SALT = 16  # bytes
GONE = _("the last checkpoint is of {count:,} records, and they are not all there")
PUT_BACK = _(
    "Put the ledger back from a backup. To go on without, move checkpoint.txt to another place."
)
AT_ONCE = 10_000  # records that are read together
ERASE = "DELETE FROM beside WHERE number = ? AND name = ?"
KEEP = "INSERT INTO checkpoints (size, note, edge) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class Entry:
    """What is to be recorded; `beside` are texts that may have to be erased one day."""

    kind: Kind
    content: Content
    beside: Mapping[str, str] = field(default_factory=dict)


class Ledger:
    """A ledger in a database, with the key that signs its checkpoints; closed at the end.

    Threads may share it. Everything raises `Unusable` where database or disk do not do their part.
    """

    def __init__(self, engine: Engine, home: Path, key: Ed25519PrivateKey) -> None:
        self._engine, self._home, self._key = engine, home, key
        self._day = ""  # of the last record that this object has written
        self._owes_checkpoint = False  # of that day: it could not be made
        self._gathering = Gathering(self._append)
        self._tree: Tree | None = None
        self._growing = threading.Lock()

    @classmethod
    def at(cls, home: Path, url: str | None = None) -> Ledger:
        """The ledger of a folder, or of a PostgreSQL URL whose key is in the folder.

        It is made if there is none.
        """
        with plainly():
            home.mkdir(parents=True, exist_ok=True)
            ledger = cls(database.engine_of(url or home / FILE), home, key_at(home / KEY))
            try:
                make_tables(ledger._engine)
                ledger._open()
            except BaseException:
                ledger.close()
                raise
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
        with plainly():
            return str(reading.first(self._engine).content["name"])

    @property
    def public_key(self) -> str:
        """What a stranger checks signatures with (`checkpoints.read_verifier_key`)."""
        return verifier_key(self.name, self._key.public_key())

    def append(self, *entries: Entry) -> list[Record]:
        """Write records, all or none; they are on the disk when this returns.

        What several threads append at the same time is written together. Where it raises
        `Unusable`, they may have been written nevertheless, as when a server dies that was to
        answer. `TypeError` or `ValueError` for an entry that cannot be recorded.
        """
        if not entries:
            return []
        return self._gathering([_draft(entry) for entry in entries])

    def records(self, *kinds: Kind) -> Iterator[Record]:
        """The records of these kinds (none given: all), in order; `Malformed` for a torn one."""
        with plainly():
            yield from reading.records(self._engine, *kinds)

    def since(self, number: int) -> list[Record]:
        """The records after the one of this number, in order, `AT_ONCE` at most.

        Whoever was given so many asks again, from the last of them. Costs next to nothing where
        there is nothing new. `Malformed` for a torn one.
        """
        with plainly():
            return [Record.read(line) for line in reading.since(self._engine, number, AT_ONCE)]

    @property
    def size(self) -> int:
        """How many records there are."""
        with plainly():
            return reading.size(self._engine)

    def tree(self) -> Tree:
        """The tree over all records: their number and root. It grows from what it was before."""
        with plainly(), self._growing:
            tree = self._tree or self._kept_tree()
            while lines := reading.since(self._engine, tree.size, AT_ONCE):
                tree = tree.grown(lines)
            self._tree = tree
            return tree

    def beside(self, number: int) -> dict[str, str]:
        """The texts that stand beside a record and were not erased."""
        with plainly():
            texts = reading.beside(self._engine, number)
        return {name: text for name, (_salt, text) in texts.items()}

    def texts(self, first: int, last: int) -> dict[int, dict[str, str]]:
        """As `beside`, of all records from `first` to `last` that have such texts."""
        with plainly():
            return reading.texts(self._engine, first, last)

    def newest(self, count: int, *kinds: Kind) -> list[Record]:
        """The last records of these kinds (none given: all), the newest first.

        `Malformed` for a torn one.
        """
        with plainly():
            return reading.newest(self._engine, count, *kinds)

    def record(self, number: int) -> Record | None:
        """The record of a number; `Malformed` for a torn one."""
        with plainly():
            return reading.record(self._engine, number)

    def erase(self, number: int, name: str, reason: str = "") -> Record:
        """Erase a text beside a record; that it was erased, and why, is recorded.

        `KeyError` without such a text.
        """
        beside = {"reason": reason} if reason else {}
        erased = _draft(Entry(Kind.ERASURE, {"number": number, "name": name}, beside))
        with plainly():
            with database.writing(self._engine) as connection:
                if database.execute(connection, ERASE, number, name).rowcount == 0:
                    raise KeyError(name)
                (record,) = append(connection, [erased])
            database.empty_log(self._engine)
        return record

    def checkpoint(self) -> str:
        """Sign what there is now: a note to be kept outside.

        It is kept here too, and in the file `checkpoint.txt` of the folder.
        """
        tree = self.tree()
        note = signed(Checkpoint(self.name, tree.size, tree.root()), self._key)
        edge = "".join(part.hex() for part in tree.edge)
        with plainly(), database.driver(self._engine) as connection:
            database.execute(connection, KEEP, tree.size, note, edge)
            database.durable(connection)
            put_in_place(self._home / CHECKPOINT, lambda fresh: fresh.write_text(note, "utf-8"))
        return note

    def verify(self, *notes: str) -> Verdict:
        """Check every record, and the checkpoints kept here and given; the first bad one is named.

        `NoCheckpoint` for a given note that this ledger did not sign.
        """
        with plainly():
            return verified_all(self._engine, notes)

    def _open(self) -> None:
        """Write the first record, unless there is one; `Unusable` where records are gone."""
        size = reading.size(self._engine)
        self._check_kept(size)
        if size:
            return
        name = f"plumbline-{secrets.token_hex(4)}"
        key = verifier_key(name, self._key.public_key())
        with database.writing(self._engine) as connection:
            if database.execute(connection, reading.SIZE).fetchone()[0]:
                return
            opened = append(connection, [_draft(Entry(Kind.OPENED, {"name": name, "key": key}))])
        self._sign_day(opened[0])

    def _check_kept(self, size: int) -> None:
        """`Unusable` if the checkpoint in the folder is of more records, or of another ledger.

        A ledger that was lost must not be begun anew in silence, and the note not be written over.
        """
        try:
            note = (self._home / CHECKPOINT).read_text("utf-8")
            said = read_checkpoint(note, self._key.public_key())
        except (OSError, ValueError):  # there is none, or it is none
            return
        if database.is_server(self._engine) and (self._home / FILE).exists():
            return  # it may be that of the file, which was the ledger before
        if size < said.size or self.name != said.name:
            raise Unusable(GONE.filled(count=said.size), PUT_BACK)

    def _append(self, calls: Sequence[Sequence[Draft]]) -> list[list[Record]]:
        """Write the records of several calls together."""
        drafts = [draft for call in calls for draft in call]
        with plainly():
            written = append_durably(self._engine, drafts)
        self._sign_day(written[0])
        records = iter(written)
        return [[next(records) for _draft in call] for call in calls]

    def _sign_day(self, first: Record) -> None:
        """Make a checkpoint if a record is the first of its day.

        Where that cannot be, the record is there nevertheless, and the next one tries again.
        """
        day = first.at[:DAY]
        if day == self._day:
            return
        try:
            if self._owes_checkpoint or self._begins_day(first):
                self.checkpoint()
        except (Unusable, Malformed):
            self._owes_checkpoint = True
            return
        self._day, self._owes_checkpoint = day, False

    def _begins_day(self, record: Record) -> bool:
        """Whether no record before this one is of its day."""
        before = self.record(record.number - 1)
        return before is None or before.at[:DAY] != record.at[:DAY]

    def _kept_tree(self) -> Tree:
        """The tree of the last checkpoint; the empty one where there is none that we signed."""
        kept = reading.kept(self._engine)
        if kept is None:
            return Tree()
        note, tree = kept
        try:
            said = read_checkpoint(note, self._key.public_key())
        except NoCheckpoint:
            return Tree()
        return tree if (said.size, said.root) == (tree.size, tree.root()) else Tree()


def _draft(entry: Entry) -> Draft:
    """An entry as it is written; `TypeError` or `ValueError` if it cannot be."""
    for text in entry.beside.values():
        if "\0" in text.encode().decode():  # nor halves of a character: no database keeps them
            raise ValueError("a text beside a record has no character 0")
    beside = {name: (secrets.token_hex(SALT), text) for name, text in entry.beside.items()}
    content = dict(entry.content)
    if beside:
        content["beside"] = {name: salted_hash(*salted) for name, salted in beside.items()}
    canonical(content)
    return Draft(entry.kind, content, beside)
