"""Records are appended and kept; whatever is done to them behind the ledger's back is named."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import alone
from ledger.checkpoints import NoCheckpoint, read_checkpoint, read_verifier_key
from ledger.ledger import CHECKPOINT, FILE, Entry, Ledger
from ledger.records import Kind, Record
from ledger.store import database
from ledger.store.faults import Unusable
from ledger.store.schema import RECORDS
from tests.ledger.conftest import Attack

TEN = [Entry(Kind.PLAN, {"plan_id": f"p{number}"}) for number in range(10)]


def test_what_is_appended_is_read_back(ledger: Ledger) -> None:
    """In order, all or of some kinds, the opening first."""
    written = ledger.append(*TEN[:2], Entry(Kind.INTAKE, {"n": 1}))
    opened, *others = ledger.records()
    assert (opened.kind, others) == ("opened", written)
    assert [record.number for record in ledger.records(Kind.INTAKE)] == [4]
    assert ledger.verify().bad is None


def test_what_is_new_since(ledger: Ledger, url: str | None, tmp_path: Path) -> None:
    """In order, also what another program has appended; with it size and root."""
    assert (ledger.since(1), ledger.size) == ([], 1)
    with Ledger.at(tmp_path, url) as other:
        written = other.append(*TEN)
    assert ledger.since(1) == written
    assert [record.number for record in ledger.since(9)] == [10, 11]
    assert (ledger.size, ledger.tree()) == (11, ledger.verify().tree)


def test_it_is_read_in_pieces(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many records there are: who was given a whole piece asks again."""
    monkeypatch.setattr("ledger.ledger.AT_ONCE", 4)
    written = ledger.append(*TEN)
    assert ledger.since(1) == written[:4]
    assert ledger.tree() == ledger.verify().tree


def test_opened_again_it_goes_on(url: str | None, ledger: Ledger, tmp_path: Path) -> None:
    """The name and the key are the same, and the chain is one."""
    ledger.append(*TEN)
    with Ledger.at(tmp_path, url) as again:
        again.append(*TEN)
        assert (again.public_key, again.verify().tree.size) == (ledger.public_key, 21)


def test_no_thread_loses_its_connection(tmp_path: Path) -> None:
    """Because many others have one at the same time."""
    engine = database.engine_of(tmp_path / FILE)
    every = threading.Barrier(12, timeout=30)

    def ask() -> int:
        with engine.connect() as connection:
            every.wait()
            return int(connection.execute(text("SELECT 1")).scalar_one())

    with ThreadPoolExecutor(every.parties) as threads:
        asked = [threads.submit(ask) for _thread in range(every.parties)]
        assert [one.result() for one in asked] == [1] * every.parties
    engine.dispose()


def test_all_or_none(ledger: Ledger) -> None:
    """Where one of several records is refused, none is written."""
    with pytest.raises(TypeError):
        ledger.append(TEN[0], Entry(Kind.PLAN, {"rate": 0.5}))
    assert len(list(ledger.records())) == 1


def test_several_writers_make_one_chain(ledger: Ledger, url: str | None, tmp_path: Path) -> None:
    """No fork, no gap."""

    def write() -> None:
        with Ledger.at(tmp_path, url) as own:
            for entry in TEN:
                own.append(entry)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    verdict = ledger.verify()
    assert (verdict.tree.size, verdict.bad) == (41, None)


def test_the_database_refuses_changes(ledger: Ledger, url: str | None, tmp_path: Path) -> None:
    """By its triggers, whoever asks."""
    ledger.append(*TEN)
    engine = database.engine_of(url or tmp_path / FILE)
    for statement in (RECORDS.delete(), RECORDS.update().values(kind="x")):
        with pytest.raises(DBAPIError, match="append only"), engine.begin() as connection:
            connection.execute(statement)
    engine.dispose()


