"""The life of the demo office: what each of its people finds at the pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cases.tables.tables import Tables
from cli.demo import calendar
from cli.demo.calendar import days_before, present_moment
from ledger.verifying import verify
from serving.access.rules import Role
from tests.cli.commands.setup.conftest import Demo
from tests.factories.command import triage


def test_a_reviewer_has_work_done_and_to_do(demo: Demo) -> None:
    """The next case, readings that wait, and what was graded last; some risks are hidden."""
    work = demo.sees(Role.REVIEWER, "/work")
    assert "Your next case" in work
    assert "You graded last" in work
    cases = demo.sees(Role.REVIEWER, "/cases")
    assert "to be graded" in cases
    assert "two grades that differ" in cases


def test_a_manager_has_two_grades_that_differ_and_a_moved_knob(demo: Demo) -> None:
    """A plan is under way, another one is drawn with another knob, and a case is taken out."""
    assert "/case/consolidate" in demo.sees(Role.MANAGER, "/work")
    plans = demo.sees(Role.MANAGER, "/plans")
    assert "under way" in plans
    assert "drawn" in plans
    assert "search share 60%" in plans
    listed = demo.sees(Role.MANAGER, "/cases?state=left_out")
    assert listed.count("taken out") >= 1


def test_good_work_is_praised(demo: Demo) -> None:
    """In words of reviewers, on a list of its own."""
    assert "a file to learn from" in demo.sees(Role.REVIEWER, "/excellent")


def test_findings_stand_at_every_stage(demo: Demo) -> None:
    """The handler has one to answer; others are contested, overdue, to be checked, rectified."""
    assert "to be answered" in demo.sees(Role.HANDLER, "/rectification?show=mine")
    for state in ("answered", "final", "under_way", "to_check", "closed", "withdrawn"):
        page = demo.sees(Role.MANAGER, f"/rectification?show={state}")
        assert re.search(r"\b[1-9]\d* findings?\b", page), state
    assert "overdue" in demo.sees(Role.MANAGER, "/rectification?show=under_way&when=overdue")
    assert "not reached" in demo.sees(Role.MANAGER, "/office/goals")


def test_new_cases_wait_and_were_decided(demo: Demo) -> None:
    """Some were accepted, one was designated, one sent back."""
    last = demo.sees(Role.CLERK, "/new-cases?page=3")
    for state in ("accepted", "designated", "sent back"):
        assert state in last, state
    assert "suggested" in demo.sees(Role.CLERK, "/new-cases")


def test_desks_were_notified_of_alerts(demo: Demo) -> None:
    """About running cases: limits and breaches; one alert is snoozed, another one closed."""
    running = demo.sees(Role.CLERK, "/running")
    assert "time limit" in running
    assert "breach of the process" in running
    for state in ("snoozed", "closed"):
        page = demo.sees(Role.MANAGER, f"/running?show={state}")
        assert '<p role="status">1 alert</p>' in page, state


def test_a_failed_run_is_an_alarm(demo: Demo) -> None:
    """Reading the tables failed once; people are told."""
    assert "was not done" in demo.sees(Role.MANAGER, "/notices")


def test_everything_can_be_verified(demo: Demo) -> None:
    """The ledger, the plans, the draw of the reviewers and the intake, as they are kept."""
    home = demo.workspace.home
    assert verify(home / "ledger.sqlite").bad is None
    folders = [*(home / "plans").iterdir(), *(home / "reviewers").iterdir()]
    assert len(folders) == 3
    checked = triage("verify", *folders, *(home / "intakes").iterdir())
    assert checked.exit_code == 0, checked.output


def test_the_form_that_came_back_brings_nothing_new(office: Path) -> None:
    """It lies in the folder of the demo, and every grade of it is known."""
    again = triage("import-reviews", office, office.parent / "grades_back.csv", "--check")
    assert again.exit_code == 0, again.output
    assert "0 new grades." in again.output


@pytest.mark.parametrize("day", range(20, 27))
def test_people_work_on_working_days(day: int) -> None:
    """A day on a weekend becomes the Friday before, whatever day it is today."""
    at = days_before(datetime(2026, 7, day, 18), 1, number=30)
    assert at.weekday() < 5
    assert 0 < (datetime(2026, 7, day) - at).days + 1 <= 3
    assert 9 <= at.hour < 17


@pytest.mark.parametrize(("days", "is_time"), [(49, False), (51, True)])
def test_nobody_works_before_there_was_time(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, days: int, *, is_time: bool
) -> None:
    """On a machine whose clock is soon after the tables' end."""
    now = tables.latest_record + timedelta(days=days)
    monkeypatch.setattr(calendar, "wall_clock", lambda _zone: now)
    assert present_moment(tables) == (now if is_time else None)
