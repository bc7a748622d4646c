"""Tests of the mandatory reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import narwhals as nw
import polars as pl

from features.as_of import Known, cut
from features.build import known_at
from policies.rulebook import asked_skills, mandatory, settled_tracks
from tests.factories.office import tables

CASES = """
case_id | opened_at  | closed_at
a       | 2025-12-01 | 2026-01-10
b       | 2025-12-01 | 2026-02-01
c       | 2025-12-01 | 2026-02-01
d       | 2025-12-01 | -
"""
EVENTS = """
case_id | at         | activity
a       | 2025-12-05 | returned
b       | 2025-12-05 | returned
c       | 2025-12-05 | decided
d       | 2025-12-05 | returned
b       | 2026-03-01 | decided
"""
MEANING = {"en": "a rule", "zh": "规则"}
RETURNED = {"code": "returned", "meaning": MEANING, "when": [{"event": "returned"}]}
DECIDED = {"code": "decided", "meaning": MEANING, "when": [{"event": "decided"}]}


def found(as_of: str, *rules: dict[str, object], at: str = "closing") -> list[tuple[str, str]]:
    """The cases that `rules` put on the list as known at `as_of`; risk is asked `at` a moment."""
    office = tables(CASES, EVENTS, rules=list(rules), risk={"at": at})
    moments = pl.DataFrame({"case_id": list("abcd"), "moment": datetime.fromisoformat(as_of)})
    return mandatory(known_at(office, nw.from_native(moments.lazy()))).rows()


def test_a_rule_holds_for_closed_cases_only() -> None:
    """An open case is never mandatory."""
    assert found("2026-02-15", RETURNED) == [("a", "returned"), ("b", "returned")]


def test_where_cases_are_asked_at_intake_an_open_one_can_be_mandatory() -> None:
    """d is open; for it a rule is in force by the day of the plan."""
    every = [("a", "returned"), ("b", "returned"), ("d", "returned")]
    assert found("2026-02-15", RETURNED, at="intake") == every
    from_march = RETURNED | {"valid_from": "2026-03-01"}
    assert found("2026-02-15", from_march, at="intake") == []


def test_dates_in_force_are_inclusive_closing_days() -> None:
    """A rule in force from a day holds for cases closed on that day and not before."""
    assert found("2026-02-15", RETURNED | {"valid_from": "2026-02-01"}) == [("b", "returned")]
    assert found("2026-02-15", RETURNED | {"valid_until": "2026-01-10"}) == [("a", "returned")]


def test_the_first_rule_in_the_file_names_the_case() -> None:
    """A case that two rules hold for stands once, under the first of them."""
    assert found("2026-03-02", DECIDED, RETURNED) == [
        ("a", "returned"),
        ("b", "decided"),
        ("c", "decided"),
    ]


def test_a_rule_sees_only_what_was_recorded() -> None:
    """An event recorded after the moment does not count."""
    assert found("2026-02-15", DECIDED) == [("c", "decided")]


def test_no_rules() -> None:
    """An office without rules has no mandatory cases."""
    assert found("2026-02-15") == []


NEW = """
case_id | opened_at        | kind | unit | suspects | charge
a       | 2026-01-31T09:00 | x    | U1   | 1        | theft
b       | 2026-02-01T09:00 | x    | U1   | 5        | theft
c       | 2026-02-02T09:00 | y    | U1   | 5        | bribery
"""
MANY = [{"attribute": "suspects", "at_least": 3}]


def at_intake(**changes: Any) -> Known:
    """What was known of the new cases when they came in."""
    days = [datetime(2026, 1, 31, 9), datetime(2026, 2, 1, 9), datetime(2026, 2, 2, 9)]
    moments = pl.DataFrame({"case_id": list("abc"), "moment": days})
    return cut(tables(NEW, **changes), nw.from_native(moments.lazy()))


def test_a_track_is_settled_by_the_first_rule_in_force_on_the_opening_day() -> None:
    """Rules of the office file settle tracks from and until the opening days they name."""
    bribery = [{"attribute": "charge", "equals": "bribery"}]
    rules = [
        {"code": "duty", "meaning": MEANING, "when": bribery},
        {"code": "many", "meaning": MEANING, "when": MANY, "valid_from": "2026-02-01"},
        {
            "code": "petty",
            "meaning": MEANING,
            "when": [{"attribute": "kind", "equals": "x"}],
            "track": "simple",
            "valid_until": "2026-01-31",
        },
    ]
    settled = settled_tracks(at_intake(intake={"rules": rules}))
    assert settled.rows() == [
        ("a", "petty", "simple"),
        ("b", "many", "complex"),
        ("c", "duty", "complex"),
    ]


def test_cases_ask_for_the_skills_whose_conditions_they_meet() -> None:
    """Required skills and those that are only better stand apart, in the file's order."""
    skills = [
        {"code": "gangs", "meaning": MEANING, "when": MANY},
        {
            "code": "duty",
            "meaning": MEANING,
            "when": [{"attribute": "charge", "equals": "bribery"}],
            "required": False,
        },
    ]
    asked = asked_skills(at_intake(assignment={"skills": skills}))
    assert asked.rows() == [("a", [], []), ("b", ["gangs"], []), ("c", ["gangs"], ["duty"])]


def test_without_skills_in_the_office_file_no_case_asks_for_any() -> None:
    """An office that names no skills gets empty lists."""
    assert asked_skills(at_intake()).rows() == [(c, [], []) for c in "abc"]
