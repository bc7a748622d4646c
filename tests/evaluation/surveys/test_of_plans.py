"""Kept plans with the reviews they led to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from cases.tables.tables import REVIEWS, Tables, case_columns
from evaluation.surveys.claims import together
from evaluation.surveys.of_plans import (
    checks_by_plans,
    claim_of_plan,
    surveys_of,
    with_probabilities,
)
from policies.spot_check.planning import draw_plan
from policies.spot_check.verify import Kept, listed
from tests.factories.frames import frame, parameters
from tests.factories.office import office, rows

GRADES = [
    {"code": "fine", "defect": False, "meaning": {"en": "fine"}},
    {"code": "bad", "defect": True, "meaning": {"en": "bad"}},
]
OFFICE = office(reviews={"grades": GRADES, "maturity_days": 0})
JULY, AUGUST, SEPTEMBER = datetime(2024, 7, 1), datetime(2024, 8, 1), datetime(2024, 9, 1)


def kept(cases: pl.DataFrame, as_of: datetime) -> Kept:
    """A plan of all `cases`."""
    plan = draw_plan(cases, parameters(as_of=as_of, capacity=cases.height))
    return Kept(plan.describe(), plan.frame, listed(plan.lines))


def tables_of(cases: pl.DataFrame) -> Tables:
    """The office of these cases; c0 was reviewed in July and, with another result, in August."""
    opened = cases.select("case_id", "closed_at", opened_at=pl.lit("2024-01-01"))
    text = "\n".join(" | ".join(map(str, row)) for row in opened.rows())
    reviews = """
    case_id | reviewed_at | grade
    c0      | 2024-07-10  | bad
    c0      | 2024-08-10  | fine
    """
    return Tables.of(
        OFFICE,
        rows("case_id | closed_at | opened_at\n" + text, case_columns(OFFICE)),
        reviews=rows(reviews, REVIEWS),
    )


def closed_twice() -> tuple[Tables, list[Kept]]:
    """Three cases in a plan of July; c0, closed again, and c1 are in one of August, too."""
    first = frame([0.1, 0.2, 0.3])
    again = first.head(2).with_columns(
        closed_at=pl.when(pl.col("case_id") == "c0")
        .then(pl.lit(JULY + timedelta(days=20)))
        .otherwise("closed_at")
        .cast(pl.Datetime("us"))
    )
    return tables_of(first), [kept(first, JULY), kept(again, AUGUST)]


def test_each_closing_has_the_reviews_made_until_the_next() -> None:
    """c0 was closed again in July: the review of August is of that closing, c1 counts once."""
    found = surveys_of(*closed_twice(), SEPTEMBER)
    counted = [survey.frame["case_id"].to_list() for survey in found.surveys]
    assert counted == [["c0", "c1", "c2"], ["c0"]]
    outcomes = [survey.outcomes.select("case_id", "defect").rows() for survey in found.surveys]
    assert outcomes == [[("c0", 1.0)], [("c0", 0.0)]]
    assert "1 case stands in the frames of several plans" in str(found.note)


def test_reviews_get_the_probability_of_the_plan_that_drew_their_case() -> None:
    """c0 that of July's plan, then that of August's; c1 was not drawn, c2 has its own."""
    tables, (first, second) = closed_twice()
    second = replace(
        second, frame=second.frame.with_columns(inclusion_probability=pl.lit(0.25, pl.Float64))
    )
    undrawn = replace(first, lines=first.lines.filter(pl.col("case_id") != "c1"))
    text = """
    case_id | reviewed_at | grade | inclusion_probability
    c0      | 2024-07-10  | bad   | -
    c0      | 2024-08-10  | fine  | -
    c1      | 2024-07-11  | fine  | -
    c2      | 2024-07-12  | fine  | 0.5
    """
    tables = tables.with_rows(reviews=rows(text, REVIEWS))
    found = with_probabilities(tables, [undrawn, second], SEPTEMBER)
    assert found.review_rows["inclusion_probability"].to_list() == [1.0, 0.25, None, 0.5]


def test_a_plan_named_twice_counts_once() -> None:
    """It makes one survey, and the note says so."""
    cases = frame([0.1, 0.2])
    found = surveys_of(tables_of(cases), [kept(cases, JULY)] * 2, SEPTEMBER)
    assert [survey.frame.height for survey in found.surveys] == [2]
    assert found.outside == {}
    assert "2 cases stand in the frames of several plans" in str(found.note)


def test_no_checks_without_kinds_or_plans() -> None:
    """An office that does not tell kinds apart has none, and no plan says nothing."""
    cases = frame([0.1, 0.2])
    tables = tables_of(cases)
    assert checks_by_plans(tables, [kept(cases, JULY)], SEPTEMBER) == {}
    assert checks_by_plans(tables, [], SEPTEMBER) == {}


def test_a_claim_about_two_plans_counts_each_closing_once() -> None:
    """Four closings, all certain to be drawn: one is a defect, one is not, two have no review."""
    tables, plans = closed_twice()
    batches = surveys_of(tables, plans, SEPTEMBER).batches
    quarter, three = (together(batches, share) for share in (0.2, 0.75))
    assert (quarter.cases, quarter.shown, quarter.more) == (4, False, True)
    assert (three.shown, three.more) == (True, False)
    assert claim_of_plan(tables, plans[0], SEPTEMBER, 1.0).shown_after == 0
