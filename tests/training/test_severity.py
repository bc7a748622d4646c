"""Reviewer severity, estimated from cases that can be compared."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit, ndtr

from cases.numeric import Floats
from cases.tables.tables import REVIEWS, Tables, case_columns
from tests.factories.office import OFFICE, office, rows, tables
from training.readings import like_readings, shared_readings
from training.severity import FEWEST_SHARED, severities

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
    known = tables(CASES, reviews=REVIEWED)
    readings = shared_readings(known, datetime.fromisoformat(until))
    assert readings.rows() == found


SUBJECTS = """
case_id | opened_at  | closed_at  | charge
a       | 2024-01-01 | 2024-01-10 | theft
b       | 2024-01-01 | 2024-01-10 | theft
c       | 2024-01-01 | 2024-01-10 | -
d       | 2024-01-01 | 2024-01-10 | fraud
e       | 2024-01-01 | 2024-01-10 | -
"""
READ = """
case_id | reviewed_at | reviewer | grade
a       | 2024-01-11  | r2       | bad
a       | 2024-01-12  | r1       | good
b       | 2024-01-11  | r1       | good
c       | 2024-01-11  | r1       | good
d       | 2024-01-11  | r1       | good
e       | 2024-01-11  | r2       | good
"""
AGREED = (
    READ.replace("grade", "grade | reading")
    .replace("good\n", "good | -\n")
    .replace("bad\n", "bad | -\n")
    + "a | 2024-01-12 | r3 | good | consolidated\n"
)


@pytest.mark.parametrize("read", [READ, AGREED])
def test_readings_of_one_subject_can_be_compared(read: str) -> None:
    """First readings of cases of a subject that two reviewers read; a blank is no subject.

    A grade that was consolidated is nobody's reading.
    """
    reviewed = OFFICE["reviews"] | {"same_subject": "charge"}
    description = office(reviews=reviewed)
    cases = rows(SUBJECTS, case_columns(description))
    known = Tables.of(description, cases, reviews=rows(read, REVIEWS))
    assert like_readings(known, datetime(2024, 1, 12)).rows() == [
        ("case", "a", "a", "r1", 0, 0),
        ("case", "a", "a", "r2", 1, 1),
        ("subject", "theft", "a", "r2", 1, 1),
        ("subject", "theft", "b", "r1", 0, 0),
    ]


def read(*groups: dict[str, int], alike: str = "case", defect: int = 1) -> pl.DataFrame:
    """Readings of cases, or of subjects with a case a reviewer: the rank each reviewer gave.

    A defect from the rank `defect` on.
    """
    lines = [
        (
            alike,
            f"{number:05d}",
            f"{number:05d}{reviewer * (alike != 'case')}",
            reviewer,
            rank,
            int(rank >= defect),
        )
        for number, group in enumerate(groups)
        for reviewer, rank in sorted(group.items())
    ]
    text = dict.fromkeys(("alike", "group", "case_id", "reviewer"), pl.String)
    return pl.DataFrame(lines, schema=text | {"rank": pl.Int64, "y": pl.Int8}, orient="row")


def test_two_reviewers_worked_by_hand() -> None:
    """Of 40 cases A finds 20 bad and B 10 of these, 0.25 apart: with no prior they are 1.08 apart.

    A share of 0.375 is beyond the step, so expit(logit 0.375 +- d / 2) are 0.25 apart at d = 1.08.
    The prior draws each of them a little towards 0, half of it at most with so clear a case.
    """
    found = severities(read(*[{"A": 1, "B": 0}] * 10, *[{"A": 1, "B": 1}] * 10, *NEITHER * 20))
    a, b = found.by_reviewer.to_dicts()
    assert (a["reviewer"], a["shared"]) == ("A", 40)
    assert 0.27 < a["severity"] < 0.54
    assert a["low"] > 0
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
    found = severities(read(*cases)).by_reviewer
    assert set(found.drop_nulls("severity")["reviewer"]) == known
    assert found.select(pl.col("severity").is_null() == pl.col("high").is_null()).to_series().all()


@given(st.lists(st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 3)), max_size=60))
def test_severities_of_any_readings(cases: list[dict[str, int]]) -> None:
    """Whatever was read, intervals hold their value, and what all agreed on moves nobody."""
    readings = read(*(case for case in cases if len(case) > 1))
    found = severities(readings).by_reviewer
    assert found["reviewer"].to_list() == sorted(set(readings["reviewer"]))
    shown = found.drop_nulls()
    assert ((shown["low"] <= shown["severity"]) & (shown["severity"] <= shown["high"])).all()


def simulated(
    rng: np.random.Generator,
    shared_noise: float,
    alike: str = "case",
    shift: Floats | None = None,
    groups: int = 600,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Readings of groups of a case or two by two of eight reviewers each, and true severities.

    A reading is the case's log-odds, logistic noise (of the two readings correlated by a
    normal copula) and the reviewer's severity. Cases of a subject share a part of their
    log-odds. True is what that adds to the log-odds of a defect over all cases.
    """
    of_group = rng.normal(-2.3, 1.3 if alike == "case" else 1.0, groups)
    log_odds = of_group + (rng.normal(0, 0.8, (2, groups)) if alike == "subject" else 0)
    shift = rng.normal(0, 0.45, 8) if shift is None else shift
    one = rng.integers(0, 8, groups)
    readers = np.array([one, (one + rng.integers(1, 8, groups)) % 8])
    noise = np.linalg.cholesky([[1, shared_noise], [shared_noise, 1]]) @ rng.standard_normal(
        (2, groups)
    )
    ranks = np.searchsorted(STEPS, log_odds + logit(ndtr(noise)) + shift[readers])
    cases = [
        {f"R{a}": int(x), f"R{b}": int(y)}
        for (a, b), (x, y) in zip(readers.T, ranks.T, strict=True)
    ]
    true = logit([expit(log_odds + by).mean() for by in shift])
    names = [f"R{number}" for number in range(8)]
    readings = read(*cases, alike=alike, defect=2)
    return readings, pl.DataFrame({"reviewer": names, "true": true - true.mean()})


