"""Frames as matrices."""

from __future__ import annotations

import json

import numpy as np
import polars as pl

from models.matrix import FEWEST_OF_A_LEVEL, Columns

X = pl.DataFrame(
    {
        "n": [1.0, None] * 10,
        "c": ["a"] * 10 + ["b"] * 9 + [None],
    }
)


def test_codes_become_positions_of_their_levels() -> None:
    """Common codes are numbered in order; rare, unseen and missing ones are NaN."""
    columns = Columns.learn(X, ["c", "n"])
    assert columns.levels == {"c": ("a",)}
    assert columns.codes == [0]
    found = columns.matrix(pl.DataFrame({"n": [3.0] * 4, "c": ["a", "b", "new", None]}))
    assert np.array_equal(found[:, 0], [0, np.nan, np.nan, np.nan], equal_nan=True)
    assert found[:, 1].tolist() == [3.0] * 4


def test_order_of_rows_changes_no_level() -> None:
    """Levels do not depend on the order of the cases."""
    many = pl.DataFrame({"c": list("cab") * FEWEST_OF_A_LEVEL})
    assert Columns.learn(many, ["c"]) == Columns.learn(many.reverse(), ["c"])


def test_reads_back_from_json() -> None:
    """Columns survive being written as JSON."""
    columns = Columns.learn(X, ["n", "c"])
    assert Columns.from_json(json.loads(json.dumps(columns.as_json()))) == columns


def test_no_rows() -> None:
    """A frame without rows is a matrix without rows."""
    assert Columns.learn(X, ["n", "c"]).matrix(X[:0]).shape == (0, 2)


def test_numbers_of_any_kind() -> None:
    """Counts, flags and shares are numbers, together or alone, and what is missing is NaN."""
    x = pl.DataFrame({"count": [1, None], "flag": [True, None], "share": [None, 0.5]})
    for names in (["count"], ["flag"], ["share"], ["count", "flag"], ["flag", "share"], x.columns):
        wanted = x.select(pl.col(names).cast(pl.Float64)).to_numpy()
        assert np.array_equal(Columns(tuple(names), {}).matrix(x), wanted, equal_nan=True)


def test_a_value_is_in_a_cell_as_in_a_matrix() -> None:
    """A number as it is, a code as its position, what is missing or rare as NaN."""
    columns = Columns.learn(X, ["n", "c"])
    cells = [columns.cell("n", 3.0), columns.cell("c", "a")]
    assert cells == [3.0, 0.0]
    assert np.isnan(
        [columns.cell("n", None), columns.cell("c", None), columns.cell("c", "b")]
    ).all()
