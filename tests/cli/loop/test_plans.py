"""Tests of scheduled plans: of which cases, how many, and gone on with where they were stopped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cases.integrity.manifest import check_folder
from cli.loop import plans, rounds
from cli.loop.job import WORKPLACES
from ledger.ledger import Ledger
from ledger.records import Kind
from serving.kept.plan import read_plan
from tests.cli.loop.conftest import nothing, run, work


class Killed(BaseException):
    """As if the process were killed."""


@pytest.fixture(autouse=True)
def _plans_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tasks do nothing."""
    others = {what: nothing for what in rounds.TASKS if what != "plan"}
    monkeypatch.setattr(rounds, "TASKS", {**rounds.TASKS, **others})


def kept(office: Path) -> list[Path]:
    """The plans whose reviews began."""
    return sorted((office.parent / ".triage" / "plans").glob("*"))


def recorded(office: Path) -> list[str]:
    """The ids of the plans in the ledger."""
    with Ledger.at(office.parent / ".triage") as ledger:
        return [str(record.content["plan_id"]) for record in ledger.records(Kind.PLAN)]


def test_a_plan_is_drawn_and_its_reviews_begin(office: Path) -> None:
    """Of the cases closed in the month before, half of them; whole, and recorded."""
    ended = run(office)
    (folder,) = kept(office)
    check_folder(folder)
    plan = read_plan(folder)
    assert (plan.parameters.as_of, plan.parameters.closed_after) == (
        datetime(2024, 3, 1, 7),
        datetime(2024, 2, 1, 7),
    )
    assert (plan.frame.height, len(plan.listed)) == (20, 10)
    assert recorded(office) == [folder.name] == [*work(office).reviewing.plans]
    assert ended[1].outcome is not None
    assert ended[1].outcome.made == folder.name
    assert str(ended[1].said[0]) == f"Plan {folder.name}: 10 cases to check."


def test_the_next_one_begins_where_the_last_ended(office: Path) -> None:
    """Months that were missed are in its frame, too; where there is no case, that is said."""
    run(office, datetime(2024, 2, 10, 12))
    run(office, datetime(2024, 2, 20, 12))
    assert kept(office) == []
    assert work(office).running.done["plan"].made is None
    run(office, datetime(2024, 5, 10, 12))
    (folder,) = kept(office)
    assert read_plan(folder).parameters.closed_after == datetime(2024, 2, 1, 7)


@pytest.mark.parametrize(
    ("keys", "drawn"), [("capacity = 3", 3), ("share = 0.25", 5), ("", 1), ("share = 0.0", 1)]
)
def test_how_many(office: Path, keys: str, drawn: int) -> None:
    """A number, a share, the office's usual share (5 %), at least one."""
    office.write_text(office.read_text("utf-8").replace("share = 0.5", keys), "utf-8")
    run(office)
    (folder,) = kept(office)
    assert len(read_plan(folder).listed) == drawn


def killed_at_once(job: object) -> object:
    """A run that has only begun."""
    raise Killed


@pytest.mark.parametrize("at", ["drawn_from", "record", "begin"])
def test_a_plan_that_was_stopped_is_drawn_once(
    office: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is recorded it is drawn again with the same seed, after that it is begun.

    Also where another run that was killed came between.
    """
    inner = getattr(plans, at)

    def killed(*given: object, **more: object) -> object:
        if at == "begin":
            raise Killed
        inner(*given, **more)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(plans, at, killed)
        with pytest.raises(Killed):
            run(office)
    with monkeypatch.context() as patched:
        patched.setattr(rounds, "TASKS", {**rounds.TASKS, "plan": killed_at_once})
        with pytest.raises(Killed):
            run(office)
    before = recorded(office)
    assert kept(office) == []
    run(office)
    (folder,) = kept(office)
    assert recorded(office) == [folder.name]
    assert before in ([], [folder.name])
    assert not list((office.parent / ".triage" / WORKPLACES).iterdir())
    with Ledger.at(office.parent / ".triage") as ledger:
        assert ledger.verify().bad is None


def test_what_was_recorded_and_not_begun_is_not_drawn_anew(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the tables have changed since."""

    def killed(*given: object) -> object:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(plans, "begin", killed)
        with pytest.raises(Killed):
            run(office)
    table = office.parent / "cases.csv"
    table.write_text(table.read_text("utf-8") + "new,2024-01-01,2024-02-25,x,4,yes\n", "utf-8")
    run(office)
    (folder,) = kept(office)
    assert recorded(office) == [folder.name]
    assert read_plan(folder).frame.height == 20


def test_a_seed_that_is_given_is_the_plan_s(office: Path) -> None:
    """With the schedule and the moment: whoever is given it can repeat the round."""
    run(office, seed="s")
    (folder,) = kept(office)
    assert read_plan(folder).parameters.seed == "s plan 2024-03-01T07"
