"""What the reviews of a year found, and for which hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.quality.last_year import last_year
from evaluation.quality.office_quality import graded_reviews
from evaluation.report.findings.office import reviewed
from evaluation.statistics.metrics import Figure

UNTIL = datetime(2024, 12, 31)


def test_the_last_year_is_counted(tables: Tables) -> None:
    """Cases, defects and hours of one year; a random choice finds the rate times the cases."""
    graded = graded_reviews(tables, UNTIL).with_columns(hours=pl.lit(1.5))
    day = datetime(2024, 6, 30)
    early = graded.with_columns(reviewed_at=pl.lit(datetime(2023, 1, 1))).head(7)
    this_year = graded.slice(7, 40).with_columns(reviewed_at=pl.lit(day))
    again = this_year.head(3)  # read twice: three cases, six reviews
    made = pl.concat([early, this_year, again])
    found = last_year(tables, made, Figure(0.1, 0.05, 0.2, 300), UNTIL)
    assert (found.cases, found.reviews, found.timed, found.hours) == (40, 43, 43, 64.5)
    assert found.defects == this_year.filter(grade="bad").height
    assert (found.at_random.value, found.at_random.high) == pytest.approx((4.0, 8.0))


def test_without_a_rate_or_hours_none_is_made_up(tables: Tables) -> None:
    """What a random choice would have found stays open, and so do hours nobody recorded."""
    graded = graded_reviews(tables, UNTIL)
    found = last_year(tables, graded, None, UNTIL)
    assert (found.at_random.value, found.timed) == (None, 0)
    (finding,) = reviewed(found)
    assert "at random" not in str(finding.what)
    assert str(finding.sure) == "Counted."
    assert not list(reviewed(replace(found, defects=9)))  # no news of the office
