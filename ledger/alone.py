"""Checks the records of a ledger with nothing but Python's standard library.

    python alone.py LEDGER [--checkpoint FILE]

LEDGER is the SQLite file, or a text file with a record in each line. Each record is a line of
JSON and names the SHA-256 of the one before it; the root over all lines is that of RFC 6962. A
checkpoint is compared by its size and root. Its signature, and whether the content of a record is
JSON that is written in the one way, are checked by `triage verify`.
Exits with 0 if all records hold, else with 3 and the first that does not.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

DOMAIN = b"plumbline ledger record v1\n"
RECORD = re.compile(
    rb'\{"algorithm":"([a-z0-9]+)","at":"([0-9TZ:.-]{27})","content":\{[ -~]*\},'
    rb'"kind":"[a-z_]+","number":([1-9][0-9]*),"previous":"([0-9a-f]{64})"\}'
)
SQLITE = b"SQLite format 3\x00"


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and line of each record, as they are stored."""
    with path.open("rb") as file:
        if file.read(len(SQLITE)) != SQLITE:
            file.seek(0)
            for number, line in enumerate(file, start=1):
                yield number, line.rstrip(b"\r\n")
            return
    uri = f"file:{quote(str(path.resolve()))}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        yield from connection.execute("SELECT number, line FROM records ORDER BY number")


def fields_of(line: object) -> tuple[bytes, int, bytes]:
    """Time, number and hash of the record before; `ValueError` if the line is no record."""
    found = RECORD.fullmatch(line) if isinstance(line, bytes) else None
    if found is None:
        raise ValueError("is torn: it is not a whole record")
    algorithm, at, number, previous = found.groups()
    if algorithm != b"sha256":
        raise ValueError("names another way of hashing")
    return at, int(number), previous


class Root:
    """The root over lines, by the roots of its full subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[bytes] = []

    def add(self, line: bytes) -> None:
        """One line more."""
        self.size += 1
        self.edge.append(hashlib.sha256(b"\x00" + line).digest())
        filled = self.size
        while filled % 2 == 0:
            right = self.edge.pop()
            self.edge[-1] = hashlib.sha256(b"\x01" + self.edge[-1] + right).digest()
            filled //= 2

    def value(self) -> bytes:
        """The root over all lines so far."""
        root = self.edge[-1] if self.edge else hashlib.sha256(b"").digest()
        for left in reversed(self.edge[:-1]):
            root = hashlib.sha256(b"\x01" + left + root).digest()
        return root


def check(lines: Iterable[tuple[int, bytes]], checkpoint: tuple[int, bytes] | None) -> Root:
    """The root over all records; `ValueError` that names the first bad one."""
    root, previous, last = Root(), b"0" * 64, b""
    for number, line in lines:
        expected = root.size + 1
        try:
            at, said, before = fields_of(line)
        except ValueError as error:
            raise ValueError(f"record {expected} {error}") from None
        if number != expected or said != expected:
            raise ValueError(f"record {expected} is missing")
        if before != previous:
            raise ValueError(f"record {expected} does not follow the one before it")
        if at < last:
            raise ValueError(f"record {expected} is older than the one before it")
        previous, last = hashlib.sha256(DOMAIN + line).hexdigest().encode(), at
        root.add(line)
        if checkpoint is not None and root.size == checkpoint[0] and root.value() != checkpoint[1]:
            raise ValueError(f"record {expected} or one before it is not that of the checkpoint")
    if checkpoint is not None and checkpoint[0] > root.size:
        raise ValueError(f"the checkpoint is of {checkpoint[0]} records, there are {root.size}")
    return root


def read_checkpoint(path: Path) -> tuple[int, bytes]:
    """Size and root of a checkpoint; `ValueError` if the file is none."""
    _name, size, root = path.read_text(encoding="utf-8").splitlines()[:3]
    return int(size), base64.b64decode(root, validate=True)


def main() -> None:
    """Check what the command line names."""
    parser = argparse.ArgumentParser(description="Check the records of a ledger.")
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    given = parser.parse_args()
    try:
        checkpoint = None if given.checkpoint is None else read_checkpoint(given.checkpoint)
        root = check(lines_of(given.ledger), checkpoint)
    except (ValueError, OSError, sqlite3.Error) as error:
        sys.stdout.write(f"The ledger does not hold: {error}.\n")
        raise SystemExit(3) from None
    shown = base64.b64encode(root.value()).decode()
    sys.stdout.write(f"All {root.size} records hold. Root: {shown}\n")


if __name__ == "__main__":
    main()
