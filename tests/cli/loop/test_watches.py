"""Running cases are watched by scheduled work, and people are told of it in counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from cases.language.messages import say
from cli.loop import watches
from cli.loop.job import Outcome
from cli.loop.rounds import Ended
from tests.cli.loop.conftest import NOW, run, work

WATCH = """
[[schedules]]
code = "watching"
what = "watch"
every = "day"

[[limits]]
code = "month"
meaning = { en = "one month" }
days = 30

[[schedules]]
code = "reminders\""""
RUNNING = "open-1,2024-02-01,,x,1,\nopen-2,2024-02-20,,x,1,\n"


@pytest.fixture
def watched(office: Path) -> Path:
    """The office with two running cases, of which one is at the end of its limit on 1 March."""
    text = office.read_text("utf-8")
    office.write_text(text.replace('\n[[schedules]]\ncode = "reminders"', WATCH, 1), "utf-8")
    table = office.parent / "cases.csv"
    table.write_text(table.read_text("utf-8") + RUNNING, "utf-8")
    return office


def of_watching(ended: list[Ended]) -> Outcome:
    """What came of the schedule that watches."""
    (found,) = [one.outcome for one in ended if one.due.schedule.code == "watching"]
    assert found is not None
    return found


def sheet(office: Path, day: str) -> pl.DataFrame:
    """What the desks find in the files of a day."""
    folder = office.parent / ".triage" / "watches" / f"watching-{day}"
    assert (folder / "watch.html").is_file()
    return pl.read_csv(folder / "alerts.csv")


def test_desks_are_notified_once_and_people_are_told_in_counts(watched: Path) -> None:
    """On 1 March of one limit, on the next day of nothing new; no notice names a case."""
    said = [say(one, "en") for one in of_watching(run(watched)).said]
    assert said == ["1 alert to act on.", "Desks were notified of 1 new alert."]
    assert sheet(watched, "2024-03-01")["case_id"].to_list() == ["open-1"]
    (notice,) = (watched.parent / ".triage" / "notices").glob("*.txt")
    text = notice.read_text("utf-8")
    assert "On 1 March 2024, desks were notified of 1 alert about running cases." in text
    assert "open-1" not in text
    tomorrow = run(watched, NOW + timedelta(days=1))
    assert "Desks were notified of 0 new alerts." in [
        say(one, "en") for one in of_watching(tomorrow).said
    ]
    assert sheet(watched, "2024-03-02")["notified_on"].to_list() == ["2024-03-01"]
    assert work(watched).running.notified.keys() >= {"alerts 2024-03-01"}


def test_a_schedule_that_runs_late_watches_today(watched: Path) -> None:
    """It was due on Monday, 26 February, and runs on Friday, 1 March."""
    text = watched.read_text("utf-8")
    daily = 'what = "watch"\nevery = "day"'
    watched.write_text(text.replace(daily, daily.replace("day", "week")), "utf-8")
    run(watched)
    assert sheet(watched, "2024-03-01")["notified_on"].to_list() == ["2024-03-01"]


def test_what_was_killed_before_its_end_is_done_again_and_gives_nothing_twice(
    watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stopped once the desks were notified, before the files were there."""

    def killed(*_of: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(watches, "write_watch", killed)
        with pytest.raises(KeyboardInterrupt):
            run(watched)
    first = work(watched).alerting
    assert len(first.notified) == 1
    run(watched)
    assert work(watched).alerting.courses == first.courses
    assert sheet(watched, "2024-03-01")["state"].to_list() == ["notified"]
