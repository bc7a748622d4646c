"""Agreement and severity of reviewers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import expit, logit
from sklearn.metrics import cohen_kappa_score

from cases.demo import make_demo
from cases.office.loading import load_office
from cases.tables.tables import REVIEWS, Tables, case_columns
from evaluation.quality.reviewers import agreement, kappa, ordinal_alpha, review_reviewers
from tests.factories.office import tables

# Krippendorff 2011, Computing alpha-reliability, section D: four observers, twelve units.
PUBLISHED = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""


def test_alpha_of_the_published_example() -> None:
    """Krippendorff's own example gives the ordinal alpha he prints, 0.815."""
    observers = [line.split() for line in PUBLISHED.strip().splitlines()]
    units = [[value for value in unit if value != "."] for unit in zip(*observers, strict=True)]
    graded = [[unit.count(grade) for grade in "12345"] for unit in units if len(unit) > 1]
    assert ordinal_alpha(np.array(graded, dtype=float)) == pytest.approx(0.815, abs=5e-4)


def test_alpha_where_all_grades_are_the_same() -> None:
    """Without any difference there is nothing to agree on, and no alpha."""
    assert np.isnan(ordinal_alpha(np.array([[2.0, 0.0], [3.0, 0.0]])))


def test_kappa_is_that_of_scikit_learn() -> None:
    """Cohen's kappa equals scikit-learn's, also with cases counted several times."""
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 50)) < 0.3
    times = rng.integers(0, 4, (3, 50)).astype(float)
    expected = [cohen_kappa_score(one, other, sample_weight=weight) for weight in times]
    assert kappa(one, other, times) == pytest.approx(expected)


def readings(pairs: list[tuple[int, int]]) -> pl.DataFrame:
    """Readings of cases by two reviewers; ranks from 1 on are defects."""
    lines = [
        (f"{case:04d}", f"R{reader}", rank, int(rank > 0))
        for case, ranks in enumerate(pairs)
        for reader, rank in enumerate(ranks)
    ]
    schema = {"case_id": pl.String, "reviewer": pl.String, "rank": pl.Int64, "y": pl.Int8}
    return pl.DataFrame(lines, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("pairs", "raw", "absent"),
    [
        ([], None, "no_cases"),
        ([(0, 1)] * 19, None, "too_few"),
        ([(0, 0)] * 20, 1.0, "one_class"),
        ([(0, 0)] * 30 + [(1, 2)] * 5 + [(0, 1)] * 5, 0.875, None),
    ],
)
def test_agreement_or_why_not(
    pairs: list[tuple[int, int]], raw: float | None, absent: str | None
) -> None:
    """Few cases have no agreement; where all grades are the same only the raw one is given."""
    found = agreement(readings(pairs))
    assert found.cases == len(pairs)
    assert found.raw.value == raw
    assert found.kappa.absent == found.alpha.absent == absent


def test_kappa_and_alpha_count_grades_differently() -> None:
    """Kappa is of defects, alpha of grades: two degrees of bad lower alpha alone."""
    same = agreement(readings([(0, 0)] * 30 + [(1, 1)] * 10))
    differ = agreement(readings([(0, 0)] * 30 + [(1, 2)] * 10))
    assert same.kappa.value == same.alpha.value == differ.kappa.value == 1
    assert differ.alpha.value is not None
    assert differ.alpha.value < 1


def office(reviewers: list[str]) -> Tables:
    """Sixty cases, each reviewed by all of these; the first finds a third of them bad."""
    cases = [f"c{number:02d}" for number in range(60)]
    head = "case_id | opened_at | closed_at\n"
    reviews = "case_id | reviewed_at | reviewer | grade\n"
    reviews += "\n".join(
        f"{case} | 2024-02-0{rank + 1} | {reviewer} | {'bad' if bad else 'good'}"
        for number, case in enumerate(cases)
        for rank, reviewer in enumerate(reviewers)
        for bad in [number % 3 == 0 if rank == 0 else number % 6 == 0]
    )
    return tables(
        head + "\n".join(f"{case} | 2024-01-01 | 2024-01-10" for case in cases), reviews=reviews
    )


def test_severity_stands_in_the_order_of_codes() -> None:
    """Reviewers are listed by code, whoever of them is the more severe: this is no ranking."""
    found = review_reviewers(office(["z", "a"]), datetime(2024, 3, 1))
    assert found.separable
    assert [one.reviewer for one in found.severities] == ["a", "z"]
    mild, severe = (one.severity.value for one in found.severities)
    assert mild is not None
    assert severe is not None
    assert mild < 0 < severe


@pytest.mark.parametrize("until", [datetime(2024, 3, 1), datetime(2024, 2, 1)])
def test_without_overlap_severity_is_not_told(until: datetime) -> None:
    """One reviewer to a case, or two of whom only one was known yet: no figure at all."""
    reviewers = ["a"] if until.month == 3 else ["a", "b"]
    found = review_reviewers(office(reviewers), until)
    assert (found.separable, found.severities, found.agreement.cases) == (False, (), 0)


def test_severities_of_the_demo_office(tmp_path: Path) -> None:
    """Against the demo's truth: correlation above 0.8, and at least 10 of 12 intervals hold.

    True is what a severity adds to the log-odds of a defect over all cases. By chance alone
    fewer than 10 of 12 hold in one of fifty offices.
    """
    office = load_office(make_demo(tmp_path, cases=10_000, seed=1))
    columns = REVIEWS | {"risk_shown": pl.String()}  # written "yes" and "no"
    reviews = pl.read_csv(tmp_path / "reviews.csv", schema_overrides=columns).drop("risk_shown")
    reviews = pl.DataFrame(schema=REVIEWS).join(
        reviews, on=reviews.columns, how="full", coalesce=True
    )
    tables = Tables.of(office, pl.DataFrame(schema=case_columns(office)), reviews=reviews)
    log_odds = logit(pl.read_parquet(tmp_path / "truth.parquet")["defect_probability"].to_numpy())
    shift = pl.read_parquet(tmp_path / "truth_reviewers.parquet")["severity"].to_numpy()
    true = logit([expit(log_odds + by).mean() for by in shift])
    found = [one.severity for one in review_reviewers(tables, datetime(2026, 7, 1)).severities]
    value, low, high = np.array([(one.value, one.low, one.high) for one in found]).T
    assert np.corrcoef(value, true)[0, 1] > 0.8
    assert ((low <= true - true.mean()) & (true - true.mean() <= high)).sum() >= 10
