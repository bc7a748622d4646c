"""Records: what was decided, as the very bytes that are stored and hashed.

A record is one line of JSON: keys in order, no blanks, ASCII letters alone, whole numbers and
texts but no reals, so that it can be written in one way only. Its hash is SHA-256 of a domain and
of that line. It names the hash of the record before it, which makes the records a chain.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any

from cases.language.messages import Sayable, _

ALGORITHM = "sha256"
DOMAIN = b"plumbline ledger record v1\n"
NOTHING_BEFORE = "0" * 64  # what the first record names
LARGEST = 1 << 20  # bytes of a record
AROUND = 512  # bytes of a record around its content, at most
DEEPEST = 8  # lists and objects within each other
LARGEST_NUMBER = 2**53 - 1  # what every reader of JSON keeps exactly
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)

TORN = _("is torn: it is not a whole record.")
FIELDS = {"algorithm", "at", "content", "kind", "number", "previous"}

Content = Mapping[str, Any]


@unique
class Kind(StrEnum):
    """What a record is about."""

    OPENED = "opened"  # the ledger itself, the first record
    COMMITMENT = "commitment"
    PLAN = "plan"
    ESTIMATE = "estimate"
    INTAKE = "intake"
    TRAINING = "training"
    ROLLBACK = "rollback"
    REPORT = "report"
    FACTS = "facts"  # rows that came in: cases, events, reviews, overrides
    STEP = "step"  # of the work of people: a case to review for somebody, what was decided of it
    REQUEST = "request"  # for a training, which a scheduled run carries out
    ACCESS = "access"  # granted, refused or changed
    ERASURE = "erasure"  # of what stood beside a record


class Malformed(ValueError):
    """A stored line that is no record: what is wrong with it."""

    def __init__(self, problem: Sayable) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Record:
    """One record; `number` counts from 1, `at` is UTC, `previous` and `hash` are 64 hex digits.

    >>> first = Record.after(None, "opened", {"office": "demo"}, datetime(2026, 1, 2, tzinfo=UTC))
    >>> first.number, first.at, Record.read(first.line) == first
    (1, '2026-01-02T00:00:00.000000Z', True)
    """

    number: int
    at: str
    kind: str
    content: Content
    previous: str
    line: bytes

    @classmethod
    def after(cls, before: Record | None, kind: str, content: Content, now: datetime) -> Record:
        """The record that follows `before` (None: the first of a ledger).

        Where the clock was set back, it bears the time of the one before, so that times never
        fall. `TypeError` for content that is not of whole numbers, texts, flags and nothing;
        `ValueError` if it is too large.
        """
        written = canonical(content)
        at = utc(now) if before is None else max(utc(now), before.at)
        number = 1 if before is None else before.number + 1
        previous = NOTHING_BEFORE if before is None else before.hash
        line = (
            f'{{"algorithm":"{ALGORITHM}","at":"{at}","content":{written},"kind":"{kind}",'
            f'"number":{number},"previous":"{previous}"}}'
        ).encode("ascii")
        return cls(number, at, kind, content, previous, line)

    @classmethod
    def read(cls, line: object) -> Record:
        """The record that was stored as this line; `Malformed` if it is none."""
        fields = _fields(line)
        if fields["algorithm"] != ALGORITHM:
            raise Malformed(_("names a way of hashing that this program does not know."))
        number, at, kind = fields["number"], fields["at"], fields["kind"]
        content, previous = fields["content"], fields["previous"]
        if not (_is_count(number) and _is_like(MOMENT, at) and _is_like(HEX, previous)):
            raise Malformed(_("has a field that no record has."))
        if not isinstance(kind, str) or not isinstance(content, dict):
            raise Malformed(_("has a field that no record has."))
        if (written := _line(fields)) != line:
            raise Malformed(_("is not written as records are."))
        return cls(number, at, kind, content, previous, written)

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the domain and the line."""
        return hashlib.sha256(DOMAIN + self.line).hexdigest()


def canonical(content: Content) -> str:
    """The one way in which content is written.

    `TypeError` for content that is not of whole numbers, texts, flags and nothing; `ValueError`
    if it is too large.
    """
    _check(content, DEEPEST)
    text = WRITER.encode(content)
    if len(text) > LARGEST - AROUND:
        raise ValueError(f"content of {len(text):,} bytes is too large for a record")
    return text


def _line(fields: Mapping[str, Any]) -> bytes:
    """The one way in which these fields are written."""
    return WRITER.encode(fields).encode("ascii")


def _fields(line: object) -> dict[str, Any]:
    """The fields of a line; `Malformed` if these are not those of a record."""
    if not isinstance(line, bytes):  # whatever somebody put into the database
        raise Malformed(TORN)
    if len(line) > LARGEST:
        raise Malformed(_("is too long."))
    try:
        fields = READER.decode(line.decode("ascii"))
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed(TORN) from None
    if not isinstance(fields, dict) or fields.keys() != FIELDS:
        raise Malformed(_("does not have the fields of a record."))
    return fields


def _no_real(text: str) -> None:
    del text
    raise Malformed(_("holds a real number, which no record does."))


WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
READER = json.JSONDecoder(parse_float=_no_real, parse_constant=_no_real)


def _check(value: object, depth: int) -> None:
    """`TypeError` unless it is of texts, whole numbers, flags, None, lists and objects of these."""
    if depth == 0:
        raise TypeError("content is nested too deeply")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys of content are texts")
        for inner in value.values():
            _check(inner, depth - 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner, depth - 1)
    elif isinstance(value, bool) or value is None or isinstance(value, str):
        return
    elif not isinstance(value, int) or abs(value) > LARGEST_NUMBER:
        raise TypeError(f"a {type(value).__name__} is not content of a record")


def utc(moment: datetime) -> str:
    """A moment with a zone as records write it."""
    if moment.tzinfo is None:
        raise ValueError("a record needs a moment with its zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_like(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None
