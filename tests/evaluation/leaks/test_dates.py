"""Tests of `evaluation/leaks/dates.py`."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from cases.language.texts import Text
from cases.office.model import Attribute
from cases.tables.tables import Tables
from evaluation.leaks.dates import odd_dates
from tests.factories.small_office import small_office


def changed(**columns: pl.Expr) -> Tables:
    """A small office over two years with other dates; `decided` becomes a date known at intake."""
    tables = small_office(120)
    spread = pl.col("opened_at") + pl.duration(days=6 * pl.int_range(pl.len()))
    cases = tables.case_rows.with_columns(opened_at=spread)
    cases = cases.with_columns(closed_at=pl.col("opened_at") + timedelta(days=9))
    cases = cases.with_columns(**columns)
    office = tables.office
    if "decided" in columns:
        new = Attribute(type="date", known="intake", meaning=Text(en="decided"))
        office = office.model_copy(update={"attributes": office.attributes | {"decided": new}})
    return Tables.of(office, cases)


@pytest.mark.parametrize(
    ("columns", "column", "severity", "said"),
    [
        ({"opened_at": pl.col("opened_at").dt.truncate("1y")}, "opened_at", "suspicious", "year"),
        ({"opened_at": pl.col("closed_at")}, "opened_at", "suspicious", "same day"),
        ({"decided": pl.col("closed_at")}, "decided", "blatant", "the day of the closing"),
    ],
)
def test_odd_dates_are_named(
    columns: dict[str, pl.Expr], column: str, severity: str, said: str
) -> None:
    """All on 1 January; opened when closed; known at intake and yet the day of the closing."""
    (found,) = odd_dates(changed(**columns))
    assert (found.column, found.severity) == (column, severity)
    assert said in found.evidence.say("en")


def test_plain_dates_are_not() -> None:
    """Dates spread over the year, closings days later, a date some days after the intake."""
    later = pl.col("opened_at") + timedelta(days=2)
    assert list(odd_dates(changed())) == []
    assert list(odd_dates(changed(decided=later))) == []
    assert list(odd_dates(Tables.of(small_office(1).office, changed().case_rows.head(5)))) == []
