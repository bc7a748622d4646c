"""Which features stand in for persons."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from cases.tables.tables import Tables
from evaluation.proxies.check import FEWEST_EARLIER, Proxies, as_kept, find_proxies, from_kept
from evaluation.proxies.words import warning
from evaluation.statistics.metrics import Figure
from features.catalogue import risk_features
from tests.factories import office as factories

UNTIL = datetime(2026, 1, 1)
FIRST = datetime(2024, 1, 1)  # a Monday
CALENDAR = {"risk": {"use_calendar": True}}


def chambers(cases: int = 450, *, sittings: bool, **changes: Any) -> Tables:
    """Cases of one unit closed by three handlers, on days of their own if there are `sittings`."""
    rng = np.random.default_rng(5)
    lines, reviews = ["case_id | opened_at | closed_at | kind | unit | handler | suspects"], []
    for number in range(cases):
        handler = rng.integers(3)
        weekday = handler if sittings else rng.integers(3)
        week = timedelta(weeks=number * 90 // cases)
        closed = FIRST + week + timedelta(days=int(weekday))
        opened = (closed - timedelta(days=30)).date()
        suspects = rng.integers(1, 5)
        lines.append(f"{number} | {opened} | {closed.date()} | k | u | h{handler} | {suspects}")
        reviews.append(f"{number} | {(closed + timedelta(days=9)).date()} | good")
    reviewed = "\n".join(["case_id | reviewed_at | grade", *reviews])
    return factories.tables("\n".join(lines), reviews=reviewed, **changes)


def of(tables: Tables) -> dict[str, Proxies]:
    """What the check finds, by whom it is about."""
    found = find_proxies(tables, UNTIL, risk_features(tables.office))
    return {one.people: one for one in found}


def test_a_chamber_is_found_by_its_day() -> None:
    """Handlers who sit on days of their own are told apart by the weekday: there is a warning."""
    tables = chambers(sittings=True, **CALENDAR)
    found = of(tables)
    assert found["handler"].strong
    assert found["handler"].features[0] == "calendar.weekday"
    said = str(warning(tables.office, found.values()))
    assert "day of the week, Monday is 1 (`calendar.weekday`)" in said
    assert "reviewer" not in found  # none is recorded


LESS = {"risk": {"leave_out": ["workload", "history"]}}


@pytest.mark.parametrize(("sittings", "changes"), [(False, CALENDAR), (True, LESS)])
def test_without_a_stand_in_nothing_is_said(sittings: bool, changes: dict[str, Any]) -> None:
    """No warning where any handler sits on any day, or no feature knows the day.

    How many cases the unit has open or closed knows it, when all are closed on three days.
    """
    tables = chambers(sittings=sittings, **changes)
    found = of(tables)
    assert not found["handler"].strong
    assert warning(tables.office, found.values()) is None


def test_what_is_given_openly_is_no_stand_in() -> None:
    """A unit that is itself a feature is said to be one; left out, it is looked for."""
    given = of(chambers(sittings=False))["unit"]
    assert (given.given, given.told.value) == (True, None)
    without = chambers(sittings=False, risk={"leave_out": ["attribute.unit"]})
    assert not of(without)["unit"].given


def test_too_few_cases_say_so() -> None:
    """With fewer cases than a third learns from, there is no figure and no warning."""
    found = of(chambers(3 * FEWEST_EARLIER, sittings=True, **CALENDAR))["handler"]
    assert found.told.value is None
    assert found.told.absent == "too_few"
    assert not found.strong


def test_a_bundle_gives_back_what_it_keeps() -> None:
    """What is kept is JSON and comes back the same; a bundle from before the check says none."""
    found = (
        Proxies("handler", 3, Figure(0.8, 0.77, 0.83, 150), ("calendar.weekday",)),
        Proxies("unit", 0, Figure.of_few(0), given=True),
    )
    assert from_kept({"proxies": json.loads(json.dumps(as_kept(found)))}) == found
    assert from_kept({}) is None