def test_a_checkpoint_is_of_all_there_is(ledger: Ledger) -> None:
    """Its root grows from the last one; it is signed by the key that strangers have."""
    ledger.append(*TEN)
    first = ledger.checkpoint()
    ledger.append(*TEN)
    name, key = read_verifier_key(ledger.public_key)
    sizes = [read_checkpoint(note, key).size for note in (first, ledger.checkpoint())]
    assert (name, sizes) == (ledger.name, [11, 21])
    assert read_checkpoint(ledger.checkpoint(), key).root == ledger.verify(first).tree.root()


def test_a_text_beside_can_be_erased(ledger: Ledger) -> None:
    """The record stays, the chain holds, and that it was erased is recorded."""
    (record,) = ledger.append(Entry(Kind.PLAN, {"plan_id": "p"}, {"reason": "as agreed"}))
    assert "as agreed" not in record.line.decode()
    assert ledger.beside(record.number) == {"reason": "as agreed"}
    erased = ledger.erase(record.number, "reason")
    assert (ledger.beside(record.number), erased.kind) == ({}, "erasure")
    assert ledger.verify().bad is None
    with pytest.raises(KeyError):
        ledger.erase(record.number, "reason")


@pytest.mark.parametrize("url", [None])
def test_nothing_of_an_erased_text_is_left(ledger: Ledger, tmp_path: Path) -> None:
    """Neither in the file nor in its log, while the ledger is open."""
    ledger.append(Entry(Kind.PLAN, {}, {"reason": "as agreed with the person"}))
    assert ledger.size == 2
    ledger.erase(2, "reason")
    there = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert b"agreed" not in there


def test_a_day_without_a_file_for_its_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    """The record is acknowledged, and the next one tries the checkpoint again."""
    ledger._day = ""  # another day begins
    ledger._begins_day = lambda record: record.number == 2  # type: ignore[method-assign]
    (tmp_path / CHECKPOINT).unlink()
    (tmp_path / CHECKPOINT).mkdir()
    assert [record.number for record in ledger.append(TEN[0])] == [2]
    (tmp_path / CHECKPOINT).rmdir()
    ledger.append(TEN[1])
    assert "\n3\n" in (tmp_path / CHECKPOINT).read_text("utf-8")


def line_of(record: Record, url: str | None) -> str:
    """The line of a record as SQL writes it."""
    text = record.line.hex()
    return f"X'{text}'" if url is None else f"decode('{text}', 'hex')"


