"""Limits, a calendar and cases for tests of clocks, all in 2024."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import narwhals as nw
import polars as pl

from cases.tables.tables import Tables, case_columns
from features.as_of import cut
from policies.clocks.clocks import Judged, judged_at
from tests.factories import office as factories

ACTIVITIES = (
    *("returned", "resubmitted", "charged", "expert_asked", "expert_came", "extended"),
    *("decided", "accepted"),
)
# The weekends and, of 2024, the days on which China rested or made work up: New Year, Spring
# Festival.
RESTING = [date(2024, 1, 1), *(date(2024, 2, day) for day in range(10, 18))]
MADE_UP = [date(2024, 2, 4), date(2024, 2, 18)]

PAUSE = {"suspends": ["expert_asked"], "resumes": ["expert_came"]}
FIVE_MORE = {"event": "extended", "days": 5}
LIMITS: dict[str, dict[str, Any]] = {
    "seven": {"days": 7, "end": "decided"},
    "closing": {"days": 7},
    "pause": {"days": 10, "end": "decided", **PAUSE},
    "review": {
        "days": 30,
        "end": "decided",
        "suspends": ["returned"],
        "restarts": ["resubmitted"],
    },
    "pairs": {
        "days": 10,
        "end": "decided",
        "suspends": ["returned", "expert_asked"],
        "resumes": ["accepted", "expert_came"],
    },
    "statute": {
        "days": 30,
        "end": "decided",
        "suspends": ["returned", "expert_asked"],
        "resumes": ["resubmitted", "expert_came"],
        "restarts": ["resubmitted"],
    },
    "either": {
        "days": 10,
        "end": "decided",
        "suspends": ["returned", "expert_asked"],
        "resumes": ["expert_came"],
    },
    "charge": {"days": 10, "end": "decided", "restarts": ["charged"]},
    "inquiry": {
        "days": 30,
        "start": "returned",
        "end": "resubmitted",
        "restarts": ["returned", "charged"],
    },
    "hearing": {"days": 10, "start": "returned", "end": "decided", **PAUSE},
    "once": {"days": 10, "end": "decided", "extensions": [FIVE_MORE | {"at_most": 1}]},
    "often": {"days": 10, "end": "decided", "extensions": [FIVE_MORE]},
    "anew": {
        "days": 10,
        "end": "decided",
        "restarts": ["charged"],
        "extensions": [FIVE_MORE | {"at_most": 1}],
    },
    "work": {"days": 5, "end": "decided", "counts": "working_days", **PAUSE},
    "moved": {"days": 7, "end": "decided", "ends_on_working_day": True, **PAUSE},
    "old": {"days": 7, "end": "decided", "valid_until": date(2024, 1, 31)},
    "new": {"days": 5, "end": "decided", "valid_from": date(2024, 2, 1)},
    "month": {"days": 30, "months": 1, "end": "decided", "restarts": ["charged"], **PAUSE},
    "half": {"days": 2.5, "end": "decided"},
}


def limit(code: str, **changes: Any) -> dict[str, Any]:
    """One of `LIMITS` as an office file has it."""
    return {"code": code, "meaning": {"en": code.replace("_", " ")}, **LIMITS[code], **changes}


def moment(text: str) -> datetime:
    """`01-05` is six in the evening of that day in 2024; a year or a time may be given."""
    found = re.fullmatch(r"(?:(\d{4})-)?(\d\d)-(\d\d)(?: (\d\d):(\d\d))?", text.strip())
    assert found, text
    year, month, day, hour, minute = found.groups()
    time = (18, 0) if hour is None else (int(hour), int(minute))
    return datetime(int(year or 2024), int(month), int(day), *time)


def calendar() -> pl.DataFrame:
    """The table of days that are not as their weekday."""
    days = {**dict.fromkeys(RESTING, False), **dict.fromkeys(MADE_UP, True)}
    rows = {"day": list(days), "working": list(days.values())}
    return pl.DataFrame(rows).with_columns(pl.col("day").cast(pl.Datetime("us")))


def office(limits: list[dict[str, Any]], **changes: Any) -> Any:
    """The test office with these limits."""
    activities = {name: {"meaning": {"en": name.replace("_", " ")}} for name in ACTIVITIES}
    return factories.office(activities=activities, limits=limits, **changes)


def tables(limits: list[dict[str, Any]], opened: str, happened: str = "", **changes: Any) -> Tables:
    """One case, `a`, of kind k, to which this happened: `expert_asked 01-05, decided 01-09@01-12`.

    Events are at noon of their day and recorded then, or at noon of the day after `@`; `closed` is
    the closing of the case.
    """
    events, closed = [], None
    for line in filter(None, map(str.strip, happened.split(","))):
        activity, _, days = line.partition(" ")
        at, _, recorded = days.partition("@")
        noon = moment(at) - timedelta(hours=6)
        if activity == "closed":
            closed = noon
            continue
        known = moment(recorded) - timedelta(hours=6) if recorded else noon
        events.append(("a", noon, known, activity, "p", len(events)))
    made = office(limits, **changes)
    schema = case_columns(made)
    case = {"case_id": "a", "opened_at": moment(opened), "closed_at": closed, "kind": "k"}
    return Tables.of(
        made,
        pl.DataFrame([case], schema=schema),
        events=pl.DataFrame(events, schema=EVENT_SCHEMA, orient="row"),
        calendar=calendar(),
    )


EVENT_SCHEMA = {
    "case_id": pl.String(),
    "at": pl.Datetime("us"),
    "recorded_at": pl.Datetime("us"),
    "activity": pl.String(),
    "actor": pl.String(),
    "sequence": pl.Int64(),
}


def judge(made: Tables, asked: str) -> Judged:
    """The clocks of the case as known at a moment."""
    rows = pl.DataFrame({"case_id": ["a"], "moment": [moment(asked)]})
    (found,) = judged_at(made, cut(made, nw.from_native(rows).lazy()))
    return found
