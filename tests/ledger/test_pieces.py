"""A chain is checked in pieces, and says the same as where it is checked as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import chain, pieces
from ledger.chain import verified
from ledger.checkpoints import Checkpoint
from ledger.pieces import Piece, Row, checked
from ledger.records import Record
from ledger.tree import Tree

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def rows(count: int) -> Iterator[Row]:
    """The rows of a ledger."""
    record = None
    for number in range(count):
        record = Record.after(record, "opened" if number == 0 else "plan", {"n": number}, NOW)
        yield Row(record.number, record.previous, record.kind, record.line)


ROWS = list(rows(40))
LINES = [row.line for row in ROWS]


@pytest.fixture(params=[1, 2, 100])
def alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of eight records, some or all of them checked by this process."""
    monkeypatch.setattr(chain, "SIZE", 8)
    monkeypatch.setattr(chain, "ALONE", request.param)


@pytest.mark.usefixtures("alone")
def test_pieces_are_joined() -> None:
    """To the tree over all, with checkpoints at any size."""
    roots = [Checkpoint("x", size, Tree().grown(LINES[:size]).root()) for size in (1, 8, 9, 39, 40)]
    verdict = verified(ROWS, roots)
    assert (verdict.bad, verdict.tree) == (None, Tree().grown(LINES))
    assert verdict.last == Record.read(LINES[-1])


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("number", [1, 8, 9, 25, 40])
def test_the_first_bad_one_is_named(number: int) -> None:
    """In whichever piece it is, with what holds before it."""
    torn = [row._replace(line=b"x") if row.number == number else row for row in ROWS]
    verdict = verified(torn)
    assert verdict.bad is not None
    assert (verdict.bad.number, verdict.tree) == (number, Tree().grown(LINES[: number - 1]))


@pytest.mark.usefixtures("alone")
def test_a_checkpoint_of_other_records() -> None:
    """Is named at its size."""
    verdict = verified(ROWS, [Checkpoint("x", 17, bytes(32))])
    assert verdict.bad is not None
    assert verdict.bad.number == 17


@given(st.integers(1, 40), st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_any_change_of_a_line_is_bad(number: int, place: int, change: bytes) -> None:
    """At its number or at the next one; the quick way sees no less than the careful one."""
    line = LINES[number - 1]
    other = line[:place] + change + line[place + len(change) :]
    changed = [row._replace(line=other) if row.number == number else row for row in ROWS]
    found = checked(Piece(0, None, [*changed, *list(rows(41))[40:]]))
    if other == line:
        assert found.problem is None
    else:
        assert (found.problem is not None, found.tree.size in (number - 1, number)) == (True, True)


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.binary()))
def test_whatever_is_stored_as_a_line_is_bad(stored: object) -> None:
    """Of any type."""
    found = checked(Piece(0, None, [ROWS[0], ROWS[1]._replace(line=stored)]))
    assert (found.problem is not None, found.tree.size) == (True, 1)


@given(st.integers(0, 5), st.integers(0, 31))
def test_trees_are_joined(whole: int, more: int) -> None:
    """Where the second begins at a full subtree."""
    lines = [b"%d" % number for number in range(32 * whole + more)]
    first, second = Tree().grown(lines[: 32 * whole]), Tree().grown(lines[32 * whole :])
    assert first.joined(second) == Tree().grown(lines)


def test_a_piece_is_a_full_subtree() -> None:
    """So that what comes after it can be joined."""
    assert pieces.SIZE & (pieces.SIZE - 1) == 0
