"""Features of the same rows, built in two ways and compared."""

from __future__ import annotations

import narwhals as nw
import polars as pl
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables
from features.build import build
from features.catalogue import catalogue

CLOSE = 1e-9


def unprepared(tables: Tables) -> Tables:
    """The same rows, read anew: a batch sweeps over them."""
    names = ("cases", "events", "reviews")
    return Tables.of(tables.office, **{name: tables.rows(name) for name in names})


def built(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """Every feature of the catalogue at the moments, in a fixed order."""
    frame = build(tables, nw.from_native(moments).lazy(), tuple(catalogue(tables.office)))
    return frame.collect("polars").to_native().sort("case_id", "moment")


def assert_same(few: pl.DataFrame, batch: pl.DataFrame, tables: Tables) -> None:
    """The same values of the same rows: those of counts exactly."""
    units = catalogue(tables.office)
    exact = [name for name, feature in units.items() if feature.unit in ("count", "flag", "code")]
    assert_frame_equal(few.select(*exact), batch.select(*exact))
    assert_frame_equal(few, batch, rel_tol=CLOSE, abs_tol=CLOSE)
