"""The same features from Polars, pandas and DuckDB frames."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables
from features.build import build
from features.catalogue import catalogue
from tests.factories.office import on_engine
from tests.factories.worlds import World, worlds


def built(tables: Tables, moments: pl.DataFrame, engine: str) -> pl.DataFrame:
    """Every feature, computed by the engine."""
    asked = Tables.of(tables.office, moments)
    frame = build(
        on_engine(tables, engine), on_engine(asked, engine).cases, tuple(catalogue(tables.office))
    )
    return frame.collect("polars").to_native().sort("case_id", "moment")


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
@settings(max_examples=8)
@given(world=worlds())
def test_engines_agree(engine: str, world: World) -> None:
    """Types, nulls and values are those of Polars; sums of fractions to the last digits."""
    expected = built(world.whole, world.moments, "polars")
    assert_frame_equal(built(world.whole, world.moments, engine), expected, rel_tol=1e-9)
