"""Tests of how a column alone ranks cases, by hand and by simulation."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.leaks.areas import areas, binned, cross_tried, lower_bound, tried_on

EVERY = np.ones(6, dtype=np.bool_)


def test_area_by_hand() -> None:
    """Of two positives and two negatives three pairs are in order: 3/4; a tie counts one half."""
    scores = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "tied": [1.0, 1.0, 1.0, 1.0]})
    found = areas(scores, np.array([False, True, False, True]), among=2)
    assert (found["x"].value, found["tied"].value) == (0.75, 0.5)
    assert (found["x"].inside, found["x"].outside) == (2, 2)


def test_only_cases_of_one_stratum_are_compared() -> None:
    """Strata of 1 + 1 and 1 + 3 cases count 1/2 and 3/4: (1/2 x 1 + 3/4 x 2/3) / (5/4) = 4/5."""
    scores = pl.DataFrame({"x": [11.0, 10.0, 3.0, 1.0, 2.0, 4.0]})
    group = np.array([True, False, True, False, False, False])
    stratum = pl.Series(["a", "a", "b", "b", "b", "b"])
    assert areas(scores, group, stratum, among=1)["x"].value == pytest.approx(4 / 5)
    assert areas(scores, group, pl.Series(["a", "b", "b", "c", "c", "c"]), among=1) == {
        "x": areas(scores[1:3], group[1:3], among=1)["x"]
    }
    assert areas(scores, EVERY, among=1) == {}


@given(st.floats(0, 1), st.integers(1, 10_000), st.integers(1, 10_000), st.floats(1, 5))
def test_the_lower_bound_lies_below(value: float, m: int, n: int, z: float) -> None:
    """The bound lies in [0, value], short of 1, and rises with the value."""
    low = lower_bound(value, m, n, z)
    assert 0 <= low <= value
    assert low < 1
    assert lower_bound(value / 2, m, n, z) <= low


def test_bounds_hold_for_all_columns_at_once() -> None:
    """Among 30 columns of noise, in at most 12 of 100 trials does any bound exclude 0.5."""
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(100):
        noise = pl.DataFrame(rng.random((120, 30)), schema=[f"x{i}" for i in range(30)])
        found = areas(noise, rng.random(120) < 0.3, among=30)
        wrong += any(area.low > 0.5 or area.high < 0.5 for area in found.values())
    assert wrong <= 12


def test_blank_is_a_bin_of_its_own() -> None:
    """Numbers fall into bins in their order, codes by level, null into one apart."""
    x = pl.DataFrame({"n": [3.0, None, 1.0, 1.0, 2.0, 9.0], "c": ["b", "a", None, "a", "b", "c"]})
    numbers, codes = binned(x, EVERY).T
    assert numbers[1] == codes[2] == -1
    assert list(np.argsort(numbers, kind="stable")) == [1, 2, 3, 4, 0, 5]
    assert codes[0] == codes[4] != codes[1] == codes[3]


def test_a_column_may_rank_in_any_direction() -> None:
    """High at both ends, or by being blank: both are learnt from half and hold on the other."""
    rng = np.random.default_rng(5)
    y = rng.random(1000) < 0.3
    x = pl.DataFrame(
        {
            "ends": np.where(y, rng.choice([-3.0, 3.0], 1000), rng.normal(size=1000) / 2),
            "blank": pl.Series(rng.random(1000)).set(pl.Series(y), None),
            "code": rng.integers(0, 400, 1000).astype(str),
        }
    )
    old = np.arange(1000) < 500
    found = areas(tried_on(x, y, old, ~old), y[~old], among=3)
    assert found["ends"].value > 0.95
    assert found["blank"].value == 1.0
    assert found["code"].low < 0.5 < found["code"].high


def test_no_row_is_scored_by_what_it_taught() -> None:
    """A code of its own for every case says nothing, whichever half it is in; rows keep order."""
    y, half = np.arange(100) % 3 == 0, np.arange(100) < 30
    x = pl.DataFrame({"id": [str(i) for i in range(100)], "y": y})
    scores = cross_tried(x, y, half)
    assert scores["id"].n_unique() == 2  # the rate of either half
    assert areas(scores, y, pl.Series(half), among=2)["y"].value == 1.0


def test_nothing_to_learn_from_says_nothing() -> None:
    """Where all learnt rows are of one group, every case scores alike."""
    x = pl.DataFrame({"n": [1.0, 2.0, 3.0]})
    learnt = np.array([True, True, False])
    assert tried_on(x, learnt, learnt, ~learnt)["n"].to_list() == [0.0]


TINY = st.lists(st.tuples(st.booleans(), st.booleans(), st.none() | st.floats(-1, 1)), max_size=4)


@given(TINY)
def test_tables_of_any_size_are_scored(rows: list[tuple[bool, bool, float | None]]) -> None:
    """A half or a group without a case leaves every score finite, one for each row."""
    group, half = (np.array([row[part] for row in rows], dtype=np.bool_) for part in (0, 1))
    x = pl.DataFrame({"n": [row[2] for row in rows], "c": [str(row[2]) for row in rows]})
    scores = cross_tried(x.cast({"n": pl.Float64, "c": pl.String}), group, half)
    assert scores.shape == x.shape
    assert np.isfinite(scores.to_numpy()).all()
    assert all(0 <= area.low <= area.high <= 1 for area in areas(scores, group, among=2).values())
