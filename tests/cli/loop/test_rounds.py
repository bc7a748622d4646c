"""Tests of rounds: each job whole or to be done again, by one process, in any kind of trouble."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cli.loop import rounds
from cli.loop.job import WORKPLACES, Job, Outcome
from cli.loop.rounds import do, due_now
from ledger.ledger import Ledger
from ledger.records import Kind
from serving.leases.lease import Lost
from serving.use_cases.recording.records import training_request
from tests.cli.loop.conftest import NOW, SCHEDULES, nothing, opened, run, work
from tests.factories.files import OFFICE


@dataclass
class Doing:
    """Jobs that say when they run, and go wrong as a test wants."""

    done: list[str] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    trouble: dict[str, Callable[[Job], object]] = field(default_factory=dict)

    def __call__(self, job: Job) -> Outcome:
        """The job of any schedule."""
        code = job.due.schedule.code
        self.done.append(code)
        self.seeds.append(job.seed)
        job.workplace.mkdir(parents=True)
        (job.workplace / "half").write_text("half")
        if code in self.trouble:
            self.trouble[code](job)
        return Outcome((_("Required."),), code)


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Doing:
    """Instead of all tasks."""
    made = Doing()
    monkeypatch.setattr(rounds, "TASKS", dict.fromkeys(rounds.TASKS, made))
    return made


def raising(error: BaseException) -> Callable[[Job], object]:
    """What goes wrong in that way."""

    def go_wrong(job: Job) -> object:
        raise error

    return go_wrong


def test_what_is_due_is_done_once(office: Path, doing: Doing) -> None:
    """In order; in the next hour nothing is due, on the next day what is daily."""
    ended = run(office)
    assert doing.done == ["new_data", "plan", "reminders"]
    assert [str(text) for one in ended for text in one.said] == ["Required."] * 3
    assert run(office, NOW + timedelta(hours=1)) == []
    doing.done.clear()
    run(office, NOW + timedelta(days=1))
    assert doing.done == ["new_data", "reminders"]
    assert not list((office.parent / ".triage" / WORKPLACES).iterdir())


def test_what_failed_is_said_and_done_again(office: Path, doing: Doing) -> None:
    """The others go on; no value of a row is in what is recorded of faults."""
    fault = Fault("cases.csv", _("is missing."), _("Give it."), value="secret")
    doing.trouble = {"plan": raising(BadInput([fault, fault]))}
    ended = run(office)
    assert [one.error is None for one in ended] == [True, False, True]
    (failed,) = [one for one in work(office).running.runs if one.state == "failed"]
    assert [str(text) for text in failed.said] == ["2 faults. The first, in cases.csv: is missing."]
    doing.trouble, doing.done = {}, []
    run(office, NOW + timedelta(hours=1))
    assert doing.done == ["plan"]


def test_an_internal_error_says_nothing_of_data(office: Path, doing: Doing) -> None:
    """Only its kind."""
    doing.trouble = {"plan": raising(RuntimeError("case 17 of Ms Li"))}
    run(office)
    (failed,) = [one for one in work(office).running.runs if one.state == "failed"]
    (said,) = failed.said
    assert str(said) == "Plumbline failed: an internal error (RuntimeError)."


def test_ctrl_c_leaves_nothing_half_done(office: Path, doing: Doing) -> None:
    """It is recorded, the folder is gone, and the next round does it."""
    doing.trouble = {"plan": raising(KeyboardInterrupt())}
    with pytest.raises(KeyboardInterrupt):
        run(office)
    assert [one.state for one in work(office).running.runs] == ["done", "failed"]
    assert not list((office.parent / ".triage" / WORKPLACES).iterdir())
    doing.trouble, doing.done = {}, []
    run(office)
    assert doing.done == ["plan", "reminders"]


class Killed(BaseException):
    """As if the process were killed: nothing below catches it."""


def test_one_that_was_killed_is_done_again_with_the_same_seed(office: Path, doing: Doing) -> None:
    """Nobody can have a draw made anew until its result suits."""
    doing.trouble = {"plan": raising(Killed())}
    with pytest.raises(Killed):
        run(office)
    assert work(office).running.runs[-1].state == "open"
    doing.trouble = {}
    run(office)
    first, again = (
        seed for code, seed in zip(doing.done, doing.seeds, strict=True) if code == "plan"
    )
    assert first == again
    assert [one.state for one in work(office).running.runs] == ["done", "open", "done", "done"]


def test_seeds_are_fresh_unless_one_is_given(office: Path, doing: Doing) -> None:
    """Of a given one each schedule and moment has a seed of its own, always the same."""
    run(office)
    run(office, datetime(2024, 4, 1, 12))
    assert len({*doing.seeds}) == len(doing.seeds)
    doing.seeds = []
    run(office, datetime(2024, 5, 1, 12), seed="s")
    assert doing.seeds[1] == "s plan 2024-05-01T07"


def test_several_missed_periods_are_made_good_by_one_run(office: Path, doing: Doing) -> None:
    """And it is said how many they were."""
    run(office)
    ended = run(office, datetime(2024, 7, 1, 12))
    assert [(one.due.schedule.code, one.due.missed) for one in ended] == [
        ("new_data", 121),
        ("plan", 3),
        ("reminders", 121),
    ]


def test_without_tables_the_rest_waits(office: Path, doing: Doing) -> None:
    """But people are reminded, of this too."""

    def read(job: Job) -> object:
        return job.round.present()

    doing.trouble = {"new_data": read}
    (office.parent / "cases.csv").write_text("case_id\n")
    ended = run(office)
    assert doing.done == ["new_data", "reminders"]
    assert [str(text) for text in ended[1].said] == ["It waits until the tables can be read."]
    assert work(office).running.last("plan") is None


def test_who_lost_the_lease_records_nothing(office: Path, doing: Doing) -> None:
    """What it has done so far stays in its own folder, and another process does it."""

    others = office.parent / ".triage" / WORKPLACES / "0123456789abcdef"

    def lose(job: Job) -> None:
        job.round.lease.give_back()
        others.mkdir()

    doing.trouble = {"plan": lose}
    with pytest.raises(Lost):
        run(office)
    assert [one.state for one in work(office).running.runs] == ["done", "open"]
    assert others.is_dir()  # it may be at work


def test_progress_stops_who_lost_the_lease(office: Path) -> None:
    """At the next step of the work, without asking the database."""
    with opened(office) as this:
        this.tell("planning", 0.5)
        this.lease.is_lost = True
        with pytest.raises(Lost):
            this.tell("planning", 0.6)


@pytest.fixture
def trained(office: Path) -> Iterator[Path]:
    """The office with a training a year."""
    training = '[[schedules]]\ncode = "training"\nwhat = "train"\nevery = "year"\n\n'
    text = office.read_text("utf-8").replace("[[schedules]]", training + "[[schedules]]", 1)
    office.write_text(text, "utf-8")
    return office


def test_a_training_that_was_asked_for_is_due(trained: Path, doing: Doing) -> None:
    """After the data and before the plan."""
    run(trained)
    doing.done.clear()
    with opened(trained) as this:
        this.ledger.append(training_request(this.office, None, "why"))
        later = NOW + timedelta(days=1)
        assert [one.schedule.code for one in due_now(this.office, this.ledger, later)] == [
            "new_data",
            "training",
            "reminders",
        ]


def test_the_ledger_holds_no_text_of_a_run_in_its_records(office: Path, doing: Doing) -> None:
    """Seeds, moments and sentences stand beside them."""
    doing.trouble = {"plan": raising(Refused(_("Required.")))}
    run(office)
    with Ledger.at(office.parent / ".triage") as ledger:
        contents = [record.content for record in ledger.records(Kind.STEP)]
    assert {tuple(sorted(content)) for content in contents} == {
        ("beside", "by", "office", "plan", "step")
    }


def test_an_office_without_schedules_has_nothing_to_do(office: Path) -> None:
    """Nothing is due, and nothing is done."""
    office.write_text(OFFICE, "utf-8")
    assert SCHEDULES not in OFFICE
    with opened(office) as this:
        assert list(do(this, due_now(this.office, this.ledger, NOW))) == []
        assert nothing(this) == Outcome(())


def test_what_others_left_unfinished_is_taken_away_after_a_day(office: Path, doing: Doing) -> None:
    """Whoever was killed while a plan was put in its place; what is younger may be under way."""
    plans = office.parent / ".triage" / "plans"
    for name, age in ((".old", 100_000), (".young", 10)):
        (plans / name).mkdir(parents=True)
        os.utime(plans / name, (time.time() - age,) * 2)
    run(office)
    assert [path.name for path in plans.iterdir()] == [".young"]


def test_what_is_put_in_its_place_meanwhile_stops_nothing(office: Path, doing: Doing) -> None:
    """A folder that was listed may have its name no more, as a link shows that leads nowhere."""
    plans = office.parent / ".triage" / "plans"
    plans.mkdir(parents=True)
    (plans / ".gone").symlink_to(plans / "nothing")
    run(office)
    assert [path.name for path in plans.iterdir()] == [".gone"]
