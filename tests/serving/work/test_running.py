"""Tests of how the scheduled work stands after its steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cases.language.kept import as_json
from cases.language.messages import _
from serving.work.running import MOST_RUNS, Notified, RunBegan, RunDone, RunFailed, Running
from serving.work.step import Step, Taken

NOON = datetime(2026, 7, 1, 12)


def began(run: str, *, at: datetime = NOON, schedule: str = "plan") -> RunBegan:
    """A beginning."""
    return RunBegan(run=run, holder="h", schedule=schedule, what="plan", at=at, seed="s")


def after(*steps: Step) -> Running:
    """How it stands after these, one a minute."""
    return Running().after(
        [
            Taken(step, number, datetime(2026, 7, 2, tzinfo=UTC), None)
            for number, step in enumerate(steps, start=1)
        ]
    )


def test_a_run_is_open_until_it_ends() -> None:
    """Then it is done or failed; what is said of it is read back."""
    said = (as_json(_("Required.")),)
    running = after(began("a"), began("b"), began("c"), RunDone(run="b", said=said, made="p"))
    running = running.after([Taken(RunFailed(run="c", said=said), 9, datetime.now(UTC), None)])
    assert [run.state for run in running.runs] == ["open", "done", "failed"]
    assert [str(text) for run in running.runs for text in run.said] == ["Required."] * 2
    assert [run.made for run in running.runs] == [None, "p", None]


def test_of_two_ends_the_first_counts() -> None:
    """And an end without a beginning changes nothing."""
    running = after(began("a"), RunFailed(run="a"), RunDone(run="a"), RunDone(run="x"))
    assert [run.state for run in running.runs] == ["failed"]
    assert running.done == {}


def test_what_was_done_for_the_latest_moment_counts() -> None:
    """A late run for an earlier moment does not make it due again."""
    earlier = NOON - timedelta(days=31)
    steps = (began("a"), RunDone(run="a"), began("b", at=earlier), RunDone(run="b"))
    assert after(*steps).done_at == {"plan": NOON}


def test_the_last_runs_are_remembered() -> None:
    """Of the older ones only what was last done for each schedule."""
    many = [began(str(number), schedule="read") for number in range(MOST_RUNS)]
    running = after(began("a"), RunDone(run="a"), *many)
    assert len(running.runs) == MOST_RUNS
    assert running.last("plan") is None
    assert running.done_at == {"plan": NOON}


def test_what_a_failed_run_told_was_not_told() -> None:
    """The next one tells it again; what one that was stopped may have told is not told twice."""
    told = (began("a"), Notified(run="a", keys=("due p", "alarm")), began("b"))
    assert after(*told).notified.keys() == {"due p", "alarm"}
    assert after(*told, RunFailed(run="a")).notified == {}
    assert after(*told, RunFailed(run="b")).notified.keys() == {"due p", "alarm"}
