"""A piece of a chain, checked by itself: whether its records follow each other, and its tree.

Several processes can do it at the same time for the pieces of one ledger.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cases.language.messages import Sayable, _
from ledger.records import DOMAIN, MOMENT, NOTHING_BEFORE, READER, WRITER, Kind, Malformed, Record
from ledger.tree import Tree

SIZE = 1 << 14  # records of a piece; a power of two, so that the trees of pieces can be joined
HEAD, MIDDLE = b'{"algorithm":"sha256","at":"', b'","content":'
AT = slice(len(HEAD), len(HEAD) + len("2026-01-02T12:00:00.000000Z"))
CONTENT = AT.stop + len(MIDDLE)
WORD = re.compile("[a-z_]+", re.ASCII)


class Row(NamedTuple):
    """A record as it is stored: the columns beside its line repeat what the line says."""

    number: int
    previous: str
    kind: str
    line: bytes


@dataclass(frozen=True)
class Piece:
    """Rows that come after `before` (None: they are the first), `start` records after the first.

    `sizes` are those of checkpoints among them.
    """

    start: int
    before: bytes | None
    rows: Sequence[Row]
    sizes: Sequence[int] = ()


@dataclass(frozen=True)
class Checked:
    """What a piece is worth: its tree, that at each size asked for, the line of the last good row.

    `problem` is that of the row after it, if that is bad.
    """

    tree: Tree
    trees: dict[int, Tree]
    last: bytes | None
    problem: Sayable | None


def checked(piece: Piece) -> Checked:
    """Check each row after the one before it; stops at the first that is bad."""
    lines: list[bytes] = []
    problem: Sayable | None = None
    try:
        at, previous = _ends(piece.before)
        for number, row in enumerate(piece.rows, start=piece.start + 1):
            at = _time_of(row, number, previous, at)
            previous = hashlib.sha256(DOMAIN + row.line).hexdigest()
            lines.append(row.line)
    except Malformed as error:
        problem = error.problem
    tree, trees = Tree(), {}
    for size in sorted(size for size in piece.sizes if size <= piece.start + len(lines)):
        tree = tree.grown(lines[tree.size : size - piece.start])
        trees[size] = tree
    tree = tree.grown(lines[tree.size :])
    return Checked(tree, trees, lines[-1] if lines else piece.before, problem)


def _ends(line: bytes | None) -> tuple[str, str]:
    """Time and hash of the record before a piece, which is checked with its own piece."""
    if line is None:
        return "", NOTHING_BEFORE
    return line[AT].decode("ascii", "replace"), hashlib.sha256(DOMAIN + line).hexdigest()


def _time_of(row: Row, number: int, previous: str, before: str) -> str:
    """The time of a row; `Malformed` unless it follows a record of that hash and time.

    A line that is just what it must be is recognised by its bytes, which is several times quicker.
    """
    at = _expected_time(row, number, previous) if number > 1 else None
    if at is None:
        at = _followed(row, number, previous)
    if at < before:
        raise Malformed(_("is older than the one before it."))
    return at


def _expected_time(row: Row, number: int, previous: str) -> str | None:
    """The time of a row that is just what it must be after the one before it; None of any other."""
    if (row.number, row.previous) != (number, previous) or not isinstance(row.line, bytes):
        return None
    if not isinstance(row.kind, str) or WORD.fullmatch(row.kind) is None:
        return None
    tail = f',"kind":"{row.kind}","number":{number},"previous":"{previous}"}}'.encode()
    line = row.line
    if not (line.startswith(HEAD) and line[AT.stop : CONTENT] == MIDDLE and line.endswith(tail)):
        return None
    try:
        at, content = line[AT].decode("ascii"), line[CONTENT : -len(tail)].decode("ascii")
        read = READER.decode(content)
    except (ValueError, RecursionError):
        return None
    is_canonical = isinstance(read, dict) and WRITER.encode(read) == content
    return at if is_canonical and MOMENT.fullmatch(at) else None


def _followed(row: Row, number: int, previous: str) -> str:
    """The time of a row, read as a whole; `Malformed` unless it follows a record of that hash."""
    record = Record.read(row.line)
    if row.number != number:
        raise Malformed(
            _("is missing; the next one there is has the number {number:,}.", number=row.number)
        )
    if (row.number, row.previous, row.kind) != (record.number, record.previous, record.kind):
        raise Malformed(_("says another thing in its line than in its columns."))
    if record.previous != previous:
        raise Malformed(_("does not follow the one before it: one of the two was changed."))
    if number == 1 and record.kind != Kind.OPENED:
        raise Malformed(_("is not the beginning of a ledger."))
    return record.at
