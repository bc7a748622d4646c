"""What became of clocks, read off later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from evaluation.backtests.alerts.against_clock import against_clock
from evaluation.backtests.alerts.outcomes import asked_before, clocks_at, was_overrun
from policies.clocks.reading import Overrun, Reading, State
from tests.factories.office import tables as office_with
from tests.serving.use_cases.watching.office import CASES, LIMIT, office_of

BEFORE, FIRST, SECOND = date(2026, 2, 1), date(2026, 3, 1), date(2026, 5, 1)
DUE = date(2026, 3, 31)
NOW = datetime(2026, 6, 30, 23, 59, 59)


def reading(state: State = State.RUNNING, started: date | None = FIRST, **changes: Any) -> Reading:
    """A clock that started on the first day, had the last day `DUE` and was never overrun."""
    about = Reading(
        *("c", "month", state, started, None, None, 30, 0, 10, 20, DUE, 0, None, None),
        warns=False,
        steps=(),
    )
    return replace(about, **changes)


IN_TIME = Overrun(FIRST, DUE, date(2026, 4, 1))


@pytest.mark.parametrize(
    ("now", "overrun"),
    [
        (reading(), None),  # of working days, the next has not come
        (reading(State.ENDED), False),
        (reading(overrun_by=3, overruns=(IN_TIME,)), True),
        (reading(State.ENDED, overrun_by=3, overruns=(IN_TIME,)), True),
        (reading(due_on=date(2026, 8, 1), overruns=(IN_TIME,)), True),  # given more days too late
        (reading(State.NOT_STARTED, None), None),
        (None, None),
        # Its last day moved in time.
        (reading(due_on=date(2026, 8, 1)), False),
        (reading(State.SUSPENDED, due_on=None), False),
        (reading(due_on=SECOND, overruns=(Overrun(FIRST, SECOND, date(2026, 5, 2)),)), False),
        # It started anew since.
        (reading(started=SECOND), False),
        (reading(started=SECOND, overruns=(Overrun(SECOND, DUE, date(2026, 6, 1)),)), False),
        (reading(started=SECOND, overruns=(IN_TIME,)), True),
        (reading(started=SECOND, overruns=(IN_TIME._replace(started_on=BEFORE),)), False),
        (reading(started=SECOND, overruns=(IN_TIME._replace(started_on=BEFORE), IN_TIME)), True),
        (reading(started=BEFORE), None),
    ],
)
def test_whether_a_clock_was_overrun_is_read_off_later(
    now: Reading | None, overrun: bool | None
) -> None:
    """Of the start and the last day that were given; None where that is not known."""
    assert was_overrun(now, FIRST, DUE, NOW.date()) is overrun


def test_nothing_is_known_before_the_last_day_is_over() -> None:
    """Then it was overrun or not, whatever becomes of the clock."""
    assert was_overrun(reading(State.SUSPENDED, due_on=None), FIRST, DUE, DUE) is None


def test_an_overrun_of_a_second_start_is_kept() -> None:
    """`done` was overrun, started anew on 10 April, was overrun again and given a third start."""
    events = "case_id|at|activity\ndone|2026-04-10|accepted\ndone|2026-05-15|accepted"
    tables = office_with(CASES, events, limits=[LIMIT | {"restarts": ["accepted"]}])
    now = clocks_at(tables, ["done"], NOW)["done", "month"]
    assert [(one.started_on, one.since) for one in now.overruns] == [
        (date(2026, 3, 1), date(2026, 4, 1)),
        (date(2026, 4, 10), date(2026, 5, 11)),
    ]
    assert was_overrun(now, date(2026, 4, 10), date(2026, 5, 10), NOW.date()) is True
    assert now.first_overrun == date(2026, 4, 1)


def test_clocks_of_cases_that_are_not_there_are_none() -> None:
    """Somebody may have been notified of a case that the tables do not have any more."""
    assert clocks_at(office_of().tables, ["x"], NOW) == {}
    assert set(clocks_at(office_of().tables, ["done", "x", "near"], NOW)) == {
        ("done", "month"),
        ("near", "month"),
    }


def test_past_moments_ask_of_clocks_with_days_left_that_are_over_now() -> None:
    """`done` on 10 March, when it had 21 days left; `over` on 10 June, when it had 11."""
    moments = [datetime.combine(day, time.max) for day in (date(2026, 3, 10), date(2026, 6, 10))]
    asked_at = []

    def predict(moment: datetime) -> dict[tuple[str, str], float]:
        asked_at.append(moment)
        return {("done", "month"): 0.7}

    asked = asked_before(office_of().tables, moments, NOW, predict)
    assert asked_at == moments
    assert asked.drop("moment").rows() == [
        ("done", "month", 0.7, 21, True),
        ("over", "month", 0.0, 11, True),
    ]
    assert against_clock(asked, 0.5).gain.absent == "too_few"


def test_a_limit_that_ended_in_time_did_not_come_true() -> None:
    """`done` would have been closed within 90 days."""
    limit = LIMIT | {"days": 90, "end": "closed"}
    moment = datetime(2026, 4, 1, 23, 59)
    asked = asked_before(office_of(limits=[limit]).tables, [moment], NOW, lambda _moment: {})
    assert asked.drop("moment").rows() == [("done", "month", 0.0, 59, False)]
