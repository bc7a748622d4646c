"""Wiring: where an office, its tables and its models are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from cases.errors import BadInput, Refused
from ledger.ledger import FILE
from models.registry import Registry
from serving.memory.facts import facts_entry
from serving.running.worker import load_context
from serving.workspace import Workspace, check
from tests.factories.files import write

OFFICE = """
[office]
name.en = "Test office"

[tables.cases]
path = "cases.csv"
"""


def test_what_is_left_out_lies_beside_the_office_file(tmp_path):
    """An office in one folder needs one path."""
    workspace = Workspace.of(tmp_path / "office.toml")

    assert (workspace.data, workspace.home) == (tmp_path, tmp_path / ".triage")


def test_paths_survive_a_change_of_folder(tmp_path, monkeypatch):
    """Workers run elsewhere, so what they are told is absolute."""
    monkeypatch.chdir(tmp_path)

    workspace = Workspace.of(
        Path("office.toml"), Path("data"), set_aside=Path("aside.csv"), language="zh"
    )

    assert (workspace.data, workspace.set_aside) == (tmp_path / "data", tmp_path / "aside.csv")
    assert Workspace.from_environment(workspace.to_environment()) == workspace


def test_the_office_speaks_the_language_that_is_asked_for(tmp_path):
    """Of a worker too; without one, the office file's. One there is not is refused."""
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    workspace = replace(Workspace.of(tmp_path / "office.toml"), language="zh")
    variables = workspace.to_environment()

    assert Workspace.from_environment(variables).served_office().language == "zh"
    assert Workspace.of(tmp_path / "office.toml").served_office().language == "en"
    with pytest.raises(Refused, match="TRIAGE_LANGUAGE is not a language"):
        Workspace.from_environment(variables | {"TRIAGE_LANGUAGE": "xx"})


def test_every_worker_leaves_out_the_same_faulty_rows(tmp_path):
    """The first to read writes them down; those after it find the same and go on."""
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(
        "case_id,opened_at,closed_at\na,2024-01-01,\nb,2024-02-30,\n", encoding="utf-8"
    )
    workspace = Workspace.of(tmp_path / "office.toml", set_aside=tmp_path / "aside.csv")

    for worker in (workspace, Workspace.from_environment(workspace.to_environment())):
        assert worker.tables().case_rows["case_id"].to_list() == ["a"]


def test_without_an_office_it_is_refused_with_what_to_do():
    """A worker started by hand says which variable is missing."""
    with pytest.raises(Refused, match="set TRIAGE_OFFICE"):
        Workspace.from_environment({})


def test_without_a_champion_it_is_refused(tmp_path):
    """There is nothing to serve before a model has been trained and promoted."""
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")

    for load in (load_context, check):
        with pytest.raises(Refused, match="train"):
            load(Workspace.of(tmp_path / "office.toml"))


def test_tables_and_champion_are_of_one_office(tmp_path, monkeypatch):
    """Features are kept by the office object, so a request must not meet two of them."""
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    (tmp_path / "cases.csv").write_text("case_id,opened_at,closed_at\na,2024-01-01,\n")
    asked = []

    def loaded(office):
        asked.append(office)
        return SimpleNamespace(content_hash="")

    monkeypatch.setattr(Registry, "champion_version", lambda *_: SimpleNamespace(number="1"))
    monkeypatch.setattr(Registry, "load", lambda _, _version, office: loaded(office))

    context = load_context(Workspace.of(tmp_path / "office.toml"))

    assert context.tables.office is asked[0]


def test_without_an_office_file_every_fault_is_told(tmp_path):
    """A wrong path is the user's mistake, not an internal error."""
    for load in (load_context, check):
        with pytest.raises(BadInput, match="there is no such file"):
            load(Workspace.of(tmp_path / "office.toml"))


def came_in(folder: Path, **changes: object) -> Workspace:
    """The small office, with an event of an open case in its ledger."""
    workspace = Workspace.of(write(folder) / "office.toml")
    event = {"case_id": "b", "at": datetime(2024, 1, 5, 9), "activity": "accepted"} | changes
    with workspace.opened_ledger() as ledger:
        ledger.append(facts_entry(workspace.served_office(), "events", "key", [event], 0, 1))
    return workspace


def test_commands_see_what_came_in(tmp_path):
    """As rows of the office's tables, whose fingerprint is another one then."""
    before = Workspace.of(write(tmp_path) / "office.toml").tables()
    now = came_in(tmp_path).tables()

    assert now.of_cases("events", ["b"])["at"].to_list()[-1] == datetime(2024, 1, 5, 9)
    assert now.event_rows.height == before.event_rows.height + 1
    assert now.data_hash != before.data_hash


def test_what_does_not_fit_any_more_is_a_warning(tmp_path):
    """An event of a case that the office has taken out does not stop a command."""
    now = came_in(tmp_path, case_id="gone").tables()

    assert "1 row that came in" in str(now.report.warnings[-1].problem)


def test_a_ledger_that_cannot_be_read_is_told(tmp_path):
    """Tables without what came in would be other tables."""
    workspace = came_in(tmp_path)
    for path in workspace.home.glob(f"{FILE}*"):
        path.unlink()
    (workspace.home / FILE).write_bytes(b"no database")

    with pytest.raises(BadInput, match="cannot be read"):
        workspace.tables()
