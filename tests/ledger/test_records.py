"""A record is written in one way only, and read back as it was."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.records import LARGEST_NUMBER, Malformed, Record

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_the_line_by_hand() -> None:
    """Keys in order, no blanks, ASCII; the hash is that of the domain and the line."""
    record = Record.after(None, "plan", {"b": "检", "a": 1}, NOON)
    line = (
        b'{"algorithm":"sha256","at":"2026-01-02T12:00:00.000000Z",'
        b'"content":{"a":1,"b":"\\u68c0"},"kind":"plan","number":1,"previous":"' + b"0" * 64 + b'"}'
    )
    assert record.line == line
    assert record.hash == hashlib.sha256(b"plumbline ledger record v1\n" + line).hexdigest()


@given(st.dictionaries(st.text(), VALUES, max_size=3))
def test_what_is_written_is_read_back(content: dict[str, Any]) -> None:
    """Whatever texts, whole numbers and flags it is of."""
    record = Record.after(None, "plan", content, NOON)
    assert Record.read(record.line) == record


@pytest.mark.parametrize("value", [0.5, LARGEST_NUMBER + 1, b"x", {1: "a"}, NOON])
def test_other_content_is_refused(value: object) -> None:
    """Reals and what other readers of JSON would not keep exactly."""
    with pytest.raises(TypeError):
        Record.after(None, "plan", {"x": value}, NOON)


def test_times_do_not_fall() -> None:
    """Where the clock was set back, a record bears the time of the one before it."""
    first = Record.after(None, "plan", {}, NOON)
    second = Record.after(first, "plan", {}, NOON - timedelta(hours=1))
    assert (second.number, second.at, second.previous) == (2, first.at, first.hash)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda line: line[:-5], "is torn"),
        (lambda line: b"\xff" + line, "is torn"),
        (lambda line: b"[" * len(line) * 300, "is torn"),
        (lambda line: line.replace(b'"kind"', b'"Kind"'), "does not have the fields"),
        (lambda line: line.replace(b"sha256", b"md5"), "names a way of hashing"),
        (lambda line: line.replace(b'"number":1', b'"number":"1"'), "has a field"),
        (lambda line: line.replace(b'"number":1', b'"number":true'), "has a field"),
        (lambda line: line.replace(b'"a":1', b'"a":1.5'), "holds a real"),
        (lambda line: line.replace(b'"a":1', b'"a": 1'), "is not written"),
        (lambda line: line.replace(b'"a":1', b'"a":1,"a":1'), "is not written"),
    ],
)
def test_a_line_that_is_no_record_is_named(change: Any, problem: str) -> None:
    """Torn or written in another way, it is malformed and not an exception of any other kind."""
    line = Record.after(None, "plan", {"a": 1}, NOON).line
    with pytest.raises(Malformed, match=problem):
        Record.read(change(line))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: json.dumps(text).encode()))
def test_any_bytes_are_a_record_or_malformed(line: bytes) -> None:
    """Nothing else comes of it."""
    with pytest.raises(Malformed):
        Record.read(line)
