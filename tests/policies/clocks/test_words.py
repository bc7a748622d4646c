"""What is said of a clock: how it stands, and what each event did to it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from policies.clocks.words import explained, stands
from tests.policies.clocks.made import judge, limit, tables

STANDS = {
    ("inquiry", "", "01-05"): """
inquiry: not started; days allowed: 30.""",
    ("seven", "", "01-05"): """
seven: days used: 3 of 7; days left: 4. Its last day is 9 January 2024.""",
    ("pause", "expert_asked 01-05", "01-08"): """
pause: suspended since 5 January 2024; days used: 3 of 10; days left: 7.""",
    ("pause", "expert_asked 01-15", "01-20"): """
pause: suspended since 15 January 2024, and overrun since 13 January 2024; days over: 3; days \
allowed: 10.""",
    ("seven", "", "01-12"): """
seven: overrun since 10 January 2024; days over: 3; days allowed: 7. Its last day was 9 \
January 2024.""",
    ("seven", "decided 01-05", "01-12"): """
seven: ended on 5 January 2024; days used: 3 of 7.""",
    ("seven", "decided 01-11", "01-12"): """
seven: ended on 11 January 2024, overrun since 10 January 2024; days over: 2; days allowed: 7.""",
}


@pytest.mark.parametrize("told", STANDS, ids=lambda told: f"{told[0]}: {told[1]}")
def test_how_a_clock_stands(told: tuple[str, str, str]) -> None:
    """In one sentence, and another one about its last day if it runs."""
    code, happened, asked = told
    made = tables([limit(code)], "01-02", happened)
    (reading,) = judge(made, asked).readings
    assert stands(made.office, reading).say("en") == STANDS[told].strip()


def test_a_last_day_that_was_moved_is_explained() -> None:
    """Seven days from Saturday the 6th end on a Saturday."""
    made = tables([limit("moved")], "01-06")
    (reading,) = judge(made, "01-08").readings
    assert stands(made.office, reading).say("en") == (
        "moved: days used: 2 of 9; days left: 7. Its last day is 15 January 2024, the first "
        "working day after the days would be over."
    )


STORIES = {
    ("anew", "expert_asked 01-03, extended 01-05, extended 01-06, charged 01-10, closed 01-15"): """
2 January 2024: it started (opening of the case); days allowed: 10.
5 January 2024: it was given more days, 5 (“extended”); days used: 3 of 15.
6 January 2024: “extended” gave no more days, because it had done so as often as it may.
10 January 2024: it started anew (“charged”); days allowed: 10.
15 January 2024: it ended because the case was closed, without the event that ends it; days used: \
5 of 10.""",
    (
        "pause",
        "expert_came 01-03, expert_asked 01-05@01-09, expert_asked 01-06, expert_came 01-10",
    ): """
2 January 2024: it started (opening of the case); days allowed: 10.
3 January 2024: “expert came” changed nothing, because it was running already.
5 January 2024: it was suspended (“expert asked”); days used: 3 of 10. It was recorded on \
9 January 2024 only.
6 January 2024: “expert asked” changed nothing, because it was suspended already.
10 January 2024: it was resumed (“expert came”); days used: 3 of 10.""",
    ("pause", "decided 01-04, expert_asked 01-05, closed 01-15"): """
2 January 2024: it started (opening of the case); days allowed: 10.
4 January 2024: it ended (“decided”); days used: 2 of 10.
5 January 2024: “expert asked” changed nothing, because it had ended.""",
    ("inquiry", "charged 01-03, returned 01-05"): """
3 January 2024: “charged” changed nothing, because it had not started.
5 January 2024: it started (“returned”); days allowed: 30.""",
    ("hearing", "returned 01-03, expert_asked 01-04, returned 01-05"): """
3 January 2024: it started (“returned”); days allowed: 10.
4 January 2024: it was suspended (“expert asked”); days used: 1 of 10.
5 January 2024: “returned” changed nothing, because it had started already.""",
    ("closing", "closed 01-15"): """
2 January 2024: it started (opening of the case); days allowed: 7.
15 January 2024: it ended (closing of the case); days used: 13 of 7.""",
}


@pytest.mark.parametrize("told", STORIES, ids=lambda told: f"{told[0]}: {told[1]}")
def test_what_each_event_did_is_told(told: tuple[str, str]) -> None:
    """Event by event, with the days used and allowed after it."""
    code, happened = told
    made = tables([limit(code)], "01-02", happened)
    (reading,) = judge(made, "01-20").readings
    said = [line.say("en") for line in explained(made.office, reading)]
    assert said == STORIES[told].strip().splitlines()


def test_the_example_of_the_documentation_is_true() -> None:
    """The limit and the sentences that `docs/clocks.md` shows."""
    page = (Path(__file__).parents[3] / "docs" / "clocks.md").read_text("utf-8")
    _before, toml, after = page.split("```", 2)
    limits = tomllib.loads(toml.removeprefix("toml"))["limits"]
    happened = "returned 01-22, resubmitted 02-20, expert_asked 02-26, expert_came 03-04@03-06"
    made = tables(limits, "01-08", f"{happened}, extended 03-20")
    (reading,) = judge(made, "03-21").readings
    said = [stands(made.office, reading), *explained(made.office, reading)]
    assert [line.say("en") for line in said if line.say("en") not in after] == []
    (before,) = judge(made, "03-05").readings
    assert (before.used, before.state) == (6, "suspended")
