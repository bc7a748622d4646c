"""What became of plans, counted by hand."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.quality.reviewers import Agreement, agreement
from evaluation.quality.uptake import plan_uptake, uptake
from evaluation.statistics.metrics import Figure
from policies.spot_check.plan import PlanParameters
from policies.spot_check.verify import Kept
from tests.factories.office import tables
from training.readings import shared_readings

AS_OF, UNTIL = datetime(2024, 2, 1), datetime(2024, 3, 2)

CASES = """
case_id | opened_at  | closed_at  | kind | unit
a       | 2024-01-01 | 2024-01-03 | x    | u
"""
# b is not final yet, c was reviewed before its closing, =d after the time we look at
REVIEWS = """
case_id | reviewed_at | reviewer | kind | grade
a       | 2024-02-03  | r        | k    | bad
a       | 2024-02-04  | s        | k    | good
b       | 2024-02-25  | r        | k    | good
c       | 2024-01-20  | r        | k    | good
=d      | 2024-03-09  | r        | k    | good
e       | 2024-02-03  | r        | k    | good
"""
LINES = pl.DataFrame(
    {
        "case_id": ["a", "b", "c", "'=d"],
        "selected_by": ["mandatory", "search", "lottery", "lottery"],
        "second_review": ["true", "true", "false", "false"],
        "rule": ["r1", None, None, None],
    }
)


@pytest.fixture
def office() -> Tables:
    """Reviews of five cases; grades can be contested for ten days."""
    made = tables(CASES, reviews=REVIEWS)
    assert made.office.reviews is not None
    reviews = made.office.reviews.model_copy(update={"maturity_days": 10})
    description = made.office.model_copy(update={"reviews": reviews})
    return Tables.of(description, made.case_rows, reviews=made.review_rows)


def kept(lines: pl.DataFrame, risks: dict[str, float], as_of: datetime = AS_OF) -> Kept:
    """A plan of these lines, from a frame with these risks."""
    wish = PlanParameters(as_of=as_of, capacity=lines.height, seed="s").model_dump(mode="json")
    frame = pl.DataFrame({"case_id": list(risks), "risk": list(risks.values())}).with_columns(
        closed_at=pl.lit(datetime(2024, 1, 25))
    )
    return Kept({"plan_id": f"p{as_of:%m}", "parameters": wish}, frame, lines)


RISKS = {"a": 0.5, "b": 0.4, "c": 0.3, "=d": 0.2, "e": 0.1}


def test_by_hand(office: Tables) -> None:
    """Final, contestable and missing reviews make up those asked for; others do not count."""
    found = plan_uptake(office, kept(LINES, RISKS), UNTIL)
    assert (found.asked, found.returned, found.contestable, found.missing) == (4, 1, 1, 2)
    assert (found.second_asked, found.second_read) == (2, 1)
    by = [(one.selected_by, one.asked, one.returned.value) for one in found.by]
    assert by == [("mandatory", 1, 1.0), ("search", 1, 0.0), ("lottery", 2, 0.0)]
    assert found.risk_gap.absent == "too_few"
    assert "Of the 4 reviews that the plan of 1 February 2024 asked for" in found.says.say("en")
    assert "1 have come back and 2 are missing 30 days after it" in found.says.say("en")
    assert "缺2件" in found.says.say("zh")


@pytest.mark.parametrize(
    ("skipped", "word", "sign"), [("high", "higher", "更高"), ("low", "lower", "更低")]
)
def test_missing_reviews_that_are_no_random_part(skipped: str, word: str, sign: str) -> None:
    """Where the reviews left undone have other risks than those done, the sentence warns."""
    risks = {f"c{i}": i / 40 for i in range(40)}
    done = list(risks)[:20] if skipped == "high" else list(risks)[20:]
    reviews = "\n".join(
        ["case_id | reviewed_at | reviewer | kind | grade"]
        + [f"{case} | 2024-02-03 | r | k | good" for case in done]
    )
    lines = pl.DataFrame(
        {
            "case_id": list(risks),
            "selected_by": ["lottery"] * 40,
            "second_review": ["false"] * 40,
            "rule": [None] * 40,
        },
        schema_overrides={"rule": pl.String},
    )
    found = plan_uptake(tables(CASES, reviews=reviews), kept(lines, risks), UNTIL)
    assert found.risk_gap.value == pytest.approx(0.5 if skipped == "high" else -0.5)
    assert f"of {word} risk" in found.says.say("en")
    assert f"缺失的案件风险{sign}" in found.says.say("zh")


def test_plans_in_order_of_time_and_agreement(office: Tables) -> None:
    """Plans stand in order of time; too few second readings say nothing of agreement."""
    later = kept(LINES, RISKS, datetime(2024, 2, 20))
    agreed = agreement(shared_readings(office, UNTIL))
    found = uptake(office, [later, kept(LINES, RISKS)], agreed, UNTIL)
    assert [one.as_of.day for one in found.plans] == [1, 20]
    assert found.agreement is agreed
    assert found.agreement_says.say("en").startswith("Too few cases were read twice")


def test_agreement_in_words(office: Tables) -> None:
    """Agreement and kappa are said with their intervals."""
    figure = Figure(0.9, 0.8, 0.95, 60)
    found = uptake(office, [], Agreement(60, figure, figure, figure), UNTIL)
    assert "On 60 cases read twice, the reviewers agree on 90%" in found.agreement_says.say("en")
    assert "0.90（0.80至0.95）" in found.agreement_says.say("zh")
    assert found.plans == ()
