"""Tests of the spot-check draw."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import BadInput
from policies.plans import FRAME, PlanParameters, SpotCheckPlan, why
from policies.spot_check import draw_plan
from tests.factories import office, rows

RULE = {"code": "acquittal", "meaning": {"en": "acquitted"}, "when": [{"event": "decided"}]}
UNCOUNTED = RULE | {"code": "compensation", "counts": False}
OFFICE = office(rules=[RULE, UNCOUNTED])

FRAME_TEXT = """
case_id | risk | rule
a       | 0.10 | -
b       | 0.90 | -
c       | 0.20 | acquittal
d       | 0.50 | -
e       | 0.30 | -
f       | 0.30 | -
"""


def wish(**changes: Any) -> PlanParameters:
    """A wish for four reviews, a third of the free ones by lottery."""
    return PlanParameters(
        **{"as_of": datetime(2024, 7, 1), "capacity": 4, "random_share": 0.3, "seed": 1} | changes
    )


def plan(text: str = FRAME_TEXT, **changes: Any) -> SpotCheckPlan:
    """The plan for an ASCII frame."""
    return draw_plan(rows(text, FRAME), OFFICE, wish(**changes))


def drawn(result: SpotCheckPlan) -> list[tuple[str, str]]:
    """Who is on the list and how they got there, in order."""
    return result.lines.select("case_id", "selected_by").rows()


def test_rule_then_search_then_lottery() -> None:
    """The rule's case comes first, then the highest risks, then the lottery's."""
    lines = drawn(plan())
    assert lines[:3] == [("c", "mandatory"), ("b", "search"), ("d", "search")]
    assert lines[3][1] == "lottery"
    assert lines[3][0] in {"a", "e", "f"}


def test_probabilities() -> None:
    """Certain cases have probability one; the lottery's three share its one place."""
    stated = dict(plan().frame.select("case_id", "inclusion_probability").iter_rows())
    assert stated == pytest.approx({"a": 1 / 3, "b": 1, "c": 1, "d": 1, "e": 1 / 3, "f": 1 / 3})


def test_lottery_is_fair() -> None:
    """Over 3,000 seeds each of the three cases wins a third of the lotteries (±0.03, 3.5 sd)."""
    winners = Counter(drawn(plan(seed=seed))[3][0] for seed in range(3000))
    assert set(winners) == {"a", "e", "f"}
    assert all(abs(count / 3000 - 1 / 3) < 0.03 for count in winners.values())


def test_ties_of_risk_are_settled_without_chance() -> None:
    """Of two equal risks the search takes the same one whatever the seed."""
    found = {
        tuple(
            case
            for case, how in drawn(plan(capacity=4, random_share=0.0, seed=seed))
            if how == "search"
        )
        for seed in range(20)
    }
    assert found == {("b", "d", "e")}


def test_more_mandatory_cases_than_capacity() -> None:
    """All mandatory cases stay on the list and a note says by how many they exceed it."""
    result = plan(FRAME_TEXT.replace("| -", "| acquittal"))
    assert [how for _, how in drawn(result)] == ["mandatory"] * 6
    assert "exceed the capacity of 4 by 2" in result.notes[0].en


def test_rules_outside_the_capacity() -> None:
    """A mandatory case whose rule does not count leaves the whole capacity to the others."""
    result = plan(FRAME_TEXT.replace("acquittal", "compensation"))
    assert Counter(how for _, how in drawn(result)) == {"mandatory": 1, "search": 2, "lottery": 2}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"capacity": 0}, 'capacity, value "0": is too small. Ask for at least 1 review.'),
        ({"random_share": 1.5}, 'random_share, value "1.5": is no share.'),
        ({"text": FRAME_TEXT + "a | 0.2 | -"}, 'value "a": stands more than once'),
    ],
)
def test_impossible_wishes(changes: dict[str, Any], sentence: str) -> None:
    """A wish that makes no sense is refused with a sentence that says why."""
    with pytest.raises(BadInput, match="plan") as caught:
        plan(**changes)
    assert sentence in str(caught.value)


@given(
    risks=st.lists(st.floats(0, 1), max_size=30),
    ruled=st.sets(st.integers(0, 29)),
    capacity=st.integers(1, 40),
    random_share=st.floats(0, 1),
    seed=st.integers(0, 2**63),
)
def test_every_draw_keeps_its_promises(
    risks: list[float], ruled: set[int], capacity: int, random_share: float, seed: int
) -> None:
    """Size, uniqueness, stated probabilities and order hold for any frame and wish."""
    frame = pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(len(risks))],
            "risk": risks,
            "rule": ["acquittal" if i in ruled else None for i in range(len(risks))],
        },
        schema={name: FRAME[name] for name in ("case_id", "risk", "rule")},
    ).with_columns(
        pl.lit(None, kind).alias(n)
        for n, kind in FRAME.items()
        if n not in ("case_id", "risk", "rule")
    )
    result = draw_plan(frame, OFFICE, wish(capacity=capacity, random_share=random_share, seed=seed))

    mandatory = sum(i in ruled for i in range(len(risks)))
    assert result.lines.height == max(mandatory, min(capacity, len(risks)))
    assert not result.lines["case_id"].is_duplicated().any()
    assert result.frame.height == len(risks)
    assert result.frame["inclusion_probability"].sum() == pytest.approx(result.lines.height)
    assert result.lines["rank"].to_list() == list(range(1, result.lines.height + 1))
    assert set(result.lines["case_id"]) >= {f"c{i}" for i in ruled if i < len(risks)}


def test_replay_and_identity() -> None:
    """The same wish gives the same plan and name; another seed gives another name."""
    first, again, other = plan(), plan(), plan(seed=2)
    assert first.lines.equals(again.lines)
    assert first.plan_id == again.plan_id != other.plan_id
    assert first.frame_hash == other.frame_hash


def test_every_line_says_why() -> None:
    """A line names its rule, the search, or the lottery with its chance."""
    result = plan()
    sentences = [why(line, OFFICE) for line in result.lines.iter_rows(named=True)]
    assert sentences[0] == "rule: acquitted"
    assert sentences[1].startswith("search:")
    assert sentences[3].endswith("had a chance of 33.3 %")
