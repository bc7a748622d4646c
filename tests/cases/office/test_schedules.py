"""Tests of what an office file may say of scheduled work."""

from __future__ import annotations

from typing import Any

import pytest

from cases.errors import BadInput
from tests.factories.office import office

PLAN = {"code": "plan", "what": "plan", "every": "month"}


def test_what_is_left_out_has_its_usual_value() -> None:
    """The first day of the period at six, by the office's own capacity."""
    (schedule,) = office(schedules=[PLAN]).schedules
    assert (schedule.day, schedule.hour, schedule.capacity, schedule.share) == (1, 6, None, None)
    assert (office().schedules, office().notices.review_days) == ((), 30)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"every": "week", "day": 8}, "`day` is 8, but no such period has more than 7."),
        ({"every": "month", "day": 32}, "`day` is 32, but no such period has more than 31."),
        ({"every": "day", "day": 2}, "`day` is 2, but no such period has more than 1."),
        ({"day": 0}, "is below 1."),
        ({"hour": 24}, "is above 23."),
        ({"every": "hour"}, "is not one of: day, week, month, quarter, year."),
        ({"what": "read", "capacity": 5}, "`capacity` is only for a plan."),
        ({"languages": ["en"]}, "`languages` is only for a report."),
        ({"what": "report", "languages": ["xx"]}, "is not a language of this program"),
        ({"capacity": 5, "share": 0.1}, "`capacity` and `share` set the same thing."),
        ({"margin": 0.1, "search_share": 0.1}, "`search_share` and `margin` set the same thing."),
    ],
)
def test_faults(changes: dict[str, Any], fault: str) -> None:
    """Each is named."""
    with pytest.raises(BadInput) as found:
        office(schedules=[PLAN | changes])
    assert fault in str(found.value)


def test_codes_are_given_once() -> None:
    """What is recorded of a schedule is found by its code."""
    with pytest.raises(BadInput, match="is declared twice"):
        office(schedules=[PLAN, PLAN | {"what": "read"}])
