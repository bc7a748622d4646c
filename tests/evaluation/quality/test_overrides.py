"""What was overridden and what came of it, counted by hand."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.quality.overrides import Overrides, overrides
from policies.spot_check.plan import PlanParameters
from policies.spot_check.verify import Kept
from tests.factories.office import tables

UNTIL = datetime(2024, 12, 31)
COMPLEX = {"meaning": {"en": "long"}, "any_of": [{"attribute": "days_open", "at_least": 20}]}
LEDGER = "case_id | at | about | suggested | decided | reason"


def ledger(*parts: tuple[str, int, str]) -> str:
    """`count` overrides (about, suggested, decided) of cases of which the first is number."""
    lines = [
        f"c{number} | 2024-02-01 | {change} | because"
        for first, count, change in ((int(a), b, c) for a, b, c in parts)
        for number in range(first, first + count)
    ]
    return "\n".join([LEDGER, *lines])


def made(text: str, reviewed: str = "") -> Tables:
    """Sixty cases: of those with an even number, opened for 30 days, complex; others 10 days.

    `reviewed` are lines of the review table.
    """
    cases = "\n".join(
        f"c{number} | 2024-01-01 | 2024-01-{31 if number % 2 == 0 else 11} | x | u"
        for number in range(60)
    )
    return tables(
        f"case_id | opened_at | closed_at | kind | unit\n{cases}",
        reviews=f"case_id | reviewed_at | grade\n{reviewed}" if reviewed else "",
        overrides=text,
        complexity=COMPLEX,
    )


def told(found: Overrides) -> list[tuple[str, str | None, str | None, int, int]]:
    """The changes with how often they were made and how many outcomes are known."""
    return [(c.about, c.suggested, c.decided, c.times, c.outcome.n) for c in found.changes]


def some(found: Overrides | None) -> Overrides:
    """The overrides, of which there are some."""
    assert found is not None
    return found


def test_tracks_by_hand() -> None:
    """Of 12 changed to complex half are; of 10 changed to simple half are not: 11 of 22 right."""
    text = ledger(("0", 12, "track | simple | complex"), ("20", 10, "track | complex | simple"))
    found = some(overrides(made(text), [], UNTIL))
    assert told(found) == [
        ("track", "complex", "simple", 10, 10),
        ("track", "simple", "complex", 12, 12),
    ]
    assert [one.outcome.value for one in found.changes] == [0.5, 0.5]
    assert (found.right.value, found.right.n) == (0.5, 22)
    assert "it is not known which of the two is right more often." in found.says.say("en")
    assert "由简单改为复杂的案件中，50%" in found.says.say("zh")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("simple | complex", "changes were right more often than suggestions."),
        ("complex | simple", "suggestions were right more often than changes."),
    ],
)
def test_who_was_right_more_often(change: str, sentence: str) -> None:
    """All of ten cases proved complex: changing to complex was right, to simple wrong."""
    lines = [f"c{number} | 2024-02-01 | track | {change} | -" for number in range(0, 20, 2)]
    found = some(overrides(made("\n".join([LEDGER, *lines])), [], UNTIL))
    assert found.right.value == (1.0 if change == "simple | complex" else 0.0)
    assert found.says.say("en").endswith(sentence)


def test_what_a_person_was_asked_is_no_suggestion_to_be_wrong() -> None:
    """Changes from and to `person` are counted, with their outcome, and neither is right."""
    text = ledger(("0", 10, "track | person | simple"), ("10", 10, "track | complex | person"))
    found = some(overrides(made(text), [], UNTIL))
    assert [one.outcome.value for one in found.changes] == [0.5, 0.5]
    assert found.right.absent == "no_cases"
    assert "Too few outcomes are known" in found.says.say("en")


def test_few_outcomes_are_withheld() -> None:
    """With nine outcomes nothing is told but the counts."""
    found = some(overrides(made(ledger(("0", 9, "track | simple | complex"))), [], UNTIL))
    assert [one.outcome.absent for one in found.changes] == ["too_few"]
    assert found.right.absent == "too_few"
    assert "%" not in found.says.say("en")


def test_handlers_are_counted_and_not_named() -> None:
    """Whoever was replaced by whom, one line says how often."""
    text = ledger(("0", 2, "handler | h1 | h2"), ("2", 1, "handler | h2 | h3"))
    found = some(overrides(made(text), [], UNTIL))
    assert told(found) == [("handler", None, None, 3, 0)]
    assert found.says.say("en") == (
        "Decisions against a suggestion: 3 (tracks 0, handlers 3, spot checks 0)."
    )
    assert "h2" not in repr(found)
    assert "because" not in repr(found)


def plan_of(*drawn: str) -> Kept:
    """A plan of 31 January that drew these cases."""
    wish = PlanParameters(as_of=datetime(2024, 1, 31), capacity=9, seed="s").model_dump(mode="json")
    lines = pl.DataFrame({"case_id": drawn}).with_columns(closed_at=pl.lit(datetime(2024, 1, 25)))
    return Kept({"plan_id": "p", "parameters": wish}, lines, lines)


def test_reviews_against_the_list_beside_the_drawn_ones() -> None:
    """Of 10 added cases 4 were bad, of 12 drawn ones 3; earlier reviews do not count."""
    reviews = [f"c{n} | 2024-03-01 | {'bad' if n < 4 else 'good'}" for n in range(10)]
    reviews += [f"c{n} | 2024-03-01 | {'bad' if n < 23 else 'good'}" for n in range(20, 32)]
    reviews += ["c9 | 2024-01-20 | bad", "c40 | 2024-01-20 | bad"]
    text = ledger(
        ("0", 10, "spot_check | left_out | listed"),
        ("40", 1, "spot_check | left_out | listed"),
        ("32", 2, "spot_check | listed | left_out"),
    )
    plan = plan_of(*(f"c{n}" for n in range(20, 34)))
    found = some(overrides(made(text, "\n".join(reviews)), [plan, plan], UNTIL))
    assert told(found) == [
        ("spot_check", "left_out", "listed", 11, 10),
        ("spot_check", "listed", "left_out", 2, 0),
    ]
    assert found.changes[0].outcome.value == 0.4
    assert (found.drawn.value, found.drawn.n) == (0.25, 12)
    said = found.says.say("en")
    assert "against the list, 40% (17% to 69%) had a defect. Of the drawn cases, 25%" in said
    assert "抽中的案件中，25%" in found.says.say("zh")


def test_only_what_was_known_by_then() -> None:
    """Later overrides are not counted, and cases not yet closed have no outcome."""
    text = ledger(("0", 20, "track | simple | complex"))
    office = made(text)
    assert overrides(office, [], datetime(2024, 1, 31)) is None
    early = f"{LEDGER}\nc0 | 2024-01-02 | track | simple | complex | -"
    found = some(overrides(made(early), [], datetime(2024, 1, 15)))
    assert told(found) == [("track", "simple", "complex", 1, 0)]
    assert overrides(made(""), [], UNTIL) is None


def test_the_last_of_several_overrides_has_the_outcome() -> None:
    """A track changed and changed back is two overrides, and the second is judged."""
    text = f"""{LEDGER}
c0 | 2024-01-03 | track | complex | simple  | -
c0 | 2024-01-02 | track | simple  | complex | -
"""
    found = some(overrides(made(text), [], UNTIL))
    assert told(found) == [
        ("track", "complex", "simple", 1, 1),
        ("track", "simple", "complex", 1, 0),
    ]