@pytest.mark.parametrize(
    ("shared_noise", "alike"), [(0.0, "case"), (0.8, "case"), (0.0, "subject")]
)
def test_severity_is_found_and_its_interval_holds(shared_noise: float, alike: str) -> None:
    """Over 40 simulated offices: correlation with the truth >= 0.8, coverage 90 to 99 %.

    320 intervals: with a coverage of 95 % the share that hold lies within 95 +- 3.6 % but
    once in 300 times. Estimates drawn towards zero are right on average where they stand:
    the slope of truth on estimate is 1, give or take 0.15. Cases of a subject say less.
    """
    rng = np.random.default_rng(1)
    groups = 600 if alike == "case" else 1200
    offices = [simulated(rng, shared_noise, alike, groups=groups) for _ in range(40)]
    found = pl.concat(
        severities(readings).by_reviewer.join(true, on="reviewer") for readings, true in offices
    )
    true, severity = found["true"].to_numpy(), found["severity"].to_numpy()
    low, high = found["low"].to_numpy(), found["high"].to_numpy()
    held = np.mean((low <= true) & (true <= high))
    assert np.corrcoef(true, severity)[0, 1] > 0.8
    assert 0.90 < held < 0.99
    assert 0.85 < np.polyfit(severity, true, 1)[0] < 1.15


@pytest.mark.parametrize("alike", ["case", "subject"])
def test_one_severe_reviewer_is_not_drawn_in(alike: str) -> None:
    """Seven are equal and one is 1.0 above their average with him: found at 1.0 +- 0.15."""
    rng = np.random.default_rng(2)
    shift = np.array([1.42, *[0.0] * 7])
    offices = [simulated(rng, 0.0, alike, shift, groups=2000) for _ in range(8)]
    found = [(severities(readings).by_reviewer["severity"][0], true) for readings, true in offices]
    assert np.mean([true["true"][0] for _, true in found]) == pytest.approx(1.0, abs=0.03)
    assert np.mean([severity for severity, _ in found]) == pytest.approx(1.0, abs=0.15)


def test_the_spread_is_estimated() -> None:
    """Reviewers who differ have a spread above that of equal ones, whose severities are near 0."""
    rng = np.random.default_rng(3)
    equal = severities(simulated(rng, 0.0, shift=np.zeros(8))[0])
    apart = severities(simulated(rng, 0.0, shift=np.linspace(-1, 1, 8))[0])
    assert equal.spread is not None
    assert apart.spread is not None
    assert equal.spread.value < 0.2 < apart.spread.low
    assert np.abs(equal.by_reviewer["severity"].to_numpy()).max() < 0.15


def test_two_reviewers_say_little_of_the_spread() -> None:
    """From two reviewers the spread is hardly known: its interval spans a factor of four."""
    spread = severities(read(*[{"A": 1, "B": 0}] * 10, *NEITHER * 30)).spread
    assert spread is not None
    assert spread.reviewers == 2
    assert spread.high > 4 * spread.low


def test_cases_of_a_subject_are_less_alike_than_a_case_with_itself() -> None:
    """The likeness is estimated: readings of a case agree more than those of a subject."""
    rng = np.random.default_rng(4)
    case, subject = simulated(rng, 0.8)[0], simulated(rng, 0.0, "subject")[0]
    likeness = severities(pl.concat([case, subject])).likeness
    assert likeness["case"] > likeness["subject"] + 0.2
