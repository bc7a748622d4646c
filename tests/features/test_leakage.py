"""No feature of an earlier moment changes when later rows are added."""

from __future__ import annotations

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables
from features.build import build
from features.catalogue import catalogue
from tests.factories.worlds import World, worlds

OFFICES = 200  # in two halves, so that two processes can share them
LAST_DIGITS = 1e-14  # the mean rarity of a path sums fractions in an order of the engine's


def built(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """Every feature of the catalogue at the moments, in a fixed order."""
    frame = build(tables, nw.from_native(moments).lazy(), tuple(catalogue(tables.office)))
    return frame.collect("polars").to_native().sort("case_id", "moment")


@pytest.mark.parametrize("half", [1, 2])
@settings(max_examples=OFFICES // 2)
@given(world=worlds())
def test_later_rows_change_no_earlier_feature(half: int, world: World) -> None:
    """Whatever is opened, recorded, closed, reviewed or learnt after a moment is not seen."""
    earlier, whole = (built(tables, world.moments) for tables in (world.earlier, world.whole))
    assert_frame_equal(earlier, whole, rel_tol=LAST_DIGITS, abs_tol=0)
