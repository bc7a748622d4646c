"""Reviewer severity, estimated from cases that several reviewers graded."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit, ndtr

from tests.factories.office import tables
from training.severity import FEWEST_SHARED, severities, shared_readings

CASES = """
case_id | opened_at  | closed_at
a       | 2024-01-01 | 2024-01-10
b       | 2024-01-01 | 2024-01-10
c       | 2024-01-01 | 2024-01-10
"""
REVIEWED = """
case_id | reviewed_at | reviewer | grade
a       | 2024-01-11  | r1       | good
a       | 2024-01-12  | r2       | bad
b       | 2024-01-11  | r1       | bad
b       | 2024-01-13  | r1       | good
c       | 2024-01-11  | r2       | bad
c       | 2024-01-20  | r3       | bad
c       | 2024-01-12  | r2       | good
c       | 2024-01-13  | -        | good
"""
NEITHER = [{"A": 0, "B": 0}]
STEPS = np.array([-2.8, 0.0, 1.3])


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("2024-01-11", []),
        ("2024-01-19", [("a", "r1", 0, 0), ("a", "r2", 1, 1)]),
        (
            "2024-01-20",
            [("a", "r1", 0, 0), ("a", "r2", 1, 1), ("c", "r2", 1, 1), ("c", "r3", 1, 1)],
        ),
    ],
)
def test_shared_readings(until: str, found: list[tuple[str, str, int, int]]) -> None:
    """Cases graded by two reviewers as known by the day, once per reviewer, their first grade."""
    office = tables(CASES, reviews=REVIEWED)
    readings = shared_readings(office, datetime.fromisoformat(until))
    assert readings.rows() == found


def read(*cases: dict[str, int]) -> pl.DataFrame:
    """Readings of cases that say the rank each reviewer gave; ranks from 1 on are defects."""
    lines = [
        (f"{number:05d}", reviewer, rank, int(rank > 0))
        for number, case in enumerate(cases)
        for reviewer, rank in sorted(case.items())
    ]
    schema = {"case_id": pl.String, "reviewer": pl.String, "rank": pl.Int64, "y": pl.Int8}
    return pl.DataFrame(lines, schema=schema, orient="row")


def test_two_reviewers_worked_by_hand() -> None:
    """Of 40 cases A finds 20 bad and B 10 of these: so far apart are they, drawn towards 0.

    Rate 30 / 80 = 0.375, so a rank is worth 1 / (0.375 * 0.625) = 4.267 log-odds and the
    prior spread of 0.5 is 0.1172 ranks. Chance: 10 gaps of 1 over 40, halved, 0.125. The
    estimate is (10 / 2 / 0.125) / (2 * 40 / 2 / 0.125 + 1 / 0.1172^2) = 0.1018 ranks.
    """
    found = severities(read(*[{"A": 1, "B": 0}] * 10, *[{"A": 1, "B": 1}] * 10, *NEITHER * 20))
    a, b = found.to_dicts()
    assert (a["reviewer"], a["shared"]) == ("A", 40)
    assert a["severity"] == pytest.approx(0.1018 * 4.2667, abs=1e-3)
    assert (a["low"], a["high"]) == pytest.approx((0.136, 0.733), abs=1e-3)
    assert (b["severity"], b["low"]) == pytest.approx((-a["severity"], -a["high"]))


@pytest.mark.parametrize(
    ("cases", "known"),
    [
        ([], set()),
        ([{"A": 1, "B": 0}] * (FEWEST_SHARED - 1), set()),
        ([{"A": 1, "B": 0}] * FEWEST_SHARED, {"A", "B"}),
        ([{"A": 1, "B": 1}] * 50 + [{"A": 0, "B": 0}] * 50, set()),
        ([{"A": 1, "B": 0}] * 40 + [{"C": 1, "D": 0}] * 30, {"A", "B"}),
        ([{"A": 1, "B": 0}] * 40 + [{"C": 1, "D": 0}] * 30 + [{"A": 1, "D": 1}], {*"ABCD"}),
        ([{"A": 1, "B": 0}] * 40 + [{"A": 1, "C": 1}] * 5, {"A", "B"}),
    ],
    ids=["none", "few", "enough", "agree", "two groups", "groups linked", "one with few"],
)
def test_what_cannot_be_estimated_is_withheld(cases: list[dict[str, int]], known: set[str]) -> None:
    """No figure for few shared cases, outside the largest linked group, or without any dispute."""
    found = severities(read(*cases))
    assert set(found.drop_nulls("severity")["reviewer"]) == known
    assert found.select(pl.col("severity").is_null() == pl.col("high").is_null()).to_series().all()


@given(st.lists(st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 3)), max_size=60))
def test_severities_of_any_readings(cases: list[dict[str, int]]) -> None:
    """Whatever was read, intervals hold their value, and what all agreed on moves nobody."""
    readings = read(*(case for case in cases if len(case) > 1))
    found = severities(readings)
    assert found["reviewer"].to_list() == sorted(set(readings["reviewer"]))
    shown = found.drop_nulls()
    assert ((shown["low"] <= shown["severity"]) & (shown["severity"] <= shown["high"])).all()


def simulated(rng: np.random.Generator, shared_noise: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Readings of 600 cases by two of eight reviewers each, and the true severities.

    A reading is the case's log-odds, logistic noise (of the two readings correlated by a
    normal copula) and the reviewer's severity. True is what that adds to the log-odds of a
    defect over all cases.
    """
    log_odds = rng.normal(-2.3, 1.3, 600)
    shift = rng.normal(0, 0.45, 8)
    one = rng.integers(0, 8, 600)
    readers = np.array([one, (one + rng.integers(1, 8, 600)) % 8])
    noise = np.linalg.cholesky([[1, shared_noise], [shared_noise, 1]]) @ rng.standard_normal(
        (2, 600)
    )
    ranks = np.searchsorted(STEPS, log_odds + logit(ndtr(noise)) + shift[readers])
    cases = [
        {f"R{a}": int(x), f"R{b}": int(y)}
        for (a, b), (x, y) in zip(readers.T, ranks.T, strict=True)
    ]
    readings = read(*cases).with_columns(y=(pl.col("rank") >= 2).cast(pl.Int64))
    true = logit([expit(log_odds + by).mean() for by in shift])
    names = [f"R{number}" for number in range(8)]
    return readings, pl.DataFrame({"reviewer": names, "true": true - true.mean()})


@pytest.mark.parametrize("shared_noise", [0.0, 0.8])
def test_severity_is_found_and_its_interval_holds(shared_noise: float) -> None:
    """Over 40 simulated offices: correlation with the truth >= 0.8, coverage 90 to 99 %.

    320 intervals: with a coverage of 95 % the share that hold lies within 95 +- 3.6 % but
    once in 300 times. Estimates drawn towards zero are right on average where they stand:
    the slope of truth on estimate is 1, give or take 0.15.
    """
    rng = np.random.default_rng(1)
    offices = [simulated(rng, shared_noise) for _ in range(40)]
    found = pl.concat(severities(readings).join(true, on="reviewer") for readings, true in offices)
    true, severity = found["true"].to_numpy(), found["severity"].to_numpy()
    held = (found["low"] <= found["true"]) & (found["true"] <= found["high"])
    assert np.corrcoef(true, severity)[0, 1] > 0.8
    assert 0.90 < held.mean() < 0.99
    assert 0.85 < np.polyfit(severity, true, 1)[0] < 1.15
