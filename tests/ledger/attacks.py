"""Fourteen things that somebody who may write to the whole database can do to a ledger.

Each takes the records and checkpoints as they were and gives those that are put in their place.
What can be seen of it is known by three readers: one who has the chain alone (whoever did it took
the checkpoints away), one who has the checkpoint that is kept in the ledger, and one who has a
checkpoint that was kept outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.checkpoints import Checkpoint, signed
from ledger.records import Record
from ledger.tree import Tree

EARLIER, MIDDLE = 8, 5  # records of a backup; the number of the record that is attacked
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Stored:
    """What is in the tables: number, previous, kind and line of each record; size and note."""

    rows: Sequence[tuple[int, str, str, bytes]]
    notes: Sequence[tuple[int, str]]
    key: Ed25519PrivateKey
    statement: str = ""  # carried out at the end

    @property
    def name(self) -> str:
        """The name in the checkpoints."""
        return self.notes[0][1].splitlines()[0]

    def records(self) -> list[Record]:
        """The records."""
        return [Record.read(line) for *_columns, line in self.rows]


def edit(stored: Stored) -> Stored:
    """A record says another thing; it still follows the one before it."""
    return _with_line(stored, MIDDLE, _other(stored, MIDDLE).line)


def delete(stored: Stored) -> Stored:
    """A record is taken out."""
    return replace(stored, rows=[row for row in stored.rows if row[0] != MIDDLE])


def insert(stored: Stored) -> Stored:
    """A record is put in, and those after it are numbered anew."""
    before, after = stored.rows[:MIDDLE], stored.rows[MIDDLE:]
    added = Record.after(stored.records()[MIDDLE - 1], "plan", {"plan_id": "added"}, NOW)
    moved = [(number + 1, previous + "+", kind, line) for number, previous, kind, line in after]
    return replace(stored, rows=[*before, row_of(added), *moved])


def swap(stored: Stored) -> Stored:
    """Two records change places."""
    one, other = stored.rows[MIDDLE - 1], stored.rows[MIDDLE]
    swapped = [(one[0], *other[1:]), (other[0], *one[1:])]
    return replace(stored, rows=[*stored.rows[: MIDDLE - 1], *swapped, *stored.rows[MIDDLE + 1 :]])


def chain_again(stored: Stored) -> Stored:
    """A record says another thing, and all after it are written anew to follow it."""
    return _continued(stored, [*stored.records()[: MIDDLE - 1], _other(stored, MIDDLE)])


def truncate(stored: Stored) -> Stored:
    """The last records are taken off."""
    return replace(stored, rows=stored.rows[:EARLIER])


def sign_again(stored: Stored) -> Stored:
    """As `chain_again`, and the ledger's own key signs a new checkpoint."""
    return _signed(chain_again(stored))


def fork(stored: Stored) -> Stored:
    """A copy from earlier goes on in another way, and is signed, beside the one that was shown."""
    other = replace(stored, rows=stored.rows[:EARLIER])
    records = other.records()
    for number in range(len(stored.rows) - EARLIER):
        records.append(Record.after(records[-1], "plan", {"plan_id": f"other {number}"}, NOW))
    return _signed(replace(stored, rows=list(map(row_of, records))))


def clock(stored: Stored) -> Stored:
    """The last record is written anew with a time before that of the others."""
    *others, last = stored.records()
    early = datetime.fromisoformat(last.at) - timedelta(days=1)
    alone = Record.after(None, last.kind, last.content, early)
    line = alone.line.replace(b'"number":1,', b'"number":%d,' % last.number)
    line = line.replace(alone.previous.encode(), last.previous.encode())
    return replace(stored, rows=list(map(row_of, [*others, Record.read(line)])))


def two_writers(stored: Stored) -> Stored:
    """Two wrote the last record at the same time, and only the second one is there."""
    number = len(stored.rows)
    return replace(stored, rows=[*stored.rows[:-1], row_of(_other(stored, number))])


def backup(stored: Stored) -> Stored:
    """The database as it was earlier is put back, checkpoints and all."""
    notes = [(size, note) for size, note in stored.notes if size <= EARLIER]
    return replace(stored, rows=stored.rows[:EARLIER], notes=notes)


def rename_column(stored: Stored) -> Stored:
    """A column has another name."""
    return replace(stored, statement="ALTER TABLE records RENAME COLUMN kind TO sort")


def mix_algorithms(stored: Stored) -> Stored:
    """A record names another way of hashing, which may be a weak one."""
    line = stored.rows[MIDDLE - 1][3].replace(b'"sha256"', b'"md5"')
    return _with_line(stored, MIDDLE, line)


def tear(stored: Stored) -> Stored:
    """A record was written in part."""
    return _with_line(stored, MIDDLE, stored.rows[MIDDLE - 1][3][:40])


CHAIN, OWN, OUTSIDE = "chain alone", "own checkpoint", "outside checkpoint"
READERS = (CHAIN, OWN, OUTSIDE)
EVERYBODY, WITH_NOTE, WITH_OUTSIDE = set(READERS), {OWN, OUTSIDE}, {OUTSIDE}
ATTACKS: Mapping[str, tuple[Callable[[Stored], Stored], set[str]]] = {
    "edit": (edit, EVERYBODY),
    "delete": (delete, EVERYBODY),
    "insert": (insert, EVERYBODY),
    "swap": (swap, EVERYBODY),
    "re-chain": (chain_again, WITH_NOTE),
    "truncate": (truncate, WITH_NOTE),
    "re-sign": (sign_again, WITH_OUTSIDE),
    "fork": (fork, WITH_OUTSIDE),
    "clock": (clock, EVERYBODY),
    "two writers": (two_writers, WITH_NOTE),
    "restored backup": (backup, WITH_OUTSIDE),
    "renamed column": (rename_column, EVERYBODY),
    "mixed algorithm": (mix_algorithms, EVERYBODY),
    "torn write": (tear, EVERYBODY),
}


def row_of(record: Record) -> tuple[int, str, str, bytes]:
    """A record as it is stored."""
    return record.number, record.previous, record.kind, record.line


def _other(stored: Stored, number: int) -> Record:
    """Another record in the place of one."""
    before, there = stored.records()[number - 2 : number]
    at = datetime.fromisoformat(there.at)
    return Record.after(before, there.kind, {"plan_id": "other"}, at)


def _with_line(stored: Stored, number: int, line: bytes) -> Stored:
    rows = [(*row[:3], line) if row[0] == number else row for row in stored.rows]
    return replace(stored, rows=rows)


def _continued(stored: Stored, records: list[Record]) -> Stored:
    """Records, and after them those that there were, written anew."""
    for old in stored.records()[len(records) :]:
        at = datetime.fromisoformat(old.at)
        records.append(Record.after(records[-1], old.kind, old.content, at))
    return replace(stored, rows=list(map(row_of, records)))


def _signed(stored: Stored) -> Stored:
    tree = Tree().grown(line for *_columns, line in stored.rows)
    note = signed(Checkpoint(stored.name, tree.size, tree.root()), stored.key)
    return replace(stored, notes=[(tree.size, note)])
