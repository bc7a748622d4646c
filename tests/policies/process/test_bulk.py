"""What was entered outside working hours in bulk, on a few entries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from policies.process.breaches import Breach, breaches
from tests.factories.office import tables

RULE = {"code": "night", "meaning": {"en": "m"}, "rule": "bulk", "entries": 3, "minutes": 10}
NIGHT = "2026-05-05T22:"  # a Tuesday


def found(
    *entries: str,
    moment: str = "2026-06-01",
    calendar: dict[str, bool] | None = None,
    **rule: Any,
) -> list[Breach]:
    """The breaches of open cases; an entry is `x p 2026-05-05T22:00`, perhaps with an activity.

    The calendar says of days whether they are working days.
    """
    lines = [(*entry.split(), "returned")[:4] for entry in entries]
    on = "2026-05-01T10:00"
    events = [f"{case} | {on} | {at} | {activity} | {who}" for case, who, at, activity in lines]
    of_office = tables(
        "\n".join(["case_id | opened_at", *(f"{case} | 2026-05-01" for case in "xyz")]),
        "\n".join(["case_id | at | recorded_at | activity | actor", *events]),
        process=[RULE | rule],
    )
    if calendar:
        days = [{"day": datetime.fromisoformat(d), "working": w} for d, w in calendar.items()]
        of_office = of_office.with_table("calendar", pl.DataFrame(days))
    return breaches(of_office, datetime.fromisoformat(moment))


def test_entries_of_several_cases_count_together() -> None:
    """Each case with a part in it has a breach, which names its own entries."""
    x, y = found(f"x p {NIGHT}00", f"y p {NIGHT}04", f"x p {NIGHT}10", f"z q {NIGHT}05")
    assert (x.case_id, x.since, len(x.events)) == ("x", datetime(2026, 5, 5, 22), 2)
    assert (y.case_id, y.since, len(y.events)) == ("y", datetime(2026, 5, 5, 22, 4), 1)
    assert y.said.say("en") == (
        "Entered outside working hours, among 3 entries of one person from 5 May 2026 22:00 to "
        "5 May 2026 22:10: “returned for supplementary investigation” (1 May 2026, entered on "
        "5 May 2026)."
    )


@pytest.mark.parametrize(
    ("times", "is_bulk"),
    [
        (("2026-05-05T22:00", "2026-05-05T22:01", "2026-05-05T22:10"), True),
        (("2026-05-05T22:00", "2026-05-05T22:01", "2026-05-05T22:11"), False),
        (("2026-05-05T17:50", "2026-05-05T17:55", "2026-05-05T17:59"), False),
        (("2026-05-05T17:55", "2026-05-05T18:00", "2026-05-05T18:01"), False),
        (("2026-05-05T18:00", "2026-05-05T18:05", "2026-05-05T18:09"), True),
        (("2026-05-09T12:00", "2026-05-09T12:01", "2026-05-09T12:02"), True),  # a Saturday
        (("2026-05-05T07:50", "2026-05-05T07:55", "2026-05-05T07:59"), True),
        (("2026-05-05T23:59:59.999999",) * 3, False),  # the day alone is known
    ],
)
def test_hours_and_minutes(times: tuple[str, ...], is_bulk: bool) -> None:
    """Within ten minutes, before eight, from six on, or at the weekend."""
    assert bool(found(*(f"x p {at}" for at in times))) == is_bulk


def test_what_overlaps_is_one_burst() -> None:
    """Of five entries in eighteen minutes every three in a row are in bulk; a sixth is apart."""
    minutes = ("00", "05", "10", "14", "18")
    (breach,) = found(*(f"x p {NIGHT}{minute}" for minute in minutes), f"x p {NIGHT}40")
    assert len(breach.events) == 5


def test_two_nights_are_two_bursts() -> None:
    """Each is a breach of its own."""
    nights = [f"x p 2026-05-0{day}T22:0{minute}" for day in (5, 6) for minute in range(3)]
    assert [one.since.day for one in found(*nights)] == [5, 6]


def test_only_what_is_known_counts() -> None:
    """At five past ten there are two entries, and a case may have closed or not be there yet."""
    entries = (f"x p {NIGHT}00", f"x p {NIGHT}04", f"x p {NIGHT}08")
    assert found(*entries, moment=f"{NIGHT}05") == []
    assert len(found(*entries, moment=f"{NIGHT}08")) == 1


def test_certain_activities_actors_and_days_count() -> None:
    """Others than those of the rule, those of nobody, and those before its days are no entries."""
    entries = [f"x p {NIGHT}0{minute} decided" for minute in range(3)]
    assert len(found(*entries, activities=["decided"])) == 1
    assert found(*entries, activities=["returned"]) == []
    assert found(*(entry.replace(" p ", " - ") for entry in entries)) == []
    assert found(*entries, valid_from="2026-05-06") == []


def test_the_calendar_says_which_days_are_worked() -> None:
    """A Tuesday off is outside working hours, a Saturday that is worked is not."""
    tuesday, saturday = (
        [f"x p 2026-05-{day}T12:0{minute}" for minute in range(3)] for day in ("05", "09")
    )
    assert (len(found(*tuesday)), len(found(*saturday))) == (0, 1)
    apart = {"2026-05-05": False, "2026-05-09": True}
    assert (len(found(*tuesday, calendar=apart)), len(found(*saturday, calendar=apart))) == (1, 0)
