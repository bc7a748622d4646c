"""Tests of the mandatory reviews."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import polars as pl

from policies.rulebook import mandatory
from tests.factories import tables

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


def found(as_of: str, *rules: dict[str, object]) -> list[tuple[str, str]]:
    """The cases that `rules` put on the list as known at `as_of`."""
    office = tables(CASES, EVENTS, rules=list(rules))
    moments = pl.DataFrame({"case_id": list("abcd"), "moment": datetime.fromisoformat(as_of)})
    return mandatory(office, nw.from_native(moments.lazy())).rows()


def test_a_rule_holds_for_closed_cases_only() -> None:
    """An open case is never mandatory."""
    assert found("2026-02-15", RETURNED) == [("a", "returned"), ("b", "returned")]


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
