"""The office's rates from reviews of known chance: by hand, by simulation, and when not at all."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.quality.office_quality import OfficeQuality, office_quality
from evaluation.statistics.metrics import FEWEST
from tests.factories.office import tables as made
from tests.factories.raw import cases_by_id, first_reviews, hajek, quarter

UNTIL = datetime(2024, 12, 31)


@pytest.fixture(scope="module")
def found(tables: Tables) -> OfficeQuality:
    """What the small office's tables say about it."""
    return office_quality(tables, UNTIL)


def test_rates_by_hand(found: OfficeQuality, tables: Tables) -> None:
    """The rate of all and of every quarter is the weighted mean over its reviews."""
    cases, reviews = cases_by_id(tables), first_reviews(tables, UNTIL)
    assert found.rates is not None
    assert found.rates.cases == len(cases)
    assert found.rates.reviews == len(reviews)
    assert found.rates.rate.value == pytest.approx(hajek(list(reviews.values())), rel=1e-3)
    names = sorted({quarter(case["closed_at"]) for case in cases.values()})
    assert [one.name for one in found.rates.quarters] == names
    for one in found.rates.quarters:
        closed = [key for key, case in cases.items() if quarter(case["closed_at"]) == one.name]
        own = [reviews[key] for key in closed if key in reviews]
        assert (one.cases, one.reviews) == (len(closed), len(own))
        stands_for = sum(1 / row["inclusion_probability"] for row in own) / len(closed)
        assert one.stands_for == pytest.approx(stands_for)
        if one.rate.value is not None:
            assert one.rate.value == pytest.approx(hajek(own), rel=0.02)  # whole cases


def test_groups_stand_by_name_between_own_rate_and_whole(
    found: OfficeQuality, tables: Tables
) -> None:
    """Units are in order of name, and their rates between their own and the office's."""
    assert found.rates is not None
    cases, reviews = cases_by_id(tables), first_reviews(tables, UNTIL)
    whole = found.rates.rate.value or 0.0
    assert [one.name for one in found.rates.units] == ["first", "second"]
    for one in (*found.rates.units, *found.rates.kinds):
        column = "unit" if one in found.rates.units else "kind"
        own = hajek([row for key, row in reviews.items() if cases[key][column] == one.name])
        assert one.rate.value is not None
        assert min(own, whole) - 1e-3 <= one.rate.value <= max(own, whole) + 1e-3


def test_rework_by_hand(found: OfficeQuality, tables: Tables) -> None:
    """The activity-to-case ratio counts each case once and each return once more."""
    cases = cases_by_id(tables)
    returns = [row for row in tables.event_rows.to_dicts() if row["activity"] == "returned"]
    for one in found.rework:
        closed = {key for key, row in cases.items() if quarter(row["closed_at"]) == one.quarter}
        again = sum(row["case_id"] in closed for row in returns)
        assert (one.cases, one.again) == (len(closed), again)
        assert one.ratio == pytest.approx((len(closed) + again) / len(closed))
    assert f"{found.rework[-1].ratio:.2f}" in found.rework_says.say("zh")


REVIEWED = """
case_id | opened_at  | closed_at  | kind | unit
a       | 2024-01-01 | 2024-01-03 | x    | u
b       | 2024-01-01 | 2024-01-03 | x    | u
"""


@pytest.mark.parametrize(("chance", "estimated"), [("-", False), ("1", False), ("0.5", True)])
def test_picked_and_mandatory_reviews_give_no_rate(chance: str, estimated: bool) -> None:
    """Only reviews drawn by lottery, or of nearly all cases, speak for the others."""
    reviews = f"""
    case_id | reviewed_at | reviewer | kind | grade | inclusion_probability
    a       | 2024-02-01  | r        | k    | bad   | {chance}
    """
    found = office_quality(made(REVIEWED, reviews=reviews), UNTIL)
    assert (found.rates is not None) == estimated
    if found.rates is None:
        assert found.rates_say.say("en").startswith("No rate is estimated for the 2 cases")
        assert "不作比率估计" in found.rates_say.say("zh")
        assert found.concentrations.says.say("en").startswith("Too few")
    else:
        assert {one.rate.absent for one in found.rates.quarters} == {"too_few"}
        assert found.rates.reviews < FEWEST
        assert found.rates.rate.absent == "too_few"
        assert found.rates_say.say("en").startswith("No rate is given for the 2 cases")
        assert "不给出比率" in found.rates_say.say("zh")


