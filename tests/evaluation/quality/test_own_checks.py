"""What the office's own checks miss, by the review table: by hand and against the demo's truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cases.demo import make_demo
from cases.demo.clock import END
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import REVIEWS, Tables, case_columns
from evaluation.quality.own_checks import checks_by_reviews
from evaluation.surveys.caught import CaughtIn
from evaluation.surveys.returned import own_checks
from tests.factories.office import OFFICE, office

UNTIL = datetime(2024, 6, 1)
CHECKED = office(
    reviews=OFFICE["reviews"] | {"kinds": {"own": "self_check", "drawn": "review"}},
)


def tables_of(rows: list[tuple[int, int, str, str, float | None, str | None]]) -> Tables:
    """60 cases closed on 31 January; rows are case, day of February, kind, grade, chance, where."""
    ids = [f"c{i}" for i in range(60)]
    case, day, kind, grade, chance, where = zip(*rows, strict=True)
    cases = pl.DataFrame({"case_id": ids}).with_columns(
        opened_at=datetime(2024, 1, 1), closed_at=datetime(2024, 1, 31)
    )
    reviews = pl.DataFrame(
        {
            "case_id": [ids[number] for number in case],
            "reviewed_at": [datetime(2024, 2, number) for number in day],
            "kind": kind,
            "grade": grade,
            "inclusion_probability": chance,
            "dimensions": where,
        }
    )
    return Tables.of(
        CHECKED, whole(cases, case_columns(CHECKED)), reviews=whole(reviews, dict(REVIEWS))
    )


def whole(rows: pl.DataFrame, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """`rows` with all columns of a table."""
    both = pl.concat([pl.DataFrame(schema=schema), rows], how="diagonal_relaxed")
    return both.select(pl.col(name).cast(kind) for name, kind in schema.items())


def test_by_hand() -> None:
    """Of 20 drawn defects, of chance a half and 1, the check failed 6 and 4; one check is late."""
    checks = [(i, 1, "own", "bad" if i % 2 else "good", None, None) for i in range(39)]
    late = (39, 20, "own", "bad", None, None)
    drawn = [
        (i, 10, "drawn", "bad" if i < 20 else "good", 1.0 if i < 8 else 0.5, "facts")
        for i in range(40)
    ]
    found = checks_by_reviews(tables_of([*checks, late, *drawn]), UNTIL)["self_check"]
    assert (found.passed, found.failed) == (20, 19)
    # Failed: 4 certain defects and 6 of weight two; passed: the same.
    assert found.caught.value == pytest.approx((4 + 6 * 2) / (8 + 12 * 2))
    # Passed: 4 + 6 * 2 defects of 4 + 16 * 2 cases.
    assert found.missed.value == pytest.approx(16 / 36)
    (facts,) = found.by_dimension
    assert (facts.code, facts.caught) == ("facts", found.caught)


def test_nothing_is_said_without_a_random_draw() -> None:
    """Reviews picked by hand, or a check that passed everything, say nothing."""
    checks = [(i, 1, "own", "bad" if i % 2 else "good", None, None) for i in range(40)]
    picked = [(i, 10, "drawn", "bad", None, None) for i in range(40)]
    assert checks_by_reviews(tables_of([*checks, *picked]), UNTIL) == {}
    passing = [(i, 1, "own", "good", None, None) for i in range(40)]
    drawn = [(i, 10, "drawn", "bad", 0.5, None) for i in range(40)]
    assert checks_by_reviews(tables_of([*passing, *drawn]), UNTIL) == {}


def test_too_few_reviews_are_withheld() -> None:
    """Nine reviewed defects give no share."""
    checks = [(i, 1, "own", "bad" if i % 2 else "good", None, None) for i in range(40)]
    drawn = [(i, 10, "drawn", "bad", 0.5, None) for i in range(9)]
    found = checks_by_reviews(tables_of([*checks, *drawn]), UNTIL)["self_check"]
    assert (found.missed.absent, found.caught.absent) == ("too_few", "too_few")


def test_the_truth_of_the_demo_office(tmp_path: Path) -> None:
    """The true shares, over all reviewers who might read a case, lie inside the intervals.

    Of the cases that had the time to be reviewed. Of the shares by dimension one interval may
    miss, as one in twenty does.
    """
    tables = read_tables(load_office(make_demo(tmp_path, cases=8_000, seed=1)), tmp_path)
    found = checks_by_reviews(tables, END)["self_check"]
    severity = pl.read_parquet(tmp_path / "truth_reviewers.parquet")["severity"]
    truth = pl.read_parquet(tmp_path / "truth_defects.parquet")
    finds = pl.mean_horizontal((pl.col("badness") + by > 0).cast(pl.Float64) for by in severity)
    settled = tables.case_rows.filter(pl.col("closed_at") < END - timedelta(days=70))
    checked = (
        own_checks(tables, END)
        .join(truth.with_columns(finds=finds), on="case_id")
        .join(settled, on="case_id", how="semi")
    )
    passed = checked.filter("self_check")
    share = 1 - passed["finds"].sum() / checked["finds"].sum()
    for figure, true in ((found.missed, passed["finds"].mean()), (found.caught, share)):
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < true < figure.high
    known = [line for line in found.by_dimension if line.caught.value is not None]
    assert {"evidence", "procedure"} <= {line.code for line in known}
    missed = [line.code for line in known if not holds(line, checked)]
    assert len(missed) <= 1


def holds(line: CaughtIn, checked: pl.DataFrame) -> bool:
    """Whether the interval holds what the check truly caught of the defects in a dimension."""
    part = checked.filter(pl.col("dimensions").str.contains(line.code))
    true = 1 - part.filter("self_check")["finds"].sum() / part["finds"].sum()
    return (line.caught.low or 0.0) < true < (line.caught.high or 1.0)
