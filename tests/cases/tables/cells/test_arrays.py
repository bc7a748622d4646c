"""Rows of few cases as NumPy columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cases.tables.cells.arrays import Column, OnDemand, Rows

VALUES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pl.String(), st.text()),
    (pl.Float64(), st.floats(allow_nan=False) | st.integers(-(2**53), 2**53)),
    (pl.Int64(), st.integers(-(2**63), 2**63 - 1)),
    (pl.Boolean(), st.booleans()),
    (pl.Datetime("us"), st.datetimes()),
]
COLUMNS = st.sampled_from(VALUES).flatmap(
    lambda kind: st.tuples(st.just(kind[0]), st.lists(st.none() | kind[1], max_size=5))
)


@given(COLUMNS)
def test_a_column_of_values_is_what_polars_makes_of_them(column: tuple[Any, Sequence[Any]]) -> None:
    """Whatever the type, the values and which of them are missing."""
    dtype, values = column
    found = Column.of_values(values, dtype)
    assert found.listed() == pl.Series(values, dtype=dtype, strict=False).to_list()


@pytest.mark.parametrize("places", [[], [1], [2, 0, 0]])
def test_rows_can_be_taken_and_made_a_frame(places: list[int]) -> None:
    """The same as of the frame they come from."""
    frame = pl.DataFrame(
        {"text": ["a", None, "b"], "number": [1.0, 2.0, None], "at": [datetime(2024, 1, 1)] * 3},
        schema_overrides={"at": pl.Datetime("us")},
    )
    assert_frame_equal(
        Rows.of(frame).at(pl.Series(places, dtype=pl.Int64).to_numpy()).frame(), frame[places]
    )


def test_a_value_on_demand_is_made_once() -> None:
    """And not before it is asked for."""
    made = []
    values = OnDemand(["a", "b"], lambda name: made.append(name) or name.upper())
    assert made == []
    assert [values["b"], values["b"], list(values)] == ["B", "B", ["a", "b"]]
    assert made == ["b"]
    with pytest.raises(KeyError):
        values["c"]
