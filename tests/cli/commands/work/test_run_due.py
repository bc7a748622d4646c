"""`triage run-due`: everything that is due, as a scheduler starts it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from serving.leases.lease import leased
from serving.use_cases.recording.records import training_record
from serving.work.runs import LEASE
from serving.workspace import Workspace
from tests.cli.commands.conftest import OF_PEOPLE
from tests.factories.command import triage

NOW = "2026-07-02T08:00"


@pytest.fixture
def living(office: Path, tmp_path: Path) -> Path:
    """The demo office, in a folder of its own: its model has learnt, nobody has worked there."""
    copy = tmp_path / "living"
    shutil.copytree(office.parent, copy, ignore=shutil.ignore_patterns(*OF_PEOPLE))
    workspace = Workspace.of(copy / "office.toml")
    tables = workspace.tables()
    when = {"until": tables.latest_record, "data_hash": tables.data_hash}
    with Ledger.at(workspace.home) as ledger:
        ledger.append(training_record(tables.office, "1", promoted=True, **when))
    return workspace.office


def test_it_does_what_is_due_and_says_how_it_ended(living: Path) -> None:
    """New data, a plan under way, a report in two languages; then nothing until the next day."""
    dry = triage("run-due", living, "--now", NOW, "--dry-run")
    assert [line.split(",")[0] for line in dry.output.splitlines()] == [
        "`new_data`",
        "`training`",
        "`monthly_plan`",
        "`watching`",
        "`quarterly_report`",
        "`reminders`",
    ]
    found = triage("run-due", living, "--now", NOW, "--seed", "s")
    assert found.exit_code == 0, found.output
    assert "6,000 cases; the newest record is of 30 June 2026." in found.output
    assert "There is nothing new to learn from." in found.output
    home = living.parent / ".triage"
    (report,) = (home / "reports").iterdir()
    assert report.name == "quarterly_report-2026-07-02"
    assert {path.name for path in report.iterdir()} == {
        "report.en.html",
        "report.zh.html",
        "pages.json",
        "report.json",
    }
    assert json.loads((report / "report.json").read_text("utf-8"))
    (plan,) = (home / "plans").iterdir()
    assert triage("verify", plan).exit_code == 0
    assert (home / "reviewers" / plan.name / "manifest.json").is_file()
    again = triage("run-due", living, "--now", "2026-07-02T09:00")
    assert again.output == "Nothing is due. Next: `new_data`, 2026-07-03 05:00.\n"
    assert triage("verify", living).exit_code == 0


def test_a_second_one_is_refused(living: Path) -> None:
    """With exit code 3; what is due is shown nevertheless."""
    with leased(living.parent / ".triage", LEASE):
        found = triage("run-due", living, "--now", NOW)
        assert (found.exit_code, "Another process does this now." in found.output) == (3, True)
        assert triage("run-due", living, "--now", NOW, "--dry-run").exit_code == 0
    assert not (living.parent / ".triage" / "plans").exists()


def test_what_fails_has_its_exit_code(living: Path) -> None:
    """2 for faults of a table, which are listed; the plan waits for it."""
    (living.parent / "cases.csv").write_text("case_id\n1\n", "utf-8")
    found = triage("run-due", living, "--now", NOW)
    assert found.exit_code == 2
    assert "It waits until the tables can be read." in found.output


def test_without_schedules_it_says_what_to_do(living: Path) -> None:
    """And a wrong address is a fault."""
    text = living.read_text("utf-8")
    start, end = text.index("[[schedules]]"), text.index("[notices]")
    living.write_text(text[:start] + text[end:], "utf-8")
    found = triage("run-due", living)
    assert (found.exit_code, "has no schedules" in found.output) == (0, True)
    assert triage("run-due", living, "--public-url", "office.example").exit_code == 2
