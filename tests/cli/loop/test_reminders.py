"""Tests of reminders: what is told, where, once, and without anything private."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from cli.files.ledger import record
from cli.loop import reminders, rounds
from cli.loop.mail import FILE
from serving.kept.plan import read_plan
from serving.use_cases.remembered import name_of
from serving.work.rectifying import FindingKey, Planned
from serving.work.step import step_entry
from tests.cli.loop.conftest import opened, run, work
from tests.cli.loop.mail_server import MailServer, mail_server

TODAY = datetime.now()
SOON = date(2024, 3, 10)


@pytest.fixture
def server(office: Path) -> Iterator[MailServer]:
    """A mail server that the office uses."""
    with mail_server() as made:
        settings = f"""
            [smtp]
            host = "127.0.0.1"
            port = {made.port}
            security = "none"
            sender = "plumbline@office.example"
            to = ["chief@office.example"]
        """
        (office.parent / ".triage").mkdir()
        (office.parent / ".triage" / FILE).write_text(settings, "utf-8")
        yield made


def told(office: Path) -> list[dict[str, str]]:
    """What the files say, the oldest first."""
    files = sorted((office.parent / ".triage" / "notices").glob("*.json"))
    return [notice for file in files for notice in json.loads(file.read_text("utf-8"))]


def plan_of_last_month(office: Path) -> Path:
    """A plan is drawn by a round now, of cases closed in the month before."""
    last = (TODAY.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    table = office.parent / "cases.csv"
    table.write_text(
        table.read_text("utf-8").replace("2024-02", last).replace("2024-01", "2024-06")
    )
    run(office, TODAY)
    (folder,) = (office.parent / ".triage" / "plans").iterdir()
    return folder


def test_reviews_are_told_before_they_are_due_and_when_they_are_late(office: Path) -> None:
    """Each once, in counts; what was reviewed is not told any more."""
    plan = plan_of_last_month(office)
    case, *others = read_plan(plan).listed
    assert told(office) == []
    (office.parent / "reviews.csv").write_text(
        "case_id,reviewed_at,grade,inclusion_probability,dimensions\n"
        f"{case},{TODAY:%Y-%m-%d},good,,\n",
        "utf-8",
    )
    for days in (22, 23, 24, 30, 31):
        run(office, TODAY + timedelta(days=days, hours=1))
    end = TODAY + timedelta(days=30)
    about = [notice["about"] for notice in told(office) if notice["key"].endswith(plan.name)]
    assert about == ["due", "overdue"]
    says = [notice["says"] for notice in told(office) if notice["key"].endswith(plan.name)]
    left = f"Plan {plan.name}: {len(others)} reviews"
    assert says[0].startswith(f"{left} are to be made by {end.day} ")
    assert says[1].startswith(f"{left} were to be made by {end.day} ")
    assert not any(case_id in str(told(office)) for case_id in (case, *others))


def fail(_job: object) -> None:
    """A task that fails."""
    raise RuntimeError("case 17")


def test_a_failed_run_is_told_once_and_mailed(
    office: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its code and day, with the address of the pages; its sentence is for the pages."""
    monkeypatch.setattr(rounds, "TASKS", {**rounds.TASKS, "plan": fail})
    for hours in (12, 13, 36):
        now = datetime(2024, 3, 1) + timedelta(hours=hours)
        run(office, now, public_url="https://plumbline.example")
    (mail,) = server.mails
    assert "- The scheduled work `plan` of 1 March 2024 was not done. It will be tried" in mail
    assert "https://plumbline.example" in mail
    assert "case 17" not in mail
    assert [notice["key"] for notice in told(office)] == ["failed plan 2024-03-01T07"]


def test_a_mail_that_was_not_taken_is_sent_again(
    office: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run fails; the next one tells the same."""
    monkeypatch.setattr(rounds, "TASKS", {**rounds.TASKS, "plan": fail})
    server.refuses = "chief"
    first = run(office, datetime(2024, 3, 1, 12))
    assert [one.error is None for one in first] == [True, False, False]
    assert work(office).running.notified == {}
    server.refuses = "-"
    run(office, datetime(2024, 3, 1, 13))
    assert len(server.mails) == 1
    assert [*work(office).running.notified] == ["failed plan 2024-03-01T07"]


def test_a_mail_is_not_sent_twice(
    office: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the process is killed just after it was sent."""

    class Killed(BaseException):
        pass

    def sent_and_killed(*given: object) -> None:
        send(*given)
        raise Killed

    send = reminders.send
    monkeypatch.setattr(rounds, "TASKS", {**rounds.TASKS, "plan": fail})
    with monkeypatch.context() as patched:
        patched.setattr(reminders, "send", sent_and_killed)
        with pytest.raises(Killed):
            run(office, datetime(2024, 3, 1, 12))
    run(office, datetime(2024, 3, 1, 13))
    assert len(server.mails) == 1


def test_owners_are_reminded_of_a_measure_once(office: Path) -> None:
    """Of each day on which it is due; the ledger says so."""
    described = office.read_text("utf-8")
    rectification = "[rectification]\nsince = 2024-02-20\nanswer_days = 0\n"
    office.write_text(f"{described}\n{rectification}", "utf-8")
    (office.parent / "reviews.csv").write_text(
        "case_id,reviewed_at,grade,inclusion_probability,dimensions\ncase-1,2024-02-21,bad,,\n",
        "utf-8",
    )
    key = FindingKey("case-1", date(2024, 2, 1), "")
    step = Planned(**key._asdict(), day=date(2024, 3, 3), owner="h", measure="m", due=SOON)
    with opened(office) as this:
        record(this.ledger, step_entry(name_of(this.office), step, "u"))
    for day in (5, 6, 7):
        run(office, datetime(2024, 3, day, 12))
    standing = work(office).rectifying.of(key)
    assert standing.standing.reminded == {SOON}
    assert len(standing.taken) == 2
    assert "case-1" not in str(told(office))
