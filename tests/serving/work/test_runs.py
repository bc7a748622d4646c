"""Tests of how scheduled work is shown: done, failed, running, stopped, and what comes next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from serving.work.running import RunBegan, RunDone, RunFailed, Running
from serving.work.runs import Standing, runs, unfinished
from serving.work.step import Step, Taken
from tests.factories.office import office

NOW = datetime(2026, 7, 2, 12)
AT = datetime(2026, 7, 1, 6)
BEGAN = RunBegan(run="a", holder="h", schedule="work", what="read", at=AT, seed="s")
DONE, FAILED = RunDone(run="a"), RunFailed(run="a")


def running(*steps: Step) -> Running:
    """How it stands after these."""
    return Running().after([Taken(step, 1, datetime.now(UTC), None) for step in steps])


@pytest.mark.parametrize(
    ("steps", "holder", "standing", "is_due"),
    [
        ([], None, "never", True),
        ([BEGAN], "h", "running", True),
        ([BEGAN], None, "stopped", True),
        ([BEGAN], "another", "stopped", True),
        ([BEGAN, FAILED], None, "failed", True),
        ([BEGAN, DONE], None, "done", False),
    ],
)
def test_standing(steps: list[Step], holder: str | None, standing: Standing, is_due: bool) -> None:
    """A run without an end runs as long as its holder has the lease."""
    schedules = [{"code": "work", "what": "read", "every": "month"}]
    (shown,) = runs(office(schedules=schedules), running(*steps), NOW, holder)
    assert (shown.standing, shown.is_due) == (standing, is_due)
    assert shown.next == datetime(2026, 8, 1, 6)
    is_open = standing in ("failed", "stopped")
    assert bool(list(unfinished(running(*steps), holder))) is is_open


def test_what_a_later_run_made_good_is_not_unfinished() -> None:
    """Only the last run of a schedule counts."""
    later = BEGAN.model_copy(update={"run": "b"})
    assert not list(unfinished(running(BEGAN, FAILED, later, RunDone(run="b")), None))
