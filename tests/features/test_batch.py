"""A batch gives the same in whatever blocks; that it gives what is defined is `test_engines`."""

from __future__ import annotations

from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cases.tables.tables import moments_of
from features import blocks
from features.batch.plan import built_in_blocks
from features.blocks import in_blocks
from features.catalogue import catalogue
from tests.factories.worlds import World, worlds


@settings(max_examples=10, deadline=None)
@given(world=worlds(), most=st.integers(1, 5))
def test_blocks_change_nothing(world: World, most: int) -> None:
    """Values and order are the same, however few cases and events a block may have."""
    features = list(catalogue(world.whole.office).values())
    whole = list(built_in_blocks(world.whole, moments_of(world.moments), features))
    with patch.object(blocks, "MOST_EVENTS", most), patch.object(blocks, "MOST_CASES", most):
        parts = list(built_in_blocks(world.whole, moments_of(world.moments), features))
    assert len(whole) == 1
    assert_frame_equal(pl.concat(parts), whole[0], rel_tol=1e-9, abs_tol=1e-9)


def test_a_case_is_never_divided() -> None:
    """All moments and events of a case are in one block, and those of others in none."""
    case_ids = pl.Series(["a", "a", "b", "c", "c", "d"])
    happened = pl.DataFrame({"case_id": ["c", "a", "z", "a", "d"], "at": [1, 2, 3, 4, 5]})
    with patch.object(blocks, "MOST_EVENTS", 2), patch.object(blocks, "MOST_CASES", 9):
        found = [
            (case_ids[start:end].to_list(), events.drop("case").rows())
            for start, end, events in in_blocks(case_ids, happened)
        ]
    assert found == [
        (["a", "a", "b"], [("a", 2), ("a", 4)]),
        (["c", "c", "d"], [("c", 1), ("d", 5)]),
    ]


def test_no_case_is_one_empty_block() -> None:
    """Nothing asked for gives a frame of the right columns."""
    ((start, end, events),) = in_blocks(
        pl.Series([], dtype=pl.String), pl.DataFrame({"case_id": ["a"]})
    )
    assert (start, end, events.height) == (0, 0, 0)


@settings(max_examples=10, deadline=None)
@given(world=worlds(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_bit(world: World, seed: int) -> None:
    """However the rows of the tables come, so that a plan has the same hash in every process."""
    features = list(catalogue(world.whole.office).values())
    shuffled = {
        name: world.whole.rows(name).sample(fraction=1, shuffle=True, seed=seed)
        for name in ("cases", "events", "reviews")
    }
    as_read, otherwise = (
        pl.concat(built_in_blocks(tables, moments_of(world.moments), features))
        for tables in (world.whole, world.whole.with_rows(**shuffled))
    )
    assert_frame_equal(as_read, otherwise, check_exact=True)
