"""Rules that a log suggests: what they say, how they are written, in which cases they broke."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from cases.errors import BadInput
from cases.office.loading import parse_office
from cases.tables.tables import Tables
from features.as_of import cut
from policies.process.breaches import breaches_of
from policies.process.drafting.candidates import Candidate, drafted_process
from policies.process.drafting.writing import process_toml
from tests.factories.office import OFFICE, tables
from tests.policies.process.planted import planted

MEANING = {"en": "m", "zh": "m"}
ACTIVITIES = {letter: {"meaning": {"en": letter}} for letter in "abcd"}
ROLES = {
    "clerk": {"meaning": {"en": "clerk"}, "actors": ["clerk_*"]},
    "anybody": {"meaning": {"en": "anybody"}, "actors": ["clerk_*", "chief"]},
}


def log(*courses: tuple[int, str], kinds: str = "k", **changes: Any) -> Tables:
    """So many cases of each course; a step is `a 3`, or `a 3-5 actor`, days after the opening."""
    cases, events = (
        ["case_id | opened_at | closed_at | kind"],
        ["case_id | at | recorded_at | activity | actor"],
    )
    number = 0
    for times, course in courses:
        for _case in range(times):
            number += 1
            opened, name = datetime(2026, 1, 5, 9) + timedelta(days=number), f"x{number:04d}"
            closed = (opened + timedelta(days=90)).isoformat()
            cases.append(f"{name} | {opened.isoformat()} | {closed} | {kinds[number % len(kinds)]}")
            for step in course.split(", "):
                activity, days, actor = (*step.split(), "-")[:3]
                at, entered = (int(day) for day in f"{days}-{days}".split("-")[:2])
                moments = [(opened + timedelta(days=day)).isoformat() for day in (at, entered)]
                events.append(f"{name} | {moments[0]} | {moments[1]} | {activity} | {actor}")
    return tables("\n".join(cases), "\n".join(events), activities=ACTIVITIES, **changes)


def suggested(of_log: Tables, rule: str) -> dict[tuple[Any, ...], Candidate]:
    """The candidates of one sort by what they name."""

    def about(one: Candidate) -> tuple[Any, ...]:
        keys = ("activity", "activities", "before", "after", "days", "times", "role", "kinds")
        return tuple(value for key in keys if (value := getattr(one.rule, key)) not in (None, ()))

    found = drafted_process(of_log).candidates
    return {about(one): one for one in found if one.rule.rule == rule}


def test_what_nearly_all_cases_have_must_happen() -> None:
    """b in 98 of 100 cases; c in every other is no rule, and a is implied by b."""
    of_log = log((49, "a 1, b 3, c 5"), (49, "a 1, b 3"), (2, "a 1"))
    (found,) = suggested(of_log, "must_happen").items()
    assert found[0] == ("b",)
    assert (found[1].tried, found[1].held, found[1].against) == (100, 98, ("x0099", "x0100"))


def test_what_all_cases_of_a_kind_have_must_happen_there() -> None:
    """Every case of kind y has b, and none of kind z."""
    courses = [(1, course) for _time in range(40) for course in ("a 1, b 3", "a 1")]
    found = suggested(log(*courses, kinds="zy"), "must_happen")
    assert {about: one.tried for about, one in found.items()} == {("a",): 80, ("b", ("y",)): 40}


def test_a_step_comes_before_each_other_or_before_the_first() -> None:
    """Each c has its own b; d comes twice after one c."""
    of_log = log((40, "a 1, b 2, c 3, b 4, c 5, d 7, d 8"))
    assert ("b", "c") in suggested(of_log, "must_precede")
    assert ("c", "d") in suggested(of_log, "must_happen")
    assert ("a", "c") not in suggested(of_log, "must_happen")  # a, then b, then c says it


def test_steps_of_the_same_day_have_no_order() -> None:
    """Where they always come at once, neither is before the other."""
    of_log = log((40, "a 1, b 2, c 2"))
    assert ("b", "c") not in suggested(of_log, "must_precede")
    assert {("a", "b"), ("a", "c")} <= suggested(of_log, "must_precede").keys()


def test_days_are_those_of_all_but_one_in_a_hundred() -> None:
    """Two in 400 took longer than nine days."""
    of_log = log((200, "a 1, b 3"), (198, "a 1, b 10"), (2, "a 1, b 60"))
    found = suggested(of_log, "within")
    assert {*found} == {("a", "opened", 1), ("b", "a", 9), ("closed", "b", 87)}
    assert found["b", "a", 9].against == ("x0399", "x0400")


def test_what_is_repeated_and_then_over_is_not_done_afterwards() -> None:
    """b is done twice, never after c but in one case."""
    of_log = log((60, "a 1, b 2, b 3, c 5"), (1, "a 1, b 2, c 5, b 6"))
    assert suggested(of_log, "not_after")["b", "c"].against == ("x0061",)


def test_what_never_meets_excludes_each_other() -> None:
    """c and d, where by chance twenty-five of a hundred cases would have both; not a and c."""
    found = suggested(log((50, "a 1, c 3"), (50, "a 1, d 3")), "exclusive")
    assert [*found] == [(("c", "d"),)]
    assert found[("c", "d"),].tried == 100


def test_how_often_a_step_is_done() -> None:
    """a once; b two times at most, but in one case in three hundred."""
    of_log = log((150, "a 1, b 2"), (149, "a 1, b 2, b 3"), (1, "a 1, b 2, b 3, b 4"))
    found = suggested(of_log, "at_most")
    assert [*found] == [("a", 1), ("b", 2)]
    assert found["b", 2].against == ("x0300",)


def test_who_does_a_step() -> None:
    """The narrowest role that nearly always does it; without roles nothing is said."""
    course = (60, "a 1 clerk_1, b 2 chief"), (1, "a 1 chief, b 2 chief")
    found = suggested(log(*course, roles=ROLES), "by")
    assert found["a", "clerk"].against == ("x0061",)
    assert [*found] == [("a", "clerk"), ("b", "anybody")]
    assert suggested(log(*course), "by") == {}


def test_by_when_steps_are_entered() -> None:
    """Of a hundred cases, one in two had a step entered two days late."""
    of_log = log((50, "a 1-3, b 4"), (50, "a 1, b 4"))
    assert [*suggested(of_log, "recorded_within")] == [(2,)]
    assert suggested(log((50, "a 1, b 4")), "recorded_within") == {}


def test_what_is_declared_is_not_suggested() -> None:
    """The office has decided."""
    rule = {"code": "r", "meaning": MEANING, "rule": "at_most", "activity": "a", "times": 3}
    found = suggested(log((40, "a 1, b 2"), process=[rule]), "at_most")
    assert [*found] == [("b", 1)]


@pytest.mark.parametrize("courses", [[], [(29, "a 1")]])
def test_a_short_log_says_nothing(courses: list[tuple[int, str]]) -> None:
    """Thirty closed cases are asked for."""
    with pytest.raises(BadInput, match="fewer than 30 closed cases"):
        drafted_process(log(*courses))


def test_nothing_is_in_force_until_the_comment_is_taken_away() -> None:
    """The text is no rule; without `# ` it is, and breaks where the comments say."""
    of_log = planted(500).tables
    bare = replace(of_log, office=of_log.office.model_copy(update={"process": ()}))
    drafted = drafted_process(bare)
    assert {one.rule.rule for one in drafted.candidates} >= {
        *("must_happen", "must_precede", "within", "at_most", "by", "recorded_within")
    }
    text = process_toml(drafted, "en")
    assert tomllib.loads(text) == {}
    lines = [line.removeprefix("# ") for line in text.splitlines() if not line.startswith("# ?")]
    raw = tomllib.loads("\n".join(lines[3:]))
    declared = {name: one.model_dump() for name, one in of_log.office.activities.items()}
    roles = {name: one.model_dump() for name, one in of_log.office.roles.items()}
    office = parse_office(OFFICE | {"activities": declared, "roles": roles} | raw, "office.toml")
    assert office.process == tuple(one.rule for one in drafted.candidates)

    in_force = replace(of_log, office=office)
    closed = of_log.case_rows.drop_nulls("closed_at")
    asked = closed.select("case_id", moment=pl.lit(of_log.latest_record, pl.Datetime("us")))
    found = breaches_of(in_force, cut(in_force, nw.from_native(asked.lazy())))
    for one in drafted.candidates:
        broken = sorted({breach.case_id for breach in found if breach.rule == one.rule.code})
        assert (one.tried - one.held, one.against) == (len(broken), tuple(broken[:3]))
