"""What became of clocks, read off later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from evaluation.backtests.alerts.against_clock import against_clock
from evaluation.backtests.alerts.outcomes import asked_before, clocks_at, was_overrun
from policies.clocks.reading import Reading, State
from tests.serving.use_cases.watching.office import LIMIT, office_of

FIRST, SECOND = date(2026, 3, 1), date(2026, 5, 1)
NOW = datetime(2026, 6, 30, 23, 59, 59)


def reading(state: State = State.RUNNING, started: date | None = FIRST, **changes: Any) -> Reading:
    """A clock that started on the first day and was never overrun."""
    about = Reading(
        *("c", "month", state, started, None, None, 30, 0, 10, 20, None, 0, None, None),
        warns=False,
        steps=(),
    )
    return replace(about, **changes)


@pytest.mark.parametrize(
    ("now", "overrun"),
    [
        (reading(), None),
        (reading(State.SUSPENDED), None),
        (reading(State.ENDED), False),
        (reading(overrun_by=3), True),
        (reading(State.ENDED, overrun_by=3), True),
        (reading(first_overrun=date(2026, 4, 1)), True),  # and was given more days after that
        (reading(State.NOT_STARTED, None), None),
        (None, None),
        # It started anew since.
        (reading(started=SECOND), False),
        (reading(started=SECOND, overrun_by=3, first_overrun=date(2026, 6, 1)), False),
        (reading(started=SECOND, first_overrun=date(2026, 4, 1)), True),
        (reading(started=SECOND, first_overrun=date(2026, 2, 1)), None),  # of a start before
        (reading(started=date(2026, 2, 1)), None),
    ],
)
def test_whether_a_clock_was_overrun_is_read_off_later(
    now: Reading | None, overrun: bool | None
) -> None:
    """Of the clock that started on the first day; None where that is not known."""
    assert was_overrun(now, FIRST) is overrun


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
