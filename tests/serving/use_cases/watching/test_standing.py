"""How alerts stand on a day, and of which of them desks are notified."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from policies.alerts import Alert
from serving.use_cases.watching.standing import State, notices, standing
from serving.work.alerting import AT_ONCE, Alerting, Closed, DeskNotified, Given, Snoozed
from tests.factories.office import office
from tests.serving.use_cases.watching.alerts import TODAY, alert, steps_of, taken

ALERTS = [alert("a"), alert("b", "breach"), alert("c", "breach", "u2"), alert("d", "predicted")]
TOMORROW = TODAY + timedelta(days=1)


def states(alerting: Alerting, per_day: int = 2, today: date = TODAY) -> dict[str, str]:
    """How the alert of each case stands."""
    found = standing(office(alerts={"per_day": per_day}), ALERTS, alerting, today)
    return {one.alert.key.case_id: one.state for one in found}


def about(one: Alert, **more: Any) -> dict[str, Any]:
    """The fields of a step with an alert."""
    return {**one.key._asdict(), "day": TODAY, "reason": "so it is", **more}


def notified(*alerts: Alert, day: date = TODAY) -> DeskNotified:
    """That a desk was notified of these."""
    return DeskNotified(day=day, unit="u1", alerts=tuple(map(Given.of, alerts)))


def test_what_nobody_was_notified_of_is_new_or_waits() -> None:
    """All limits, and as many others as the office can act on."""
    assert states(Alerting()) == {"a": "new", "b": "new", "c": "new", "d": "waiting"}


def test_what_is_snoozed_or_closed_leaves_room_for_others() -> None:
    """It takes nothing of the budget."""
    put_off = Alerting().after(
        taken(Snoozed(**about(ALERTS[1], until=TODAY)), Closed(**about(ALERTS[2])))
    )
    assert states(put_off) == {"a": "new", "b": "snoozed", "c": "closed", "d": "new"}


def test_what_was_snoozed_comes_back_the_day_after() -> None:
    """Of what a desk was notified of before, it is not notified again."""
    snoozed = Snoozed(**about(ALERTS[0], until=TODAY))
    alerting = Alerting().after(taken(notified(ALERTS[0]), snoozed))
    assert states(alerting)["a"] == "snoozed"
    assert states(alerting, today=TOMORROW)["a"] == "notified"


def test_notices_go_to_desks_and_once_recorded_nothing_is_new() -> None:
    """A record a desk; what waits today is new tomorrow."""
    description = office(alerts={"per_day": 2})
    found = standing(description, ALERTS, Alerting(), TODAY)
    steps = steps_of(notices(description, found, TODAY))
    given = {
        step.unit: "".join(one.case_id for one in step.alerts)
        for step in steps
        if isinstance(step, DeskNotified)
    }
    assert given == {"u1": "ab", "u2": "c"}
    after = Alerting().after(taken(*steps))
    assert states(after) == {"a": "notified", "b": "notified", "c": "notified", "d": "waiting"}
    assert states(after, today=TOMORROW)["d"] == "new"
    assert notices(description, standing(description, ALERTS, after, TODAY), TODAY) == []


def test_many_alerts_of_a_desk_are_several_records() -> None:
    """None is longer than a record may be."""
    many = [alert(f"c{at}") for at in range(AT_ONCE + 1)]
    found = standing(office(), many, Alerting(), TODAY)
    steps = steps_of(notices(office(), found, TODAY))
    assert [len(step.alerts) for step in steps if isinstance(step, DeskNotified)] == [AT_ONCE, 1]
    assert {one.state for one in found} == {State.NEW}
