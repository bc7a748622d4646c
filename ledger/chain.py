"""Whether stored records are a chain, the one that was signed; the first bad one is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases.language.messages import Sayable, _
from ledger.checkpoints import Checkpoint
from ledger.records import NOTHING_BEFORE, Kind, Malformed, Record
from ledger.tree import Tree

AT_ONCE = 10_000  # lines that are put into the tree together
OTHER_ROOT = _("or one before it is not the one that the checkpoint was made of.")

Salted = Mapping[str, tuple[str, str]]  # by name: salt (hex) and text


@dataclass(frozen=True)
class Row:
    """A record as it is stored: the columns beside its line repeat what the line says."""

    number: int
    previous: str
    kind: str
    line: bytes


@dataclass(frozen=True)
class Bad:
    """What is wrong, and at which record; `number` is None where it is of the whole ledger."""

    number: int | None
    problem: Sayable

    @property
    def sentence(self) -> Sayable:
        """The problem with the number of its record."""
        if self.number is None:
            return self.problem
        return _("Record {number:,} {problem}", number=self.number, problem=self.problem)


@dataclass(frozen=True)
class Verdict:
    """How far the records hold: the tree over those that do, the last of them, what came then."""

    tree: Tree
    last: Record | None
    bad: Bad | None


def verified(rows: Iterable[Row], checkpoints: Iterable[Checkpoint] = ()) -> Verdict:
    """Records from the first one on, compared with checkpoints of this ledger.

    Stops at the first record that is bad.
    """
    roots: dict[int, set[bytes]] = {}
    for checkpoint in checkpoints:
        roots.setdefault(checkpoint.size, set()).add(checkpoint.root)
    tree, last = Tree(), None
    lines: list[bytes] = []  # since the tree was grown last
    for row in rows:
        try:
            last = _next(row, last)
        except Malformed as error:
            tree = tree.grown(lines)
            return Verdict(tree, last, Bad(tree.size + 1, error.problem))
        lines.append(row.line)
        if last.number in roots or len(lines) == AT_ONCE:
            tree, lines = tree.grown(lines), []
            if roots.pop(tree.size, {tree.root()}) != {tree.root()}:
                return Verdict(tree, last, Bad(last.number, OTHER_ROOT))
    tree = tree.grown(lines)
    return Verdict(tree, last, _missing(roots, tree))


def _next(row: Row, last: Record | None) -> Record:
    """The record of a row; `Malformed` unless it follows `last`."""
    record = Record.read(row.line)
    expected = 1 if last is None else last.number + 1
    if row.number != expected:
        raise Malformed(
            _("is missing; the next one there is has the number {number:,}.", number=row.number)
        )
    if (row.number, row.previous, row.kind) != (record.number, record.previous, record.kind):
        raise Malformed(_("says another thing in its line than in its columns."))
    if record.previous != (NOTHING_BEFORE if last is None else last.hash):
        raise Malformed(_("does not follow the one before it: one of the two was changed."))
    if last is None and record.kind != Kind.OPENED:
        raise Malformed(_("is not the beginning of a ledger."))
    if last is not None and record.at < last.at:
        raise Malformed(_("is older than the one before it."))
    return record


def _missing(roots: Mapping[int, set[bytes]], tree: Tree) -> Bad | None:
    """What is wrong where checkpoints are of more records than there are."""
    sizes = [size for size in roots if size > tree.size]
    if not sizes:
        return None
    problem = _(
        "A checkpoint was made of {size:,} records, and there are {count:,}: the last ones were "
        "taken away.",
        size=max(sizes),
        count=tree.size,
    )
    return Bad(None, problem)


def salted_hash(salt: str, text: str) -> str:
    """SHA-256 (hex) of a salt and a text that stands beside a record and can be erased."""
    return hashlib.sha256(f"{salt}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def altered_beside(record: Record, beside: Salted) -> list[str]:
    """The names of the texts beside a record that are not those it was made with.

    One that was erased is none of them; one that the record does not know is.
    """
    hashes = record.content.get("beside", {})
    return sorted(
        name for name, (salt, text) in beside.items() if hashes.get(name) != salted_hash(salt, text)
    )
