"""A ledger is verified from the command line."""

from __future__ import annotations

import json
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cases.errors import Refused
from cases.language.messages import Message
from cases.office.loading import load_office
from cases.progress import Progress
from cases.tables.tables import Tables
from cli.files.ledger import ledger_of, record
from cli.files.office import workspace_of
from evaluation.promotion.candidate import Trained
from ledger import alone
from ledger.ledger import FILE, Entry, Ledger
from ledger.records import Kind
from serving.memory.facts import facts_entry
from serving.use_cases.recording.records import rollback_record, training_record, training_request
from tests.cases.sources.conftest import postgres_url
from tests.factories.command import triage
from tests.factories.files import write
from tests.factories.office import office as described_office
from tests.ledger.databases import carry_out

__all__ = ["postgres_url"]


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


def test_why_a_past_was_corrected_stands_beside_the_record() -> None:
    """The reason can be erased; without one there is nothing beside."""
    told: dict[str, Any] = {"promoted": True, "until": datetime(2026, 1, 2), "data_hash": ""}
    entry = training_record(described_office(), "3", **told, corrected="grades were mixed up")
    assert entry.beside == {"corrected": "grades were mixed up"}
    assert training_record(described_office(), "3", **told).beside == {}


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """An office file, and beside it a ledger of five records."""
    with Ledger.at(tmp_path / ".triage") as ledger:
        ledger.append(
            training_record(
                described_office(),
                "3",
                promoted=True,
                until=datetime(2026, 1, 2),
                data_hash="0" * 64,
            ),
            rollback_record("2", "as agreed"),
            Entry(Kind.INTAKE, {"cases": 7}),
            Entry(Kind.INTAKE, {"other": [1, 2]}),
        )
    return write(tmp_path) / "office.toml"


def test_records_in_words(shown: Path) -> None:
    """The newest first; one that says other things than we know is shown as it stands."""
    said = triage("ledger", shown, "--language", "en").output
    words = ['{"other": [1, 2]}', "suggestions for 7 new cases", "version 2 is the champion again"]
    places = [said.index(word) for word in words]
    assert (places, "version 3 trained; it is the" in said) == (sorted(places), True)
    last = triage("ledger", shown, "--kind", "intake", "--last", 1).output
    assert ("other" in last, "suggestions" in last) == (True, False)
    whole = triage("ledger", shown, "--number", 3).output
    assert "as agreed" in whole


def test_what_came_in_is_shown_in_words(shown: Path) -> None:
    """How many rows of which table, and the row itself; a training that is asked for."""
    event = {"case_id": "a", "at": datetime(2026, 1, 2), "activity": "accepted"}
    with Ledger.at(shown.parent / ".triage") as ledger:
        ledger.append(
            facts_entry(described_office(), "events", "key", [event, event], 1, 5),
            training_request(described_office(), datetime(2026, 3, 31), "new reviews"),
        )
    said = triage("ledger", shown, "--language", "en").output
    assert "2 rows came in: events" in said
    assert "a training is asked for, on what was known by 2026-03-31" in said
    assert '"accepted"' in triage("ledger", shown, "--number", 6).output


def test_who_was_let_in_is_shown_in_words(shown: Path) -> None:
    """With the roles, and what was refused; by ids."""
    assert triage("users", shown, "add", "anna", "--role", "reviewer").exit_code == 0
    with Ledger.at(shown.parent / ".triage") as ledger:
        ledger.append(Entry(Kind.ACCESS, {"what": "refused", "about": "k-1", "action": "plan"}))
    said = triage("ledger", shown, "--kind", "access", "--language", "en").output
    assert "was added, with the roles reviewer" in said
    assert "k-1 was refused plan" in said


def test_records_as_lines(shown: Path, tmp_path: Path) -> None:
    """Which the stand-alone verifier checks."""
    lines = tmp_path / "lines.jsonl"
    assert triage("ledger", shown, "--out", lines).exit_code == 0
    assert alone.check(alone.lines_of(lines), None).size == 5


def test_a_text_is_erased(shown: Path) -> None:
    """Once the name is typed again, or at once; that and why it was is recorded."""
    words = ("erase", shown, 3, "reason", "--reason", "the person asked")
    assert "Nothing was erased." in triage(*words, typed="no\n").output
    assert "Nothing was erased." in triage(*words).output
    assert "That is record 6." in triage(*words, typed="reason\n").output
    assert "(erased)" in triage("ledger", shown, "--number", 3).output
    assert "the person asked" in triage("ledger", shown, "--number", 6).output
    assert (
        "That is record 7." in triage("erase", shown, 6, "reason", "--reason", "x", "--yes").output
    )
    assert triage("verify", shown).exit_code == 0


