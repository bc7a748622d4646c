"""Tests of eligibility: who may take what, one reason for every other handler, and what helps."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.assignment.eligibility import Eligibility, eligibility, parts
from policies.assignment.obstacles import OBSTACLES, TO_HANDLERS
from tests.factories.assignments import cases, handlers, recusals

DAY = date(2026, 3, 2)

CASE = """
case_id | kind | unit | parties | needs
c       | fraud | u   | Li;Wang | tax
"""
NEEDS = cases(CASE)


def of(handler: str, recused: str = "handler | case_id | party") -> Eligibility:
    """Who of an ASCII table may take the case."""
    return eligibility(NEEDS, handlers(handler), recusals(recused), DAY)


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        ("u | fraud;theft | 1 | - | tax;art | - | -", None, ""),
        ("u | - | - | 5 | tax | - | -", None, ""),
        ("- | - | 1 | - | tax | - | -", "no_unit", ""),
        ("v | - | 1 | - | tax | - | -", "other_unit", "v"),
        ("u | theft | 1 | - | tax | - | -", "kind", "fraud"),
        ("u | - | 1 | - | art | - | -", "skill", "tax"),
        ("u | - | 1 | - | - | - | -", "skill", "tax"),
        ("u | - | 0 | - | tax | - | -", "capacity", ""),
        ("u | - | 1 | - | tax | 2026-03-02 | -", "absent", "2026-03-02 – …"),
        ("u | - | 1 | - | tax | - | 2026-03-02", "absent", "… – 2026-03-02"),
        ("u | - | 1 | - | tax | 2026-03-03 | -", None, ""),
        ("u | - | 1 | - | tax | 2026-02-01 | 2026-03-01", None, ""),
        ("u | - | 1 | 4 | tax | - | -", "most_open", "4"),
        ("v | - | 0 | - | tax | - | -", "other_unit", "v"),
    ],
)
def test_each_obstacle_keeps_a_handler_away(row: str, reason: str | None, detail: str) -> None:
    """One fact in the way is the reason; of several the first of the list is."""
    table = (
        "handler | unit | kinds | capacity | most_open | skills | absent_from | absent_until "
        f"| open_cases\nH | {row} | 4"
    )
    found = of(table)
    excluded = found.excluded()
    assert found.eligible.tolist() == [[reason is None]]
    told = excluded.select("reason", "detail").rows()
    assert told == ([] if reason is None else [(reason, detail)])


@pytest.mark.parametrize(
    ("recused", "reason"),
    [("H | c | -", "recused_case"), ("H | - | Wang", "recused_party"), ("H | - | Zhao", None)],
)
def test_a_recusal_holds_by_case_and_by_party(recused: str, reason: str | None) -> None:
    """Who is recused from the case or from any of its parties may not take it."""
    found = of("handler | unit | skills\nH | v | tax", f"handler | case_id | party\n{recused}")
    assert found.excluded()["reason"].to_list() == [reason or "other_unit"]


def test_a_case_without_a_unit_may_go_anywhere() -> None:
    """No unit, null or empty, asks for none, even of a handler without a unit."""
    for unit in ("-", ""):
        table = cases(f"case_id | kind | unit\nc | fraud | {unit}")
        found = eligibility(table, handlers("handler | unit\nH | -\nI | v"), recusals(), DAY)
        assert found.eligible.all()


def test_the_nearest_have_the_fewest_obstacles() -> None:
    """Handlers whom one change would help come before others; the recused never come."""
    found = of(
        """
        handler | unit | skills | capacity
        A       | u    | tax    | 1
        B       | v    | art    | 1
        C       | u    | art    | 1
        D       | u    | tax    | 0
        """,
        "handler | case_id | party\nA | c | -",
    )
    nearest = found.nearest(0)
    assert [[(one.handler, one.reason) for one in each] for each in nearest] == [
        [(2, "skill")],
        [(3, "capacity")],
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_obstacle_is_put_in_words(language: str) -> None:
    """Each reason has a sentence and a remedy in every language, with the fact in it."""
    excluded = of("handler | unit | skills\nH | v | tax").excluded()
    ((code, detail),) = excluded.select("reason", "detail").rows()
    assert "v" in TO_HANDLERS.says(code, detail).say(language)
    assert "v" in TO_HANDLERS.changes(code, detail).say(language)
    for obstacle in OBSTACLES.values():
        assert all(text.say(language) for text in (obstacle.brief, obstacle.says, obstacle.changes))


@given(st.lists(st.text("ab ;", max_size=6), max_size=5))
def test_a_pair_is_either_eligible_or_excluded_once(kinds: list[str]) -> None:
    """Every case and handler stand in exactly one of the two lists."""
    frame = handlers("\n".join(["handler | kinds", *(f"H{i} | k" for i in range(len(kinds)))]))
    frame = frame.with_columns(kinds=pl.Series(kinds, dtype=pl.String))
    found = eligibility(cases("case_id | kind\nc | a\nd | b"), frame, recusals(), DAY)
    pairs = found.excluded().select("case_id", "handler")
    assert pairs.is_unique().all()
    assert pairs.height + found.eligible.sum() == 2 * len(kinds)
    for row, kind in zip(found.eligible.tolist(), "ab", strict=True):
        assert row == [kind in parts(cell) for cell in kinds]
