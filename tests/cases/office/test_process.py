"""Tests of what an office file may say of the process and of roles."""

from __future__ import annotations

from typing import Any

import pytest

from cases.errors import BadInput
from tests.factories.office import office

MEANING = {"en": "m"}
RULE = {"code": "r", "meaning": MEANING, "rule": "must_happen", "activity": "decided"}
ROLES = {"chief": {"meaning": MEANING, "actors": ["head_*", "boss"]}}


def test_what_is_left_out_has_its_usual_value() -> None:
    """A step must happen before the closing, in all cases, on all days."""
    (rule,) = office(process=[RULE]).process
    assert (rule.checkpoint, rule.kinds, rule.when, rule.valid_from) == ("closed", (), (), None)
    assert (office().process, office().roles) == ((), {})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"rule": "must_be"}, "is not one of: must_happen, must_precede"),
        ({"activity": None}, "a rule `must_happen` needs `activity`."),
        ({"rule": "must_precede"}, "a rule `must_precede` needs `before`."),
        ({"rule": "within", "after": "opened"}, "a rule `within` needs `days`."),
        ({"times": 2}, "a rule `must_happen` takes no `times`."),
        ({"rule": "by"}, "a rule `by` needs `role` or `other_than`."),
        ({"rule": "bulk", "entries": 5, "minutes": 9}, "a rule `bulk` takes no `activity`."),
        ({"before": "decided"}, "is the activity that the rule is about."),
        ({"before": "decide"}, "Did you mean `decided`?"),
        ({"before": "opened"}, "is not declared in this office file."),
        ({"activity": "closed"}, "is not declared in this office file."),
        ({"rule": "by", "role": "chef"}, "Did you mean `chief`?"),
        ({"when": [{"event": "decide"}]}, "Did you mean `decided`?"),
        ({"when": [{"attribute": "suspects", "equals": "x"}]}, "is of type number"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-31"}, "is before `valid_from`."),
    ],
)
def test_faults(changes: dict[str, Any], fault: str) -> None:
    """Each is named, with what to do."""
    with pytest.raises(BadInput) as found:
        office(process=[RULE | changes], roles=ROLES)
    assert fault in str(found.value)


@pytest.mark.parametrize(
    ("activities", "fault"),
    [
        ([], "a rule `exclusive` needs `activities`."),
        (["decided"], "needs two or more different activities."),
        (["decided", "decided"], "needs two or more different activities."),
        (["decided", "retuned"], "Did you mean `returned`?"),
    ],
)
def test_what_excludes_each_other_is_several_activities(activities: list[str], fault: str) -> None:
    """One alone excludes nothing."""
    rule = {"code": "r", "meaning": MEANING, "rule": "exclusive", "activities": activities}
    with pytest.raises(BadInput) as found:
        office(process=[rule])
    assert fault in str(found.value)


def test_codes_are_given_once() -> None:
    """A breach names its rule by its code."""
    with pytest.raises(BadInput, match="is declared twice"):
        office(process=[RULE, RULE])


@pytest.mark.parametrize("actor", ["*", "a*b", "**"])
def test_an_actor_is_an_id_or_how_ids_begin(actor: str) -> None:
    """A star stands for what follows, and only there."""
    with pytest.raises(BadInput, match=r"may have `\*` at its end only"):
        office(roles={"chief": {"meaning": MEANING, "actors": [actor]}})


def test_who_has_a_role() -> None:
    """By the whole id, or by its beginning where a star says so."""
    chief = office(roles=ROLES).roles["chief"]
    assert [
        actor for actor in ("head_1", "head_", "head", "boss", "boss2") if chief.has(actor)
    ] == [
        "head_1",
        "head_",
        "boss",
    ]