def test_how_far_a_checkpoint_goes(shown: Path, tmp_path: Path) -> None:
    """All records, or those up to one."""
    note = tmp_path / "note.txt"
    with Ledger.at(shown.parent / ".triage") as ledger:
        note.write_text(ledger.checkpoint(), "utf-8")
        done = triage("verify", shown, "--checkpoint", note)
        assert (done.exit_code, "covers all of them" in done.output) == (0, True)
        ledger.append(Entry(Kind.PLAN, {}))
    done = triage("verify", shown, "--checkpoint", note)
    assert (done.exit_code, "covers records 1 to 5." in done.output) == (0, True)


def test_what_cannot_be_shown_or_erased(shown: Path, tmp_path: Path) -> None:
    """Each is a fault with what to do, or a refusal where nothing was decided yet."""
    other = tmp_path / "other"
    other.mkdir()
    write(other)
    for arguments, code, said in [
        (("ledger", shown, "--kind", "thing"), 2, "is not a kind of records"),
        (("ledger", shown, "--number", 9), 2, "There are 5."),
        (("ledger", shown, "--out", tmp_path / "x.csv"), 2, "has an ending that is not written"),
        (("ledger", shown, "--kind", "plan"), 0, "There is no such record."),
        (("erase", shown, 2, "reason", "--reason", "x"), 2, "has no text of that name"),
        (("erase", shown, 3, "reason", "--reason", " "), 2, "the reason is blank"),
        (("ledger", other / "office.toml"), 3, "has no ledger yet"),
        (("verify",), 2, "nothing is named that could be checked"),
    ]:
        done = triage(*arguments)
        assert (done.exit_code, said in done.output) == (code, True), done.output


def test_a_damaged_record_is_named(shown: Path) -> None:
    """Where it is to be shown."""
    carry_out(shown.parent / ".triage", None, "UPDATE records SET line = 'x' WHERE number = 2")
    done = triage("ledger", shown)
    assert (done.exit_code, "has a record that is torn" in done.output) == (2, True)


def test_a_ledger_in_a_database(
    postgres_url: str, shown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where TRIAGE_LEDGER says, for what records, shows and verifies."""
    monkeypatch.setenv("TRIAGE_LEDGER", postgres_url)
    with ledger_of(workspace_of(shown)) as ledger:
        record(ledger, rollback_record("8", "in the database"))
    assert "version 8 is the champion again" in triage("ledger", shown).output
    for words in (("verify",), ("verify", shown)):
        note = ("--checkpoint", shown.parent / ".triage" / "checkpoint.txt")
        done = triage(*words, *note)
        assert (done.exit_code, "All 2 records hold." in done.output) == (0, True), done.output
    monkeypatch.setenv("TRIAGE_LEDGER", "postgresql://plumbline:secret@127.0.0.1:1/ledger")
    for words in (("verify",), ("ledger", shown)):
        done = triage(*words)
        assert (done.exit_code, "the server does not answer" in done.output) == (2, True)
        assert "secret" not in done.output


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


def test_a_training_is_carried_out_if_it_was_asked_for(
    office_anew: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, on what was known by the moment that was said."""
    trained: list[datetime] = []

    def candidate(
        _tables: Tables, _registry: object, until: datetime, _tell: Progress, _corrected: str
    ) -> Trained:
        trained.append(until)
        raise Refused(Message("enough for now"))

    monkeypatch.setattr("evaluation.promotion.candidate.train_candidate", candidate)
    nobody = triage("train", office_anew, "--if-asked")
    assert (nobody.exit_code, "Nobody has asked" in nobody.output) == (0, True)
    until = datetime(2026, 3, 31)
    with Ledger.at(tmp_path / "home") as ledger:
        described = load_office(office_anew)
        ledger.append(training_request(described, until, "new reviews"))
        assert triage("train", office_anew, "--if-asked").exit_code == 3
        assert trained == [until]
        done = training_record(described, "9", promoted=False, until=until, data_hash="")
        ledger.append(done)
    assert "Nobody has asked" in triage("train", office_anew, "--if-asked").output
