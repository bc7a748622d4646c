"""What was done to a ledger is seen by who can see it, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ledger.checkpoints import NoCheckpoint
from ledger.ledger import FILE, Entry, Ledger
from ledger.records import Kind
from ledger.store.faults import Unusable
from ledger.verifying import verify
from tests.ledger.attacks import ATTACKS, CHAIN, EARLIER, OUTSIDE, READERS, Stored
from tests.ledger.databases import put_in, stored_in

ENTRIES = [Entry(Kind.PLAN, {"plan_id": f"p{number}"}) for number in range(10)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stored, str]:
    """A ledger with a checkpoint in the middle and one at the end, which is kept outside, too."""
    home = tmp_path_factory.mktemp("ledger")
    with Ledger.at(home) as ledger:
        ledger.append(*ENTRIES[: EARLIER - 1])
        ledger.checkpoint()
        ledger.append(*ENTRIES[EARLIER - 1 :])
        outside = ledger.checkpoint()
    return home, stored_in(home, None), outside


def sees(reader: str, home: Path, outside: str) -> bool:
    """Whether a reader sees that something was done."""
    try:
        return verify(home / FILE, *([outside] if reader == OUTSIDE else [])).bad is not None
    except (Unusable, NoCheckpoint):
        return True


@pytest.mark.parametrize("name", ATTACKS)
def test_who_sees_an_attack(name: str, whole: tuple[Path, Stored, str], tmp_path: Path) -> None:
    """By the chain alone, with the checkpoint in the ledger, with one that was kept outside."""
    home, stored, outside = whole
    attack, expected = ATTACKS[name]
    seen = set()
    for reader in READERS:
        copy = tmp_path / reader
        copy.mkdir()
        (copy / FILE).write_bytes((home / FILE).read_bytes())
        done = attack(stored)
        put_in(copy, None, replace(done, notes=[]) if reader == CHAIN else done)
        seen |= {reader} if sees(reader, copy, outside) else set()
    assert seen == expected


def test_nothing_is_seen_where_nothing_was_done(
    whole: tuple[Path, Stored, str], tmp_path: Path
) -> None:
    """The tables taken out and put back hold."""
    home, stored, outside = whole
    (tmp_path / FILE).write_bytes((home / FILE).read_bytes())
    put_in(tmp_path, None, stored)
    assert not any(sees(reader, tmp_path, outside) for reader in READERS)
