"""Canonical hashes: equal content has one hash, different content has different ones.

A value is written as its type, its length and its content, so that no two values are written
alike: neither `1` and `"1"`, nor nothing and an empty text, nor `["ab", "c"]` and
`["a", "bc"]`. Before it stands the domain, which is another one for each use, so that a hash
made for one use is worth nothing in another. SHA-256 of all that is the hash.

Lengths and whole numbers of a table take eight bytes, the highest first. Floats count by their
exact bits; moments are the office's wall clock in microseconds, without a zone.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from functools import partial, singledispatch
from typing import IO

import polars as pl

PIECE = 2**20  # bytes read at a time
HASH = r"^[0-9a-f]{64}$"
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)

# Types of columns whose values take the same number of bytes each, and how they are written.
FIXED: dict[pl.DataType, str] = {
    pl.Boolean(): "u1",
    pl.Int8(): ">i1",
    pl.Int16(): ">i2",
    pl.Int32(): ">i4",
    pl.Int64(): ">i8",
    pl.UInt8(): ">u1",
    pl.UInt16(): ">u2",
    pl.UInt32(): ">u4",
    pl.UInt64(): ">u8",
    pl.Float32(): ">f4",
    pl.Float64(): ">f8",
    pl.Date(): ">i4",
    pl.Datetime("us"): ">i8",
}


@unique
class Domain(StrEnum):
    """What a hash is made for; a changed way of writing gets a new version."""

    FILE = "plumbline file v1"
    MANIFEST = "plumbline manifest v1"
    OFFICE = "plumbline office file v1"
    MODEL = "plumbline model v1"
    PLAN_FRAME = "plumbline plan frame v1"
    COMMITMENT = "plumbline commitment v1"
    SECRET_SEED = "plumbline secret seed v1"  # noqa: S105  a name, not a secret
    DRAW_SEED = "plumbline seed of a draw v1"
    PLAN_DRAW = "plumbline draw of cases v1"
    SECOND_READING = "plumbline draw of second readings v1"
    READING_ORDER = "plumbline reading order of a plan v1"
    HIDDEN_RISK = "plumbline draw of hidden risks v1"
    ASSIGNMENT_DRAW = "plumbline draw of handlers v1"
    ASSIGNMENT_NUMBERS = "plumbline draw of numbers of cases v1"
    REVIEWER_SEED = "plumbline seed of a draw of reviewers v1"
    TRACK_AUDIT = "plumbline draw of audited tracks v1"
    RECTIFICATION_CHECK = "plumbline draw of checks of what was put right v1"


def digest(domain: Domain, value: object) -> str:
    """SHA-256 (hex, 64 letters) of `value` in `domain`.

    A value is None, a bool, int, float, str, bytes, date, datetime without a zone, a Polars
    frame, or a list, tuple or mapping (keys are str, in any order) of values. The rows of a
    frame count in the order in which they stand; a list and a tuple are one thing.
    `TypeError` for anything else, such as a column that holds lists.

    >>> digest(Domain.FILE, ["ab", "c"]) == digest(Domain.FILE, ["a", "bc"])
    False
    """
    return digest_bytes(domain, value).hex()


def digest_bytes(domain: Domain, value: object) -> bytes:
    """As `digest`, as 32 bytes."""
    total = hashlib.sha256(_sized(domain.encode()))
    for part in _written(value):
        total.update(part)
    return total.digest()


def digests_of_pairs(domain: Domain, first: str, seconds: Iterable[str]) -> Iterator[bytes]:
    """`digest_bytes` of `[first, second]` for each of `seconds`, what is common hashed once."""
    pair = b"L" + _count(2) + b"".join(_text(first))
    common = hashlib.sha256(_sized(domain.encode()) + pair)
    for second in seconds:
        total = common.copy()
        total.update(b"".join(_text(second)))
        yield total.digest()


def stream_digest(domain: Domain, stream: IO[bytes]) -> str:
    """SHA-256 (hex) of the domain, as `digest` writes it, a `Z`, and all bytes of `stream`."""
    total = hashlib.sha256(_sized(domain.encode()) + b"Z")
    for piece in iter(partial(stream.read, PIECE), b""):
        total.update(piece)
    return total.hexdigest()


def _count(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _sized(content: bytes) -> bytes:
    return _count(len(content)) + content


@singledispatch
def _written(value: object) -> Iterator[bytes]:
    """The parts in which a value is written: the letter of its type first."""
    raise TypeError(f"a {type(value).__name__} has no canonical form")


@_written.register
def _none(value: None) -> Iterator[bytes]:
    del value
    yield b"N"


@_written.register
def _flag(value: bool) -> Iterator[bytes]:
    yield b"B" + bytes([value])


@_written.register
def _whole_number(value: int) -> Iterator[bytes]:
    yield b"I" + _sized(str(value).encode())


@_written.register
def _real(value: float) -> Iterator[bytes]:
    yield b"F" + struct.pack(">d", value)


@_written.register
def _text(value: str) -> Iterator[bytes]:
    # JSON can hold half a surrogate pair, which UTF-8 cannot
    yield b"S" + _sized(value.encode("utf-8", "surrogatepass"))


@_written.register
def _bytes(value: bytes) -> Iterator[bytes]:
    yield b"Y" + _sized(value)


@_written.register
def _day(value: date) -> Iterator[bytes]:
    yield b"A" + _count(value.toordinal())


@_written.register
def _moment(value: datetime) -> Iterator[bytes]:
    if value.tzinfo is not None:
        raise TypeError("a moment with a zone has no canonical form")
    yield b"M" + struct.pack(">q", (value - EPOCH) // MICROSECOND)


@_written.register(list)
@_written.register(tuple)
def _list(values: list[object] | tuple[object, ...]) -> Iterator[bytes]:
    yield b"L" + _count(len(values))
    for value in values:
        yield from _written(value)


@_written.register
def _mapping(values: Mapping) -> Iterator[bytes]:  # type: ignore[type-arg]  # as dispatch needs it
    yield b"D" + _count(len(values))
    if not all(isinstance(key, str) for key in values):
        raise TypeError("a mapping whose keys are not all texts has no canonical form")
    for key in sorted(values):
        yield from _text(key)
        yield from _written(values[key])


@_written.register
def _frame(frame: pl.DataFrame) -> Iterator[bytes]:
    yield b"T" + _count(frame.height) + _count(frame.width)
    for column in frame.iter_columns():
        yield from _text(column.name)
        yield from _text(str(column.dtype))
        yield from _column(column)


def _column(column: pl.Series) -> Iterator[bytes]:
    if column.dtype == pl.String():
        return _texts(column)
    if column.dtype not in FIXED:
        raise TypeError(f"a column of type {column.dtype} has no canonical form")
    return _fixed(column, FIXED[column.dtype])


def _texts(column: pl.Series) -> Iterator[bytes]:
    """The length of every text in bytes, -1 where there is none, and then all texts."""
    lengths = column.str.len_bytes().cast(pl.Int64).fill_null(-1)
    yield lengths.to_numpy().astype(">i8").tobytes()
    yield "".join(column.drop_nulls()).encode()


def _fixed(column: pl.Series, written: str) -> Iterator[bytes]:
    """Which values there are, a byte each, and then the values, zero where there is none."""
    yield column.is_not_null().to_numpy().astype("u1").tobytes()
    plain = column.cast(pl.UInt8) if column.dtype == pl.Boolean() else column.to_physical()
    yield plain.fill_null(0).to_numpy().astype(written).tobytes()
