"""Drift of inputs, base rate and calibration."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from cases.errors import Refused
from cases.numeric import Z
from cases.tables.tables import Tables
from evaluation.drift.calibration import CALIBRATION_LEVEL, SCORE, calibration, since_training
from evaluation.drift.drift import (
    INPUT_LEVEL,
    RATE_LEVEL,
    Drift,
    drift,
    own_features,
    rate_change,
)
from features.catalogue import risk_features
from models.bundle.bundle import Bundle
from models.questions.risk import RiskQuestion
from tests.factories.office import office
from tests.factories.small_office import without
from training.run import train
from training.splits import Period

PERIOD = Period(datetime(2024, 5, 10), datetime(2024, 7, 10))
UNTIL = datetime(2024, 12, 31)


def labels(positives: int, count: int, weight: float = 1.0) -> pl.DataFrame:
    """That many outcomes, all of one weight."""
    y = [1] * positives + [0] * (count - positives)
    ids = [f"c{i}" for i in range(count)]
    return pl.DataFrame({"case_id": ids, "y": y, "weight": [weight] * count})


def scored(count: int, score: float) -> pl.DataFrame:
    """As many cases, all of one score."""
    return pl.DataFrame({"case_id": [f"c{i}" for i in range(count)], SCORE: [score] * count})


def test_the_shares_of_false_alarms_add_up() -> None:
    """All tests of a period together err in 5 % of periods at most."""
    total = sum(INPUT_LEVEL.values()) + sum(RATE_LEVEL.values()) + CALIBRATION_LEVEL
    assert total == pytest.approx(0.05)


def test_what_tells_of_the_office_is_not_tested() -> None:
    """Workload, earlier outcomes, rarity and calendar are left out; facts of the case are not."""
    described = office(risk={"similar_by": ["charge"], "use_calendar": True})
    tested = own_features(described, risk_features(described))
    families = {name.partition(".")[0] for name in tested}
    assert families == {"attribute", "process"}
    assert "process.path_rarity" not in tested
    assert {"attribute.suspects", "process.days_open"} <= set(tested)


def test_base_rates_by_hand() -> None:
    """100 of 1,000 against 25 of 500: the score test of two proportions."""
    change = rate_change(labels(100, 1000), labels(25, 500), 0.01)
    pooled = 125 / 1500
    z = 0.05 / (pooled * (1 - pooled) * (1 / 1000 + 1 / 500)) ** 0.5
    assert change.p == pytest.approx(2 * norm.sf(z))
    assert change.alarm
    assert not rate_change(labels(100, 1000), labels(47, 500), 0.01).alarm
    assert not rate_change(labels(0, 1000), labels(0, 500), 0.01).alarm


def test_a_change_of_less_than_a_tenth_calls_for_nothing() -> None:
    """However sure, 10.0 % against 10.8 % is no alarm."""
    change = rate_change(labels(20_000, 200_000), labels(21_600, 200_000), 0.01)
    assert change.p < 1e-6
    assert not change.alarm


def test_calibration_by_hand() -> None:
    """The ends of the interval are where the observed number is just surprising enough."""
    found = calibration(labels(30, 500), scored(500, 0.1), labels(100, 1000))
    assert found is not None
    assert (found.observed, found.expected) == (30, pytest.approx(50))
    assert found.ratio.value == pytest.approx(0.6)
    for ratio in (found.ratio.low, found.ratio.high):
        assert ratio is not None
        spread = (ratio * 500 * 0.1 * 0.9 + (ratio * 50) ** 2 / 100) ** 0.5
        assert abs(30 - ratio * 50) == pytest.approx(Z * spread)
    assert found.alarm


def test_calibration_of_too_few_outcomes_is_not_told() -> None:
    """Fewer than 100 outcomes, or nothing learnt from, give no figure."""
    assert calibration(labels(9, 99), scored(99, 0.1), labels(100, 1000)) is None
    assert calibration(labels(10, 200), scored(200, 0.1), labels(0, 1000)) is None
    assert calibration(labels(10, 200), scored(200, 0.1), labels(3, 1000)) is None


def test_calibration_alarms_as_often_as_it_may() -> None:
    """Where the model is right but for the luck it learnt from; tolerance three errors."""
    random, runs = np.random.default_rng(0), 100
    alarms = 0
    for _ in range(runs):
        learnt = int(random.binomial(2000, 0.1))
        found = calibration(
            labels(int(random.binomial(500, 0.1)), 500),
            scored(500, learnt / 2000),
            labels(learnt, 2000),
        )
        alarms += found is not None and found.alarm
    assert alarms / runs <= CALIBRATION_LEVEL + 3 * (CALIBRATION_LEVEL / runs) ** 0.5


def test_since_training_a_halved_rate_is_shown() -> None:
    """The alarm stands with the number of outcomes after which the evidence was enough."""
    halved = spread_out(50, 1000)
    found = since_training(halved, scored(1000, 0.1), labels(200, 2000))
    assert found is not None
    assert (found.outcomes, found.ratio) == (1000, pytest.approx(0.5))
    assert found.alarm
    assert found.shown_after is not None
    assert 100 < found.shown_after < 1000
    held = since_training(spread_out(100, 1000), scored(1000, 0.1), labels(200, 2000))
    assert held is not None
    assert (held.shown_after, held.alarm) == (None, False)


def spread_out(count: int, of: int) -> pl.DataFrame:
    """Labels of which `count` are defects, evenly among the others."""
    return labels(count, of).with_columns(y=pl.int_range(of) % (of // count) == 0)


@pytest.fixture(scope="module")
def trained(tables: Tables) -> Bundle:
    """A bundle that knows the first months."""
    return train(tables, PERIOD.after)


@pytest.fixture(scope="module")
def found(tables: Tables, trained: Bundle) -> Drift:
    """The two months after."""
    return drift(tables, trained, PERIOD, until=UNTIL)


def test_drift_of_an_office(found: Drift, tables: Tables, trained: Bundle) -> None:
    """All is compared with both times; nothing is said of other cases."""
    assert found.question == "risk"
    assert found.previous == Period(datetime(2024, 3, 10), PERIOD.after)
    assert set(found.shifts) == set(found.windows) == {"training", "previous"}
    assert found.surveyed
    assert set(found.rates) == {"training", "previous"}
    assert found.calibration is not None
    assert found.since is not None
    assert found.since.outcomes >= found.calibration.ratio.n
    assert "workload.unit_open" in found.untested
    names = {shift.name for shift in found.shifts["training"]}
    assert names <= {*trained.question(RiskQuestion).names, "own_score"} - set(found.untested)
    closed = tables.case_rows["closed_at"].is_between(PERIOD.after, PERIOD.until, closed="right")
    assert found.now.cases == closed.sum()
    assert found.trained.until == PERIOD.after


def test_a_shift_in_the_tables_is_told(tables: Tables, trained: Bundle) -> None:
    """More suspects in the period raise an alarm of that input."""
    late = (pl.col("closed_at") > PERIOD.after) & (pl.col("suspects") < 3)
    rows = tables.case_rows.with_columns(
        suspects=pl.when(late).then(pl.col("suspects") + 2).otherwise("suspects")
    )
    moved = Tables.of(tables.office, rows, events=tables.event_rows, reviews=tables.review_rows)
    found = drift(moved, trained, PERIOD, until=UNTIL)
    assert "attribute.suspects" in {shift.name for shift in found.alarms["training"]}
    assert found.any_alarm


def test_too_few_cases_are_not_compared(tables: Tables, trained: Bundle) -> None:
    """A week has too few cases for any comparison, and no alarm."""
    week = Period(PERIOD.after, PERIOD.after + timedelta(days=7))
    found = drift(tables, trained, week, until=UNTIL)
    assert (found.shifts, found.rates, found.calibration) == ({}, {}, None)
    assert not found.any_alarm


def test_complexity_where_there_is_no_risk(tables: Tables, trained: Bundle) -> None:
    """A bundle without a risk model is compared at intake, by its complexity."""
    bare = without(trained, risk="none")
    found = drift(tables, bare, PERIOD, until=UNTIL)
    assert found.question == "complexity"
    assert not found.surveyed
    assert {"attribute.suspects"} <= {shift.name for shift in found.shifts["training"]}


def test_a_model_of_other_tables_is_refused(tables: Tables, trained: Bundle) -> None:
    """Without an outcome known in training there is nothing to compare with."""
    early = dataclasses.replace(trained, about=trained.about | {"trained_until": "2020-01-01"})
    with pytest.raises(Refused, match="no outcome that was known"):
        drift(tables, early, PERIOD, until=UNTIL)
