"""What became of alerts is the same whoever reads the ledger, in whatever pieces."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.alerts import AlertKey, Sort, Stage
from serving.work.alerting import Alerting, Closed, DeskNotified, Given, Snoozed
from serving.work.step import Step, Taken
from serving.work.work import STEPS

BEGAN, DAY, UNTIL = date(2026, 6, 1), date(2026, 6, 28), date(2026, 6, 30)
ABOUT: dict[str, Any] = {
    "case_id": "c1",
    "sort": Sort.HARD,
    "rule": "limit",
    "began": BEGAN,
    "due_on": UNTIL,
    "stage": Stage.WARNING,
}
KEY = AlertKey(**ABOUT)
GIVEN = Given(**ABOUT)
NOTIFIED = DeskNotified(day=DAY, unit="u1", alerts=(GIVEN,))
AGAIN = DeskNotified(day=UNTIL, unit="u2", alerts=(GIVEN,))
SNOOZED = Snoozed(**ABOUT, day=DAY, reason="the expert is ill", until=UNTIL)
CLOSED = Closed(**ABOUT, day=DAY, reason="it is decided")
EVERY = (NOTIFIED, AGAIN, SNOOZED, CLOSED)


def taken(*steps: Step) -> list[Taken]:
    """These steps as they are recorded one after the other."""
    at = datetime(2026, 6, 28, 12, tzinfo=UTC)
    return [Taken(step, number, at, "u") for number, step in enumerate(steps, start=1)]


def after(*steps: Step) -> Alerting:
    """How it stands after them."""
    return Alerting().after(taken(*steps))


def test_of_two_notices_the_first_counts() -> None:
    """Two runs at once may both have found the same alert."""
    course = after(NOTIFIED, AGAIN).of(KEY)
    assert course.notice == NOTIFIED
    assert course.given == GIVEN
    assert after(NOTIFIED, AGAIN).notified == {KEY: DAY}


def test_an_alert_that_was_closed_stays_closed() -> None:
    """Whatever comes later changes nothing."""
    assert after(CLOSED, SNOOZED).of(KEY) == after(CLOSED).of(KEY)
    assert after(SNOOZED, CLOSED).of(KEY).is_closed
    assert not after(NOTIFIED).of(KEY).is_closed


def test_it_is_snoozed_until_the_day_named_last() -> None:
    """And no more once it is closed."""
    longer = SNOOZED.model_copy(update={"until": date(2026, 7, 3)})
    assert after(SNOOZED, longer).of(KEY).snoozed_until == longer.until
    assert after(SNOOZED, CLOSED).of(KEY).snoozed_until is None


def test_another_start_of_the_clock_is_another_alert() -> None:
    """What was done about the one says nothing of the other."""
    anew = KEY._replace(began=DAY)
    assert after(NOTIFIED, CLOSED).of(anew) == Alerting().of(anew)


def test_another_last_day_or_an_overrun_is_another_alert() -> None:
    """The warning was closed: neither a later last day nor the overrun is hidden by that."""
    for other in (KEY._replace(due_on=DAY), KEY._replace(stage=Stage.OVERRUN)):
        assert after(NOTIFIED, CLOSED).of(other) == Alerting().of(other)
        assert other not in after(NOTIFIED).notified


def test_a_prediction_is_the_same_whatever_its_last_day() -> None:
    """The day is kept, and is no part of what it is known by."""
    about: dict[str, Any] = {"case_id": "c1", "sort": Sort.PREDICTED, "rule": "limit"}
    predicted = Given(**about, began=BEGAN, due_on=UNTIL)
    assert predicted.key == AlertKey("c1", Sort.PREDICTED, "limit", BEGAN)


@given(st.lists(st.sampled_from(EVERY), max_size=8), st.integers(0, 8))
def test_the_same_in_whatever_pieces(steps: list[Step], cut: int) -> None:
    """Taken in at once, or in two parts."""
    every = taken(*steps)
    assert Alerting().after(every) == Alerting().after(every[:cut]).after(every[cut:])


@pytest.mark.parametrize("step", EVERY)
def test_steps_are_read_back_as_they_were_written(step: Step) -> None:
    """From the text that is kept beside the record."""
    kind = STEPS[step.code]
    assert kind.model_validate_json(step.model_dump_json()) == step
