"""Figures of routing and efforts: by hand, and that nothing later is looked at."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from cases.office.model import Intake
from cases.tables.tables import Tables, moments_of
from evaluation.backtests.efforts import (
    MODEL,
    WAYS,
    QuarterModels,
    effort_backtest,
    effort_years,
    routed,
    routing_backtest,
    routing_years,
)
from models.questions.complexity import ComplexityQuestion
from tests.factories.small_office import small_office
from training.run import train

FIRST, LAST, UNTIL = date(2024, 7, 1), date(2024, 12, 31), datetime(2025, 1, 31)


@pytest.fixture(scope="module")
def office() -> Tables:
    """Fifteen hundred cases, one year and a few days."""
    return small_office(1500)


@pytest.fixture(scope="module")
def quarters(office: Tables) -> tuple[QuarterModels, ...]:
    """Its last two quarters of 2024."""
    return routing_backtest(office, FIRST, LAST, UNTIL)


def test_quarters_are_routed_as_the_bundle_of_the_time_would(
    office: Tables, quarters: tuple[QuarterModels, ...]
) -> None:
    """Probabilities and cut-offs are those of a bundle trained at the quarter's start."""
    last = quarters[-1]
    bundle = train(office, datetime(2024, 9, 30, 23, 59, 59, 999999))
    complexity = bundle.question(ComplexityQuestion)
    assert last.model.cutoffs(last.outcomes, 0.05, 0.2) == complexity.cutoffs(0.05, 0.2)
    answers = bundle.predict("complexity", office, moments_of(last.cases))
    probabilities = answers.sort("case_id")["complex_probability"]
    assert last.cases.sort("case_id")["p"].equals(probabilities)


def test_every_case_has_a_track_by_every_way(quarters: tuple[QuarterModels, ...]) -> None:
    """Shares add up, for each way, each year and all."""
    years = routing_years(routed(quarters, Intake()))
    assert [(line.way, line.year) for line in years] == [
        (way, year) for way in WAYS for year in (2024, 0)
    ]
    for line in years:
        assert line.simple + line.complex + line.person == pytest.approx(1)
        assert line.cases == sum(one.cases.height for one in quarters)


def test_routing_figures_by_hand() -> None:
    """Of two complex cases one was called simple, of three simple ones one complex."""
    called = ["simple", "complex", "simple", "complex", "person"]
    table = pl.DataFrame(
        {
            "case_id": list("abcde"),
            "moment": [datetime(2020, 1, 1)] * 4 + [datetime(2021, 1, 1)],
            "y": [1, 1, 0, 0, 0],
            **dict.fromkeys(WAYS, called),
        }
    )
    lines = {(line.way, line.year): line for line in routing_years(table)}
    every = lines[MODEL, 0]
    assert (every.simple, every.complex, every.person) == (0.4, 0.4, 0.2)
    assert every.complex_error.value == 0.5
    assert every.simple_error.value == pytest.approx(1 / 3)
    assert lines[MODEL, 2021].complex_error.absent == "no_cases"


def test_efforts_are_foreseen_as_the_bundle_of_the_time_would(office: Tables) -> None:
    """Expectation and interval are those of a bundle trained at the quarter's start."""
    found = effort_backtest(office, FIRST, LAST, UNTIL)
    last = found.filter(pl.col("moment") >= datetime(2024, 10, 1)).sort("case_id")
    bundle = train(office, datetime(2024, 9, 30, 23, 59, 59, 999999))
    told = bundle.predict("effort", office, moments_of(last)).sort("case_id")
    for name, theirs in (("expected", "effort"), ("low", "effort_low"), ("high", "effort_high")):
        assert (last[name] - told[theirs]).abs().max() < 1e-9


def test_effort_figures_by_hand() -> None:
    """Coverage, width, sum and rank of five cases."""
    table = pl.DataFrame(
        {
            "case_id": list("abcde"),
            "moment": [datetime(2020, 1, 1)] * 5,
            "effort": [1.0, 2.0, 3.0, 4.0, 10.0],
            "expected": [1.0, 1.0, 2.0, 4.0, 8.0],
            "low": [0.0, 0.0, 0.0, 0.0, 0.0],
            "high": [2.0, 2.0, 2.0, 4.0, 8.0],
            "constant_low": [1.5] * 5,
            "constant_high": [4.5] * 5,
        }
    )
    year, every = effort_years(table)
    assert (year.year, every.year) == (2020, 0)
    assert every.coverage.value == pytest.approx(0.6)
    assert (every.width, every.constant_width) == (2.0, 3.0)
    assert every.constant_coverage.value == pytest.approx(0.6)
    assert every.ratio == pytest.approx(16 / 20)
    assert every.auc.value == 1.0


def test_too_little_before_a_quarter_is_left_out(office: Tables) -> None:
    """Quarters that nothing could be trained for have no cases."""
    assert routing_backtest(office, date(2024, 1, 1), date(2024, 3, 1), UNTIL) == ()
    assert effort_backtest(office, date(2024, 1, 1), date(2024, 3, 1), UNTIL).is_empty()
    assert routed((), Intake()).is_empty()
