"""A ledger is verified from the command line."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from ledger.ledger import FILE, Entry, Ledger
from ledger.records import Kind
from tests.factories.command import triage


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The file of a ledger, with a checkpoint beside it."""
    with Ledger.at(tmp_path) as ledger:
        ledger.append(*(Entry(Kind.PLAN, {"plan_id": f"p{n}"}) for n in range(9)))
        (tmp_path / "note.txt").write_text(ledger.checkpoint(), "utf-8")
    return tmp_path / FILE


def test_records_that_hold(kept: Path) -> None:
    """Their number and root; without a checkpoint, also what cannot be seen."""
    alone = triage("verify", kept)
    assert (alone.exit_code, "All 10 records hold." in alone.output) == (0, True)
    assert "give it with --checkpoint" in alone.output
    known = triage("verify", kept, "--checkpoint", kept.with_name("note.txt"))
    assert (known.exit_code, "--checkpoint" in known.output) == (0, False)


def test_a_record_that_does_not_hold(kept: Path) -> None:
    """The first is named; exit code 3."""
    with sqlite3.connect(kept) as connection:
        connection.execute("DROP TRIGGER records_DELETE")
        connection.execute("DELETE FROM records WHERE number = 7")
    connection.close()
    found = triage("verify", kept)
    assert (found.exit_code, found.output.strip()) == (
        3,
        "Record 7 is missing; the next one there is has the number 8.",
    )


def test_what_is_no_ledger_is_bad_input(tmp_path: Path, kept: Path) -> None:
    """A file of another kind, a missing or foreign checkpoint, a checkpoint of a folder."""
    other = tmp_path / "other.txt"
    other.write_text("x", "utf-8")
    for arguments, said in [
        ([other], "is not a ledger"),
        ([kept, "--checkpoint", tmp_path / "none.txt"], "cannot be read"),
        ([kept, "--checkpoint", other], "does not have the lines of a checkpoint"),
        ([tmp_path, "--checkpoint", other], "is of one ledger"),
    ]:
        refused = triage("verify", *arguments)
        assert (refused.exit_code, said in refused.output) == (2, True), refused.output


def test_what_was_decided_is_recorded(office: Path, tmp_path: Path) -> None:
    """By the demo training and an intake and a plan; then a commitment, its plan, an estimate."""
    home, promised = office.parent / ".triage", tmp_path / "promised.json"
    request = ("--as-of", "2026-06-30", "--capacity", 40)
    seed = ("--seed", "0123456789abcdef")
    triage("commit", office, *request, *seed, "--out", promised)
    with Ledger.at(home) as ledger:
        before = list(ledger.records())
    assert {"opened", "training", "plan", "intake", "commitment"} <= {
        record.kind for record in before
    }
    drawn = triage("plan", office, "--commitment", promised, *seed, "--out", tmp_path / "plan")
    assert drawn.exit_code == 0, drawn.output
    triage("estimate", office, "--plan", tmp_path / "plan")
    with Ledger.at(home) as ledger:
        plan, estimate = list(ledger.records())[len(before) :]
    kept = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert plan.content["plan_id"] == kept["plan_id"]
    assert plan.content["commitment"] == before[-1].content["commitment"]
    assert estimate.content["plans"] == [kept["plan_id"]]
    checked = triage("verify", home / FILE, "--checkpoint", home / "checkpoint.txt")
    assert checked.exit_code == 0, checked.output


def test_nothing_is_decided_without_a_record(office: Path, tmp_path: Path) -> None:
    """A ledger that cannot be written to stops the command before it begins."""
    home = tmp_path / "office"
    shutil.copytree(office.parent, home)
    (home / ".triage" / FILE).write_bytes(b"no database")
    (home / ".triage" / f"{FILE}-wal").unlink(missing_ok=True)
    request = ("--as-of", "2026-06-30", "--capacity", 40, "--out", tmp_path / "plan")
    refused = triage("plan", home / "office.toml", *request)
    assert (refused.exit_code, "cannot be written to" in refused.output) == (2, True)
    assert not (tmp_path / "plan").exists()
