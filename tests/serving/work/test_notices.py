"""Tests of what people are to be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.language.kept import as_json
from cases.language.messages import _
from policies.alerts import Sort
from serving.work.alerting import Alerting, DeskNotified, Given
from serving.work.notices import Notice, notices
from serving.work.reviewing import Begun, Reviewing
from serving.work.running import Notified, RunBegan, RunDone, Running
from serving.work.step import Step, Taken
from tests.factories.office import office

NOON = datetime(2026, 6, 1, 12)


def taken(*steps: Step) -> list[Taken]:
    """Steps of the first of June."""
    return [Taken(step, 1, NOON.replace(tzinfo=UTC), None) for step in steps]


def begun() -> Reviewing:
    """A plan whose reviews began."""
    return Reviewing().after(taken(Begun(plan="p", manifest="m", seed="s", draw="d", readings=())))


def told(reviewing: Reviewing, days: int, **more: Any) -> list[tuple[str, str]]:
    """About what, and the sentence, so many days later."""
    given = {"waiting": {"p": 2}, "running": Running()} | more
    running, now = given.pop("running"), NOON + timedelta(days=days)
    return [
        (one.about, str(one.says)) for one in notices(office(), reviewing, running, now, **given)
    ]


@pytest.mark.parametrize(
    ("days", "about"), [(0, None), (22, None), (23, "due"), (29, "due"), (30, "overdue")]
)
def test_reviews_by_their_day(days: int, about: str | None) -> None:
    """30 days after they began, and seven days before; two are not made."""
    found = told(begun(), days)
    assert [one for one, _says in found] == ([] if about is None else [about])
    assert all(says.startswith("Plan p: 2 reviews ") for _about, says in found)


def test_nothing_is_said_of_reviews_that_are_made_or_of_which_nothing_is_known() -> None:
    """Where the tables cannot be read they could have been made."""
    assert told(begun(), 30, waiting={"p": 0}) == told(begun(), 30, waiting=None) == []


def test_findings_are_counted_by_their_day() -> None:
    """Late from the day after on."""
    waiting = {date(2026, 6, 2): 1, date(2026, 6, 3): 2}
    assert told(Reviewing(), 2, findings=waiting) == [
        ("overdue", "1 finding waits for something that was to be done by 2 June 2026."),
        ("due", "2 findings wait for something that is to be done by 3 June 2026."),
    ]


def test_alarms_are_counted() -> None:
    """What they say is for the pages; what was told is not new."""
    alarms = (as_json(_("Required.")),) * 2
    steps = (
        RunBegan(run="a", holder="h", schedule="report", what="report", at=NOON, seed="s"),
        RunDone(run="a", alarms=alarms),
    )
    running = Running().after(taken(*steps))
    assert told(Reviewing(), 1, running=running) == [
        ("alarm", "The scheduled work `report` of 1 June 2026 raised 2 alarms.")
    ]
    (one,) = found(running)
    assert one.is_new
    (again,) = found(running.after(taken(Notified(run="b", keys=(one.key,)))))
    assert not again.is_new


def found(running: Running) -> tuple[Notice, ...]:
    """What there is to tell of runs."""
    return notices(office(), Reviewing(), running, NOON)


@pytest.mark.parametrize(("days", "count"), [(0, 1), (2, 2), (9, 2), (10, None)])
def test_desks_that_were_notified_are_told_of_in_counts(days: int, count: int | None) -> None:
    """Of the last day on which they were, for a week: one on the first, two on the third."""
    alerting = Alerting().after(taken(*(_notified(day, n) for day, n in ((1, 1), (3, 2)))))
    found = told(Reviewing(), days, alerting=alerting)
    if count is None:
        assert found == []
    else:
        ((about, says),) = found
        assert about == "due"
        assert f"notified of {count} alert" in says


def _notified(day: int, count: int) -> DeskNotified:
    began = date(2026, 6, day)
    given = [
        Given(case_id=f"c{n}", sort=Sort.HARD, rule="limit", began=began) for n in range(count)
    ]
    return DeskNotified(day=began, unit=None, alerts=tuple(given))
