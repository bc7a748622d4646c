"""What an office file may say of its limits and of the calendar."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cases.errors import BadInput
from tests.factories.files import FILES, load, write
from tests.factories.office import office

LIMIT = {"code": "review", "meaning": {"en": "review"}, "days": 30, "end": "decided"}
MORE = {"event": "returned", "days": 5}


def test_an_old_declaration_is_a_clock_too() -> None:
    """Code, meaning and days are enough; everything else has its usual value."""
    (limit,) = office(limits=[{"code": "all", "meaning": {"en": "all"}, "days": 30}]).limits
    assert (limit.start, limit.end, limit.counts, limit.watched) == (
        "opened",
        "closed",
        "days",
        True,
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"resumes": ["returned"]},
            "limits.review.resumes: resumes a clock that nothing suspends.",
        ),
        ({"suspends": ["returned"]}, "suspends a clock that nothing sets going again. Name what"),
        (
            {"restarts": ["retruned"]},
            "is not declared in this office file. Did you mean `returned`",
        ),
        ({"extensions": [MORE | {"event": "more"}]}, 'limits.review.extensions, value "more"'),
        ({"extensions": [MORE, MORE | {"days": 9}]}, 'value "returned": is two things to this'),
        (
            {"suspends": ["returned"], "resumes": ["returned"]},
            'column limits.review, value "returned": is two things to this limit.',
        ),
        ({"restarts": ["decided"]}, 'value "decided": is two things to this limit.'),
        ({"start": "decided"}, 'value "decided": is two things to this limit.'),
        ({"extensions": [MORE | {"days": 0}]}, "is below 1."),
        ({"extensions": [MORE | {"at_most": 0}]}, "is below 1."),
        ({"warn_days": 30}, "is not less than `days`: the clock would warn from its first day on."),
        ({"days": 0.5}, "days: is less than one day, and clocks count whole days. Give one day"),
        ({"days": 1e9}, "is above 36525."),
        ({"months": 1, "counts": "working_days"}, "months: are counted in days, working or not."),
        ({"months": 0}, "is below 1."),
        ({"counts": "weeks"}, "is not one of: days, working_days."),
        (
            {"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)},
            "limits.review.valid_until: is before `valid_from`.",
        ),
        (
            {"when": [{"attribute": "appealed", "equals": True}]},
            'limits.review.when, value "appealed": is not known before closing.',
        ),
        ({"when": [{"attribute": "suspects", "equals": "two"}]}, "is of type number, which"),
    ],
)
def test_faults(changes: dict[str, Any], sentence: str) -> None:
    """Each is named, with what to do."""
    with pytest.raises(BadInput) as found:
        office(limits=[LIMIT | changes])
    assert sentence in str(found.value)
    assert len(found.value.faults) == 1


@pytest.mark.parametrize("changes", [{"counts": "working_days"}, {"ends_on_working_day": True}])
def test_working_days_need_a_working_week(changes: dict[str, Any]) -> None:
    """Without a working day nothing could be counted."""
    with pytest.raises(BadInput, match=r"asks for working days, and no day of the week is one\."):
        office(limits=[LIMIT | changes], working_hours={"days": [8]})


def test_what_starts_a_clock_may_restart_it() -> None:
    """Each return gives a month of its own."""
    office(limits=[LIMIT | {"start": "returned", "restarts": ["returned"]}])


def test_a_resumption_that_is_paired_may_start_the_clock_anew() -> None:
    """It ends its own suspension in that it starts anew; unpaired it would be two things."""
    restarts = {"resumes": ["returned"], "restarts": ["returned"]}
    office(limits=[LIMIT | restarts | {"suspends": ["accepted"]}])
    with pytest.raises(BadInput, match="is two things to this limit"):
        office(limits=[LIMIT | restarts | {"suspends": ["accepted", "decided"], "end": "closed"}])


CALENDAR = '\n[tables.calendar]\npath = "calendar.csv"\n'
DAYS = "day,working\n2024-02-10,no\n2024-02-18,yes\n"


def with_calendar(folder: Path, days: str) -> Path:
    """The valid office with a table of days."""
    return write(folder, **{"office.toml": FILES["office.toml"] + CALENDAR, "calendar.csv": days})


def test_the_calendar_is_read(tmp_path: Path) -> None:
    """A holiday and a Sunday that is worked."""
    read = load(with_calendar(tmp_path, DAYS)).rows("calendar")
    assert read.rows() == [(datetime(2024, 2, 10), False), (datetime(2024, 2, 18), True)]


def test_years_that_the_calendar_leaves_out_are_a_warning(tmp_path: Path) -> None:
    """A calendar of the year before knows no holiday of this one."""
    said = {}
    for name, days in {"old": DAYS.replace("2024", "2023"), "present": DAYS}.items():
        report = load(with_calendar(tmp_path, days)).report
        assert report is not None
        said[name] = [warning.say("en") for warning in report.warnings]
    assert said["present"] == []
    assert "in which cases were opened: 2024. There, weekdays alone say" in said["old"][0]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2024-02-18", "2024-02-10", "stands in more than one row. Keep one row per day."),
        ("2024-02-18", "2024-02-30", "is a date or time that does not exist."),
        ("yes", "", "column working: is blank."),
        ("yes", "maybe", "column working"),
    ],
)
def test_the_calendar_is_checked(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    """Each day once, with whether it is worked."""
    with pytest.raises(BadInput) as found:
        load(with_calendar(tmp_path, DAYS.replace(old, new)))
    assert sentence in str(found.value)
