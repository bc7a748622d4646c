"""Tests of scheduled reading, training and reporting, without fitting anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cases.language.messages import _
from cli.loop import tasks
from ledger.ledger import Ledger
from ledger.records import Kind
from models.registry import CHAMPION, Event, Version
from serving.leases.lease import Lost
from tests.cli.loop.conftest import NOW, opened, run, work

TRAINING = """
[[schedules]]
code = "training"
what = "train"
every = "month"
"""


@dataclass
class Models:
    """A registry in memory; `trains` counts how often something was fitted."""

    versions: tuple[Version, ...] = ()
    trains: int = 0
    killed: bool = False

    def train(self, tables: Any, registry: Any, until: datetime, tell: object) -> Any:
        """A version that is promoted; killed before anybody can record that."""
        del tables, registry, tell
        self.trains += 1
        reason = Event("2024-03-01T00:00:00Z", "promoted", _("Required."))
        version = Version("x", str(self.trains), (CHAMPION,), 0, "", "", until.isoformat())
        self.versions = (replace(version, events=(reason,)), *self.versions)
        if self.killed:
            raise Killed
        return _Trained(self.versions[0])

    def load(self, _version: object, _office: object) -> Any:
        """What was kept of a version."""
        return _Bundle({"data_hash": self.data_hash})

    data_hash = ""


@dataclass
class _Trained:
    version: Version


@dataclass
class _Bundle:
    about: dict[str, str]


class Killed(BaseException):
    """As if the process were killed."""


@pytest.fixture
def models(office: Path, monkeypatch: pytest.MonkeyPatch) -> Models:
    """The office trains monthly, and does nothing else."""
    text = office.read_text("utf-8")
    start, end = text.index("[[schedules]]"), text.index("[[reviews.grades]]")
    office.write_text(text[:start] + TRAINING + "\n" + text[end:], "utf-8")
    made = Models()

    class Registry:
        """Instead of the one that owns the lease."""

        def __init__(self, *_given: object) -> None:
            self.load = made.load

        def version(self, _office: object, number: int) -> Version:
            """Of that number."""
            return next(one for one in made.versions if one.number == str(number))

        def versions(self, _name: str) -> tuple[Version, ...]:
            """All of them."""
            return made.versions

        def champion_version(self, _office: object) -> Version:
            """The newest."""
            return made.versions[0]

    monkeypatch.setattr(tasks, "OwnedRegistry", Registry)
    monkeypatch.setattr(tasks, "train_candidate", made.train)
    with opened(office) as this:
        made.data_hash = this.present().tables.data_hash
    return made


def trainings(office: Path) -> list[dict[str, Any]]:
    """The trainings in the ledger."""
    with Ledger.at(office.parent / ".triage") as ledger:
        return [dict(record.content) for record in ledger.records(Kind.TRAINING)]


def test_a_training_is_recorded_with_its_end(office: Path, models: Models) -> None:
    """Once on the same tables, whatever is due."""
    (ended,) = run(office)
    assert [str(said) for said in ended.said] == ["Model 1 is promoted to champion. Required."]
    assert [(one["version"], one["promoted"]) for one in trainings(office)] == [("1", True)]
    (again,) = run(office, datetime(2024, 4, 2))
    assert [str(said) for said in again.said] == ["There is nothing new to learn from."]
    assert models.trains == 1


def test_a_model_that_was_promoted_and_not_recorded_is_not_trained_again(
    office: Path, models: Models
) -> None:
    """The next round records it."""
    models.killed = True
    with pytest.raises(Killed):
        run(office)
    assert trainings(office) == []
    (ended,) = run(office)
    assert [str(said) for said in ended.said] == ["Model 1 is promoted to champion. Required."]
    assert [one["version"] for one in trainings(office)] == ["1"]
    assert models.trains == 1


def test_where_the_tables_have_changed_it_is_trained_again(office: Path, models: Models) -> None:
    """What was promoted then knew other facts."""
    models.killed = True
    with pytest.raises(Killed):
        run(office)
    models.killed, models.data_hash = False, "another"
    run(office)
    assert models.trains == 2


def test_services_are_told_of_what_is_new(office: Path) -> None:
    """Of the first reading, and of tables that have changed; not of the same ones."""
    renewed = office.parent / ".triage" / "renewed"
    run(office)
    assert renewed.exists()
    renewed.unlink()
    (same, *_others) = run(office, datetime(2024, 3, 2, 12))
    assert [str(said) for said in same.said][-1] == "Nothing is new."
    assert not renewed.exists()
    table = office.parent / "cases.csv"
    table.write_text(table.read_text("utf-8") + "new,2024-01-01,2024-02-25,x,4,yes\n", "utf-8")
    run(office, datetime(2024, 3, 3, 12))
    assert renewed.exists()


def test_a_report_is_put_in_place_whole(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run that was stopped had put there is replaced; changes are alarms."""
    text = office.read_text("utf-8").replace('"plan"\nwhat = "plan"', '"audit"\nwhat = "report"')
    office.write_text(text.replace("share = 0.5", 'languages = ["en", "zh"]'), "utf-8")

    def write(
        _summary: object, _until: datetime, spoken: Sequence[str], folder: Path
    ) -> list[Path]:
        files = {folder / f"report.{language}.html": language for language in spoken}
        for path, language in files.items():
            path.write_text(json.dumps(language), "utf-8")
        return [*files]

    finding = type("Finding", (), {"what": _("Required.")})()
    summary = type("Summary", (), {"changes": type("Changes", (), {"findings": (finding,)})()})()
    champion = type("Registry", (), {"champion": lambda *_given: _Hashed()})
    stubs: dict[str, Callable[..., object]] = {
        "Registry": lambda _home: champion(),
        "last_year_backtest": lambda *_given: None,
        "summary_of": lambda *_given: summary,
        "write_kept": write,
    }
    for name, stub in stubs.items():
        monkeypatch.setattr(tasks, name, stub)
    stale = office.parent / ".triage" / "reports" / "audit-2024-03-01" / "old.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    run(office)
    assert {path.name for path in stale.parent.iterdir()} == {
        "report.en.html",
        "report.zh.html",
    }
    done = work(office).running.done["audit"]
    assert (done.made, [str(alarm) for alarm in done.alarms]) == (stale.parent.name, ["Required."])


class _Hashed:
    content_hash = "0" * 64


def test_nobody_promotes_without_the_lease(tmp_path: Path, office: Path) -> None:
    """A registry that owns it asks before it keeps or promotes anything."""
    with opened(office, NOW) as this:
        registry = tasks.OwnedRegistry(tmp_path, this.lease)
        this.lease.give_back()
        version = Version("x", "1", (), 0, "", "")
        with pytest.raises(Lost):
            registry.promote(version)
