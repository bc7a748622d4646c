"""Tests of what a column is worth as open cases have it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.leaks.open_cases import collapse, implied_areas, unlike_when_open
from evaluation.leaks.pairs import OpenAndClosed, comparable
from tests.factories.office import office


def test_implied_area_by_hand() -> None:
    """Values at rates 1/4 and 3/4, evenly: of pairs of outcomes 9/16 in order, 6/16 tied."""
    drawn = implied_areas(np.array([1e9, 1e9]), np.array([0.25, 0.75]))
    assert drawn.mean() == pytest.approx(9 / 16 + 3 / 16, abs=1e-3)
    alike = implied_areas(np.array([1e9, 1e9]), np.array([0.25, 0.25]))
    assert alike.mean() == pytest.approx(0.5)


@pytest.mark.parametrize(("filled_when_open", "lost"), [(0.0, True), (0.5, False)])
def test_collapse(filled_when_open: float, lost: bool) -> None:
    """A value that half the cases have and that tells the outcome; open cases have it, or not."""
    rng = np.random.default_rng(4)
    value = rng.random(600) < 0.5
    y = rng.random(600) < np.where(value, 0.9, 0.1)
    is_open = np.arange(360) < 60
    asked = rng.random(360) < np.where(is_open, filled_when_open, 0.5)
    bins = np.concatenate([value, asked]).astype(float)
    closed, fresh, fell = collapse(bins, y, is_open, among=20)
    assert closed == pytest.approx(0.9, abs=0.03)
    assert fell is lost
    assert (fresh < 0.65) is lost


def office_of(count: int = 1_500) -> pl.DataFrame:
    """Three years of cases: half of them express and closed next day, others open for 200 days.

    A new code came into use in the last hundred days.
    """
    rng = np.random.default_rng(8)
    express = rng.random(count) < 0.5
    opened = [datetime(2022, 1, 1) + timedelta(days=1_100 * i / count) for i in range(count)]
    days = np.where(express, 1, 200) * rng.uniform(0.5, 1.5, count)
    now = datetime(2022, 1, 1) + timedelta(days=1_100)
    ends = [start + timedelta(days=float(d)) for start, d in zip(opened, days, strict=True)]
    newly = np.array([(now - start).days < 100 for start in opened])
    return pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(count)],
            "opened_at": opened,
            "closed_at": [end if end <= now else None for end in ends],
            "kind": ["k"] * count,
            "unit": ["u"] * count,
            "suspects": express.astype(float),
            "charge": np.where(newly, "new", "old"),
            "decided": pl.Series(days),
        }
    )


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ("suspects", pl.col("suspects"), False),  # slow cases differ, and open ones are slow
        ("charge", pl.col("charge"), False),  # new cases differ, and open ones are new
        ("suspects", pl.when(pl.col("closed_at").is_not_null()).then("decided"), True),
        ("suspects", pl.when(pl.col("closed_at").is_null()).then(0.0).otherwise("decided"), True),
    ],
)
def test_open_cases_are_newer_and_slower(column: str, values: pl.Expr, found: bool) -> None:
    """Neither is a leak; a column that gets its value at closing is one, blank or zero before."""
    rows = office_of().with_columns(
        values.alias(column), handler=pl.lit("h"), appealed=pl.lit(None)
    )
    tables = Tables.of(office(), rows)
    pairs = OpenAndClosed.of(comparable(tables))
    columns = {one.column for one in unlike_when_open(pairs, tables.office)}
    assert columns == ({column} if found else set())