ATTACKS = {
    "edit": ("UPDATE records SET line = {other} WHERE number = 4", 4),
    "column": ("UPDATE records SET kind = 'intake' WHERE number = 4", 4),
    "delete": ("DELETE FROM records WHERE number = 4", 4),
    "swap": ("UPDATE records SET number = 40 WHERE number = 4", 4),
    "torn": ("UPDATE records SET line = substr(line, 1, 40) WHERE number = 4", 4),
    "first": ("DELETE FROM records WHERE number = 1", 1),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_first_bad_record_is_named(
    name: str, ledger: Ledger, attack: Attack, url: str | None
) -> None:
    """Whatever was done to one record, without any checkpoint."""
    ledger.append(*TEN)
    statement, number = ATTACKS[name]
    before = list(ledger.records())[2]
    other = Record.after(before, "plan", {"plan_id": "other"}, datetime.fromisoformat(before.at))
    attack(statement.format(other=line_of(other, url)))
    bad = ledger.verify().bad
    # A changed record is itself a good one: the one after it does not follow it.
    assert bad is not None
    assert bad.number in (number, number + 1 if name == "edit" else number)


def test_a_shortened_ledger_is_seen_by_a_checkpoint_only(ledger: Ledger, attack: Attack) -> None:
    """What an administrator takes off at the end is missed by who has the note, and no other."""
    ledger.append(*TEN)
    outside = ledger.checkpoint()
    attack("DELETE FROM checkpoints")
    attack("DELETE FROM records WHERE number > 8")
    assert ledger.verify().bad is None
    bad = ledger.verify(outside).bad
    assert bad is not None
    assert str(bad.sentence) == (
        "A checkpoint was made of 11 records, and there are 8: the last ones were taken away."
    )


def test_a_ledger_written_anew_is_seen_by_a_checkpoint(ledger: Ledger, attack: Attack) -> None:
    """Every record follows the one before it, but they are not those that were signed."""
    ledger.append(*TEN)
    outside = ledger.checkpoint()
    attack("DELETE FROM checkpoints")
    attack("DELETE FROM records WHERE number > 5")
    ledger.append(*TEN)
    assert ledger.verify().bad is None
    bad = ledger.verify(outside).bad
    assert bad is not None
    assert bad.number == 11


def test_a_foreign_note_is_no_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    """Signed again by another key, it says nothing."""
    with Ledger.at(tmp_path / "other") as other, pytest.raises(NoCheckpoint):
        ledger.verify(other.checkpoint())


def test_another_text_beside_is_named(ledger: Ledger, attack: Attack) -> None:
    """Erased is not altered."""
    ledger.append(Entry(Kind.PLAN, {}, {"reason": "as agreed"}))
    attack("UPDATE beside SET text = 'other'")
    bad = ledger.verify().bad
    assert bad is not None
    assert bad.number == 2


def test_a_text_that_is_gone_without_a_record_is_named(ledger: Ledger, attack: Attack) -> None:
    """Whoever erases says so; taken away in silence, a fact would be lost unseen."""
    ledger.append(Entry(Kind.PLAN, {}, {"reason": "as agreed"}))
    ledger.append(Entry(Kind.FACTS, {}, {"0": "first", "1": "second"}))
    ledger.erase(2, "reason")
    ledger.erase(3, "1")
    assert ledger.verify().bad is None
    attack("DELETE FROM beside WHERE name = '0'")
    bad = ledger.verify().bad
    assert bad is not None
    assert (bad.number, "no record says" in str(bad.problem)) == (3, True)


def test_many_threads_share_a_ledger(ledger: Ledger) -> None:
    """More than there are kept connections: none loses the one that it works with."""

    def work(name: int) -> int:
        for turn in range(10):
            ledger.since(0)
            ledger.append(Entry(Kind.PLAN, {"writer": name, "turn": turn}))
        return ledger.size

    with ThreadPoolExecutor(20) as pool:
        sizes = [*pool.map(work, range(20))]
    assert max(sizes) == ledger.size == 201
    assert ledger.verify().bad is None


@pytest.mark.parametrize("url", [None])
def test_the_program_alone(ledger: Ledger, attack: Attack, tmp_path: Path) -> None:
    """The stand-alone verifier agrees, by the file or by its lines, and needs no other module."""
    ledger.append(*TEN)
    note, lines = tmp_path / "note.txt", tmp_path / "lines.txt"
    note.write_text(ledger.checkpoint(), "utf-8")
    lines.write_bytes(b"\n".join(record.line for record in ledger.records()) + b"\n")
    program = str(Path(alone.__file__))
    for source in (tmp_path / FILE, lines):
        command = [sys.executable, "-I", program, str(source), "--checkpoint", str(note)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        assert (done.returncode, done.stdout[:22]) == (0, "All 11 records hold. R")
    attack("DELETE FROM records WHERE number > 8")
    command = [sys.executable, "-I", program, str(tmp_path / FILE), "--checkpoint", str(note)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 3
    assert done.stdout == (
        "The ledger does not hold: the checkpoint is of 11 records, there are 8.\n"
    )


@pytest.mark.parametrize("left", [None, 1])
def test_a_ledger_that_was_lost_is_not_begun_anew(tmp_path: Path, left: int | None) -> None:
    """The checkpoint in its folder says how many there were; the note stays as it is."""
    with Ledger.at(tmp_path) as ledger:
        early = tmp_path / "early"
        early.write_bytes((tmp_path / FILE).read_bytes())
        ledger.append(*TEN)
        ledger.checkpoint()
    note = (tmp_path / CHECKPOINT).read_text("utf-8")
    (tmp_path / FILE).unlink()
    if left:
        early.rename(tmp_path / FILE)
    with pytest.raises(Unusable, match="not all there"):
        Ledger.at(tmp_path)
    assert (tmp_path / CHECKPOINT).read_text("utf-8") == note
    (tmp_path / CHECKPOINT).unlink()
    Ledger.at(tmp_path).close()