def test_the_rate_is_of_the_cases_the_reviews_stand_for() -> None:
    """Twelve draws of chance a half from one quarter stand for 24 of 96 cases, and say so."""
    cases = "case_id | opened_at | closed_at | kind | unit\n"
    reviews = "case_id | reviewed_at | reviewer | kind | grade | inclusion_probability\n"
    for number in range(96):
        month = 1 + 3 * (number % 4)
        cases += f"{number} | 2024-{month:02}-01 | 2024-{month:02}-03 | x | u\n"
        if number % 8 == 0:
            reviews += f"{number} | 2024-11-01 | r | k | {'bad' if number else 'good'} | 0.5\n"
    found = office_quality(made(cases, reviews=reviews), UNTIL)
    assert found.rates is not None
    assert (found.rates.cases, found.rates.stands_for) == (96, 24)
    assert found.rates.rate.value == pytest.approx(11 / 12)
    assert found.rates_say.say("en").startswith("Of the 24 cases that the 12 reviews")
    assert "not stand for most of the 96 cases" in found.rates_say.say("en")
    assert "24件" in found.rates_say.say("zh")


def test_every_case_reviewed_is_a_census() -> None:
    """Where all cases are reviewed for certain, the rate is known."""
    reviews = """
    case_id | reviewed_at | reviewer | kind | grade | inclusion_probability
    a       | 2024-02-01  | r        | k    | bad   | 1
    b       | 2024-02-01  | r        | k    | good  | 1
    """
    found = office_quality(made(REVIEWED, reviews=reviews), UNTIL)
    assert found.rates is not None
    assert (found.rates.rate.low, found.rates.rate.value) == (0.5, 0.5)


def test_a_missing_review_of_a_census_may_be_good_or_bad() -> None:
    """One defect in 19 of 20 cases reviewed for certain: between 1 and 2 of 20, everywhere."""
    cases = "case_id | opened_at | closed_at | kind | unit\n"
    reviews = "case_id | reviewed_at | reviewer | kind | grade | inclusion_probability\n"
    for number in range(20):
        cases += f"{number} | 2024-01-01 | 2024-01-03 | x | u\n"
        if number:
            reviews += f"{number} | 2024-02-01 | r | k | {'good' if number > 1 else 'bad'} | 1\n"
    rates = office_quality(made(cases, reviews=reviews), UNTIL).rates
    assert rates is not None
    assert rates.stands_for == 20
    for one in (rates, *rates.quarters, *rates.kinds, *rates.units):
        assert one.rate.value == pytest.approx(1 / 19)
        assert (one.rate.low, one.rate.high) == pytest.approx((1 / 20, 2 / 20))


@pytest.mark.parametrize(("drawn", "cases"), [(3, 60), (40, 40)])
def test_a_few_drawn_reviews_do_not_discard_the_picked_ones(drawn: int, cases: int) -> None:
    """Where defects concentrate is looked for in all reviews, if those drawn give no rate."""
    closed = "case_id | opened_at | closed_at | kind | unit\n"
    reviews = "case_id | reviewed_at | reviewer | kind | grade | inclusion_probability\n"
    for number in range(60):
        closed += f"{number} | 2024-01-01 | 2024-01-03 | x | u\n"
        chance, grade = "0.5" if number < drawn else "-", "bad" if number % 2 else "good"
        reviews += f"{number} | 2024-02-01 | r | k | {grade} | {chance}\n"
    assert office_quality(made(closed, reviews=reviews), UNTIL).concentrations.cases == cases


def test_a_drawn_review_counts_although_the_case_was_picked_before() -> None:
    """Lottery reviews of cases that somebody had picked earlier are the sample."""
    cases = "case_id | opened_at | closed_at | kind | unit\n"
    reviews = "case_id | reviewed_at | reviewer | kind | grade | inclusion_probability\n"
    for number in range(20):
        cases += f"{number} | 2024-01-01 | 2024-01-03 | x | u\n"
        reviews += f"{number} | 2024-02-01 | r | k | bad | -\n"
        reviews += f"{number} | 2024-03-01 | s | k | good | 0.5\n"
    found = office_quality(made(cases, reviews=reviews), UNTIL)
    assert found.rates is not None
    assert (found.rates.reviews, found.rates.rate.value) == (20, 0.0)


def test_only_cases_closed_in_the_time_asked_for(tables: Tables) -> None:
    """Cases closed before or on `after` are left out."""
    after = datetime(2024, 3, 31, 23, 59)
    found = office_quality(tables, UNTIL, after=after)
    assert found.rates is not None
    assert found.rates.cases == tables.case_rows.filter(pl.col("closed_at") > after).height
    assert found.rework[0].quarter == "2024-Q2"


def test_an_office_without_reviews_or_rework() -> None:
    """Nothing is estimated, and both sentences say so."""
    activities = {"accepted": {"meaning": {"en": "accepted"}}}
    found = office_quality(made(REVIEWED, activities=activities, reviews=""), UNTIL)
    assert found.rates is None
    assert found.rates_say.say("en").endswith("there are no final reviews.")
    assert found.rework == ()
    assert "no activity" in found.rework_says.say("en")
    assert found.concentrations.found == ()
