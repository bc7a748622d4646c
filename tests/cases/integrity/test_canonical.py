"""Canonical hashes: one hash for one content, and no two contents of one hash."""

from __future__ import annotations

import hashlib
import io
import math
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.integrity.canonical import Domain, digest, digest_bytes, stream_digest

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
TIMES = st.dates() | st.datetimes()
VALUES = st.recursive(
    PLAIN | TIMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FRAME = pl.DataFrame(
    {
        "case_id": ["a", "b", "c"],
        "closed_at": [datetime(2026, 6, 1), None, datetime(2026, 6, 2, 9, 30)],
        "rule": ["acquittal", None, ""],
        "risk": [0.1, -0.0, None],
        "open": [True, False, None],
        "cases": [1, 2, None],
        "day": [date(2026, 6, 1), date(2026, 6, 2), None],
    }
)


def written(value: object) -> str:
    """Another way to tell values apart: as Python writes them, with types and sorted keys."""
    if isinstance(value, dict):
        return f"dict {sorted((key, written(inner)) for key, inner in value.items())!r}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return f"{type(value).__name__} {value.hex() if isinstance(value, float) else repr(value)}"


@given(VALUES, VALUES)
def test_values_have_one_hash_if_and_only_if_they_are_equal(left: object, right: object) -> None:
    """Types count, and so does every bit of a float; the order of keys does not."""
    same = digest(Domain.FILE, left) == digest(Domain.FILE, right)
    assert same == (written(left) == written(right))


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_texts_do_not_run_into_each_other(left: list[str], right: list[str]) -> None:
    """Not even where they hold the separators that a joined text would have."""
    assert (digest(Domain.PLAN_DRAW, left) == digest(Domain.PLAN_DRAW, right)) == (left == right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, "1"),
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        (0.1, math.nextafter(0.1, 1)),
        (None, ""),
        (None, []),
        ("", b""),
        ([], {}),
        (date(2026, 1, 1), datetime(2026, 1, 1)),
        (datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 1)),
        (["a", ["b"]], ["a", "b"]),
        ({"a": None}, {}),
        ("\ud800", "?"),
    ],
)
def test_what_looks_alike_is_told_apart(left: object, right: object) -> None:
    """One content is not taken for the other."""
    assert digest(Domain.FILE, left) != digest(Domain.FILE, right)


def test_order_of_keys_does_not_count() -> None:
    """A mapping is a mapping."""
    left, right = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert digest(Domain.FILE, left) == digest(Domain.FILE, right)


def test_every_domain_gives_another_hash() -> None:
    """A hash made for one use is worth nothing in another."""
    assert len({digest(domain, "x") for domain in Domain}) == len(Domain)


def test_the_writing_is_the_one_described() -> None:
    """Anybody can repeat it: domain, type, length and content."""
    domain = b"plumbline plan frame v1"
    content = len(domain).to_bytes(8, "big") + domain
    content += b"L" + (2).to_bytes(8, "big")
    content += b"S" + (3).to_bytes(8, "big") + "é1".encode() + b"N"
    expected = hashlib.sha256(content)
    assert digest(Domain.PLAN_FRAME, ["é1", None]) == expected.hexdigest()
    assert digest_bytes(Domain.PLAN_FRAME, ("é1", None)) == expected.digest()


def test_the_writing_of_a_frame_is_the_one_described() -> None:
    """Height, width, and each column: name, type, lengths or which values there are, values."""

    def text(value: str) -> bytes:
        return b"S" + len(value).to_bytes(8, "big") + value.encode()

    domain = b"plumbline plan frame v1"
    content = len(domain).to_bytes(8, "big") + domain
    content += b"T" + (2).to_bytes(8, "big") + (2).to_bytes(8, "big")
    content += text("a") + text("String") + (1).to_bytes(8, "big") + b"\xff" * 8 + b"x"
    content += text("n") + text("Int64") + b"\x00\x01" + bytes(8) + (7).to_bytes(8, "big")
    frame = pl.DataFrame({"a": ["x", None], "n": [None, 7]})
    assert digest(Domain.PLAN_FRAME, frame) == hashlib.sha256(content).hexdigest()


CHANGED = {
    "a row less": FRAME.head(2),
    "a row twice": pl.concat([FRAME, FRAME.tail(1)]),
    "another order": FRAME.reverse(),
    "a column less": FRAME.drop("rule"),
    "a column's name": FRAME.rename({"rule": "Rule"}),
    "another order of columns": FRAME.select(reversed(FRAME.columns)),
    "an empty text for none": FRAME.with_columns(pl.col("rule").fill_null("")),
    "none for an empty text": FRAME.with_columns(rule=pl.Series(["acquittal", None, None])),
    "the sign of a zero": FRAME.with_columns(risk=pl.Series([0.1, 0.0, None])),
    "zero for none": FRAME.with_columns(pl.col("risk").fill_null(0.0)),
    "the last bit": FRAME.with_columns(risk=pl.Series([math.nextafter(0.1, 1), -0.0, None])),
    "false for none": FRAME.with_columns(pl.col("open").fill_null(value=False)),
    "a narrower type": FRAME.with_columns(pl.col("cases").cast(pl.Int32)),
    "a day for a moment": FRAME.with_columns(pl.col("closed_at").dt.date()),
    "a microsecond": FRAME.with_columns(pl.col("closed_at") + pl.duration(microseconds=1)),
    "letters moved to the next cell": FRAME.with_columns(case_id=pl.Series(["ab", "", "c"])),
}


@pytest.mark.parametrize("name", CHANGED)
def test_every_change_of_a_frame_changes_its_hash(name: str) -> None:
    """Rows, columns, names, types, order, and each value."""
    assert digest(Domain.PLAN_FRAME, CHANGED[name]) != digest(Domain.PLAN_FRAME, FRAME)


def test_a_frame_read_back_has_the_same_hash() -> None:
    """The very content counts, not how it is held in memory."""
    file = io.BytesIO()
    FRAME.write_parquet(file)
    halves = pl.concat([FRAME.head(1), FRAME.tail(2)], rechunk=False)
    for again in (pl.read_parquet(file.getvalue()), halves):
        assert digest(Domain.PLAN_FRAME, again) == digest(Domain.PLAN_FRAME, FRAME)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1: "a"},
        {"a": {1, 2}},
        datetime(2026, 1, 1, tzinfo=UTC),
        pl.DataFrame({"a": [["x"]]}),
        pl.DataFrame({"a": [datetime(2026, 1, 1)]}, schema={"a": pl.Datetime("ns")}),
        pl.DataFrame({"a": [datetime(2026, 1, 1)]}, schema={"a": pl.Datetime("us", "UTC")}),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    """Rather than hashed in a way that nobody described."""
    with pytest.raises(TypeError, match="no canonical form"):
        digest(Domain.FILE, value)


def test_a_stream_counts_by_its_bytes() -> None:
    """Whatever its length, and apart from any value."""
    content = b"x" * (2**20 + 1)
    expected = hashlib.sha256((17).to_bytes(8, "big") + b"plumbline file v1Z" + content)
    assert stream_digest(Domain.FILE, io.BytesIO(content)) == expected.hexdigest()
    assert stream_digest(Domain.FILE, io.BytesIO(b"N")) != digest(Domain.FILE, None)
