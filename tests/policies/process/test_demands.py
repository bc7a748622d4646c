"""When each sort of rule is broken, on courses short enough to check by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from features.as_of import cut
from policies.process.breaches import Breach, breaches_of
from tests.factories.office import tables

MEANING = {"en": "a rule", "zh": "规则"}
ACTIVITIES = {
    letter: {"meaning": {"en": f"step {letter}", "zh": f"步骤{letter}"}} for letter in "abc"
}
ROLES = {"chief": {"meaning": {"en": "the chief", "zh": "负责人"}, "actors": ["boss", "head_*"]}}
CLOSED_ON, MOMENT = datetime(2026, 5, 20, 17), datetime(2026, 6, 1, 12)


def broken(
    steps: str, *, closed: bool = True, moment: datetime = MOMENT, **rule: Any
) -> list[Breach]:
    """The breaches of one case in which these steps happened, under one rule.

    Steps are `a 5`, on the 5th of May at noon, `a 5.9`, at nine, `a 5-8`, entered on the 8th, or
    `a 5 boss`, by the boss. The case is open from the first of May to the 20th at five.
    """
    events = ["case_id | at | recorded_at | activity | actor"]
    for step in filter(None, (part.strip() for part in steps.split(","))):
        activity, days, actor = (*step.split(), "-")[:3]
        day, _dash, entered = days.partition("-")
        recorded = f"2026-05-{int(entered):02d}T12:00" if entered else _time(day)
        events.append(f"x | {_time(day)} | {recorded} | {activity} | {actor}")
    of_office = tables(
        "case_id | opened_at | closed_at | kind\n"
        f"x | 2026-05-01 | {CLOSED_ON.isoformat() if closed else '-'} | theft",
        "\n".join(events),
        activities=ACTIVITIES,
        roles=ROLES,
        process=[{"code": "r", "meaning": MEANING, **rule}],
    )
    asked = pl.DataFrame({"case_id": ["x"], "moment": [moment]})
    return breaches_of(of_office, cut(of_office, nw.from_native(asked.lazy())))


def _time(day: str) -> str:
    """`5` is the 5th of May at noon, `5.9` that day at nine, `5.` the day alone."""
    number, point, hour = day.partition(".")
    time = "" if point and not hour else f"T{int(hour or 12):02d}:00"
    return f"2026-05-{int(number):02d}{time}"


# A rule, the steps of a case, and the day since when each breach is.
TABLE: dict[str, tuple[dict[str, Any], list[tuple[str, list[int]]]]] = {
    "must happen before a step": (
        {"rule": "must_happen", "activity": "a", "before": "b"},
        [
            ("a 3, b 4", []),
            ("a 3", []),
            ("", []),
            ("b 4", [4]),
            ("b 4, a 5", [4]),
            ("b 4, b 6", [4]),
            ("a 4.9, b 4.9", []),  # at the same instant it may have been before
            ("b 4., a 4.15", []),  # so it may where the day alone is known
            ("b 4.15, a 4.", []),
            ("b 4., a 5.9", [4]),
        ],
    ),
    "must happen before the closing": (
        {"rule": "must_happen", "activity": "a"},
        [("a 3", []), ("a 20", []), ("a 20.18", [20]), ("", [20]), ("b 3", [20])],
    ),
    "must precede, each time": (
        {"rule": "must_precede", "activity": "a", "before": "b"},
        [
            ("a 3, b 4", []),
            ("b 4", [4]),
            ("b 4, a 5", [4]),
            ("a 3, b 4, b 6", [6]),
            ("a 3, b 4, a 5, b 6", []),
            ("a 3, a 3, b 4, b 6, b 7", [6, 7]),
            ("b 4, a 5, b 6", [4]),
            ("a 3, b 4.9, a 4.9, b 6", []),
        ],
    ),
    "within days of a step": (
        {"rule": "within", "activity": "b", "after": "a", "days": 2},
        [
            ("a 3, b 5.23", []),
            ("a 3, b 6.1", [6]),
            ("a 3", [6]),
            ("b 2, a 3", [6]),
            ("", []),
            ("a 3, a 4, b 6", [6]),  # counted from the first
            ("a 3, b 4, a 10, b 15", [13]),
            ("a 3, a 10", [6]),  # one step is waited for
            ("a 3.15, b 3.", []),
        ],
    ),
    "within days of the opening": (
        {"rule": "within", "activity": "b", "after": "opened", "days": 0},
        [("b 1", []), ("b 2.1", [2]), ("", [2])],
    ),
    "the closing within days": (
        {"rule": "within", "activity": "closed", "after": "a", "days": 10},
        [("a 10", []), ("a 9", [20]), ("", []), ("a 20.18", [])],
    ),
    "not after a step": (
        {"rule": "not_after", "activity": "a", "after": "b"},
        [
            ("a 3, b 4", []),
            ("b 4, a 5", [5]),
            ("b 4, a 5, b 6, a 7", [5, 7]),
            ("a 4.9, b 4.9", []),
            ("b 4., a 4.15", []),
            ("a 5", []),
        ],
    ),
    "not after the closing": (
        {"rule": "not_after", "activity": "a", "after": "closed"},
        [("a 20", []), ("a 20.18", [20]), ("a 21, a 22", [21, 22])],
    ),
    "exclusive": (
        {"rule": "exclusive", "activities": ["a", "b", "c"]},
        [("a 3, a 4", []), ("b 3, a 4", [4]), ("a 3, b 4, b 5, c 6", [4, 6]), ("", [])],
    ),
    "at most so often": (
        {"rule": "at_most", "activity": "a", "times": 2},
        [("a 3, a 4", []), ("a 3, b 4, a 5, a 6, a 7", [6, 7])],
    ),
    "by a role": (
        {"rule": "by", "activity": "a", "role": "chief"},
        [
            ("a 3 boss, a 4 head_2", []),
            ("a 3 bos, a 4 bosses, a 5 head", [3, 4, 5]),
            ("a 3", []),  # who did it is not known
            ("b 3 clerk", []),
        ],
    ),
    "by somebody else": (
        {"rule": "by", "activity": "a", "other_than": "b"},
        [
            ("b 3 x, a 4 y", []),
            ("b 3 x, b 4 z, a 5 z", [5]),
            ("a 3 x, b 4 x", [4]),
            ("a 3, b 4", []),
        ],
    ),
    "entered within days": (
        {"rule": "recorded_within", "days": 2},
        [
            ("a 3-5", []),
            ("a 3.23-5", []),
            ("a 3-6", [6]),
            ("a 3-9, b 4-9, c 5-10", [9, 10]),  # those of one day are one breach
        ],
    ),
    "certain steps entered within days": (
        {"rule": "recorded_within", "days": 0, "activities": ["b"]},
        [("a 3-9", []), ("b 3-4", [4])],
    ),
}


@pytest.mark.parametrize(
    ("rule", "steps", "days"),
    [
        pytest.param(rule, steps, days, id=f"{name}: {steps}")
        for name, (rule, courses) in TABLE.items()
        for steps, days in courses
    ],
)
def test_a_rule_is_broken_since_these_days(
    rule: dict[str, Any], steps: str, days: list[int]
) -> None:
    """Nothing else is a breach, and each breach says what it rests on."""
    found = broken(steps, **rule)
    assert [one.since.day for one in found] == days
    assert all(one.said.say("en") and one.said.say("zh") for one in found)


def test_an_open_case_has_not_been_closed_without_a_step() -> None:
    """What must happen before the closing can still happen."""
    assert broken("b 3", closed=False, rule="must_happen", activity="a") == []


@pytest.mark.parametrize(("day", "is_late"), [(5, False), (6, True)])
def test_a_step_is_overdue_once_its_last_day_is_over(day: int, is_late: bool) -> None:
    """The first day is not counted, and the last one counts to its end."""
    moment = datetime(2026, 5, day, 23)
    found = broken(
        "a 3", closed=False, moment=moment, rule="within", activity="b", after="a", days=2
    )
    assert [one.since for one in found] == ([datetime(2026, 5, 6)] if is_late else [])


def test_what_is_entered_later_is_not_known_yet() -> None:
    """On the 6th nobody knows of the step; on the 8th it is known that it came before."""
    rule = {"rule": "must_happen", "activity": "a", "before": "b"}
    of_moment = [
        len(broken("a 3-8, b 5", closed=False, moment=datetime(2026, 5, day, 23), **rule))
        for day in (4, 6, 8)
    ]
    assert of_moment == [0, 1, 0]


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        ({}, 1),
        ({"valid_from": "2026-05-04"}, 1),
        ({"valid_from": "2026-05-05"}, 0),
        ({"valid_until": "2026-05-04"}, 1),
        ({"valid_until": "2026-05-03"}, 0),
        ({"kinds": ["theft"]}, 1),
        ({"kinds": ["fraud"]}, 0),
        ({"when": [{"event": "c"}]}, 0),
        ({"when": [{"event": "c", "at_most": 0}]}, 1),
    ],
)
def test_a_rule_holds_for_its_days_kinds_and_cases(limits: dict[str, Any], found: int) -> None:
    """It must be in force on the day of the step that breaks it, the 4th."""
    rule = {"rule": "must_happen", "activity": "a", "before": "b", **limits}
    assert len(broken("b 4", **rule)) == found


@pytest.mark.parametrize(("valid_from", "found"), [("2026-05-03", 1), ("2026-05-04", 0)])
def test_days_are_those_of_the_law_when_they_begin(valid_from: str, found: int) -> None:
    """A rule `within` must be in force on the day that is counted from."""
    rule = {"rule": "within", "activity": "b", "after": "a", "days": 2, "valid_from": valid_from}
    assert len(broken("a 3, b 9", **rule)) == found


# A rule, the steps of a case, and how the breach is said.
SENTENCES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"rule": "must_happen", "activity": "a", "before": "b"},
        "b 4-6",
        "“step a” is missing before “step b” (4 May 2026, entered on 6 May 2026).",
    ),
    (
        {"rule": "must_happen", "activity": "a", "before": "b"},
        "b 4, a 5",
        "“step a” (5 May 2026) came only after “step b” (4 May 2026).",
    ),
    (
        {"rule": "must_happen", "activity": "a"},
        "",
        "“step a” is missing: the case was closed on 20 May 2026 without it.",
    ),
    (
        {"rule": "must_happen", "activity": "a"},
        "a 21",
        "“step a” (21 May 2026) came only after the closing (20 May 2026).",
    ),
    (
        {"rule": "must_precede", "activity": "a", "before": "b"},
        "a 3, b 4, b 6",
        "“step a” is missing between “step b” (4 May 2026) and “step b” (6 May 2026).",
    ),
    (
        {"rule": "within", "activity": "b", "after": "a", "days": 2},
        "a 3, b 6",
        (
            "“step b” (6 May 2026) came 1 day late: counted from “step a” (3 May 2026), the last "
            "day was 5 May 2026."
        ),
    ),
    (
        {"rule": "within", "activity": "b", "after": "opened", "days": 2},
        "",
        (
            "“step b” has not come: counted from the opening (1 May 2026), the last day was "
            "3 May 2026."
        ),
    ),
    (
        {"rule": "within", "activity": "closed", "after": "opened", "days": 2},
        "",
        (
            "The closing (20 May 2026) came 17 days late: counted from the opening (1 May 2026), "
            "the last day was 3 May 2026."
        ),
    ),
    (
        {"rule": "not_after", "activity": "a", "after": "b"},
        "b 4, a 5",
        "“step a” (5 May 2026) is not allowed after “step b” (4 May 2026).",
    ),
    (
        {"rule": "not_after", "activity": "a", "after": "closed"},
        "a 21",
        "“step a” (21 May 2026) is not allowed after the closing (20 May 2026).",
    ),
    (
        {"rule": "exclusive", "activities": ["a", "b"]},
        "b 4, a 5",
        "“step b” (4 May 2026) and “step a” (5 May 2026) exclude each other.",
    ),
    (
        {"rule": "at_most", "activity": "a", "times": 1},
        "a 3, a 5",
        "“step a” (5 May 2026) is one more than allowed: before it came “step a” (3 May 2026).",
    ),
    (
        {"rule": "by", "activity": "a", "role": "chief"},
        "a 3 clerk",
        "“step a” (3 May 2026) was done by somebody who is not “the chief”.",
    ),
    (
        {"rule": "by", "activity": "a", "other_than": "b"},
        "b 3 x, a 4 x",
        "“step a” (4 May 2026) and “step b” (3 May 2026) were done by the same person.",
    ),
    (
        {"rule": "recorded_within", "days": 1},
        "a 3-9, b 4-9, b 5-9, c 6-9, c 7-9",
        (
            "Entered later than allowed (1 day): “step a” (3 May 2026, entered on 9 May 2026), "
            "“step b” (4 May 2026, entered on 9 May 2026), “step b” (5 May 2026, entered on "
            "9 May 2026), 2 more."
        ),
    ),
]


@pytest.mark.parametrize(("rule", "steps", "sentence"), SENTENCES)
def test_a_breach_is_a_sentence(rule: dict[str, Any], steps: str, sentence: str) -> None:
    """It names every step with its day, and the day it was entered where that is another."""
    (breach,) = broken(steps, **rule)
    assert breach.said.say("en") == sentence


def test_a_case_that_is_open_too_long_says_so() -> None:
    """There is no closing to name."""
    rule = {"rule": "within", "activity": "closed", "after": "opened", "days": 2}
    (breach,) = broken("", closed=False, **rule)
    assert breach.said.say("en") == (
        "The case is still open: counted from the opening (1 May 2026), the last day was "
        "3 May 2026."
    )
    assert breach.events == ()
