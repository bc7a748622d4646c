"""Tampered trees are refused before LightGBM reads them."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.estimators.boosting import Trees, fit_trees
from models.estimators.estimator import TrainingSample
from models.matrix import Columns
from models.trees.tree_text import check_trees


def cases() -> TrainingSample:
    """Cases on which trees split on a number and on a code."""
    random = np.random.default_rng(0)
    x = pl.DataFrame({"n": random.normal(size=500), "c": random.choice(list("abcde"), 500)})
    y = x.select((pl.col("n") > 1) | (pl.col("c") == "a"))["n"].to_numpy().astype(float)
    return TrainingSample(x, y, np.ones(500), np.ones(500, dtype=bool))


SAMPLE = cases()
TREES = fit_trees(Columns.learn(SAMPLE.x, ["n", "c"]), SAMPLE, 3, {})
TEXT = TREES.text()


def test_reads_back_to_the_bit() -> None:
    """Trees read from their text score and explain exactly as before, and write the same text."""
    again = Trees.from_json(TREES.as_json(), TEXT)
    assert (again.raw(SAMPLE.x) == TREES.raw(SAMPLE.x)).all()
    assert (again.contributions(SAMPLE.x) == TREES.contributions(SAMPLE.x)).all()
    assert again.text() == TEXT


def test_a_split_on_what_is_missing_reads_back() -> None:
    """Where being unknown decides, LightGBM writes a threshold of `inf`, and it is read back."""
    x = pl.DataFrame({"n": [None if row % 3 == 0 else float(row % 50) for row in range(500)]})
    y = x["n"].is_null().to_numpy().astype(float)
    sample = TrainingSample(x, y, np.ones(500), np.ones(500, dtype=bool))
    trees = fit_trees(Columns.learn(x, ["n"]), sample, 3, {})
    assert re.search(r"threshold=(.* )?inf\b", trees.text())
    again = Trees.from_json(trees.as_json(), trees.text())
    assert (again.raw(x) == trees.raw(x)).all()
    assert (again.contributions(x) == trees.contributions(x)).all()


def test_text_names_no_settings() -> None:
    """The text holds trees and nothing of the machine they were made on."""
    assert "parameters" not in TEXT
    assert "num_threads" not in TEXT


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"left_child=(-?\d+)", "left_child=0"),  # a circle
        (r"right_child=(-?\d+)", "right_child=77"),  # beyond the tree
        (r"split_feature=\d", "split_feature=9"),
        (r"num_leaves=\d+", "num_leaves=9999999"),
        (r"num_leaves=\d+", "num_leaves=1"),
        (r"leaf_value=\S+", "leaf_value=nan"),
        (r"leaf_value=\S+", "leaf_value=inf"),
        (r"threshold=\S+", "threshold=nan"),
        (r"threshold=\S+", "threshold=-inf"),
        (r"threshold=\S+", "threshold=Infinity"),
        (r"split_feature=\d+", "split_feature=inf"),
        (r"leaf_count=\d+", "leaf_count="),
        (r"max_feature_idx=1", "max_feature_idx=5"),
        (r"objective=binary sigmoid:1", "objective=regression"),
        (r"num_class=1", "num_class=3"),
        (r"tree_sizes=\d+", "tree_sizes=99999999"),
        (r"Tree=1", "Tree=2"),
        (r"end of trees", "end of tree"),
        (r"is_linear=0", "is_linear=1"),
        (r"cat_boundaries=0 (\d+)", "cat_boundaries=0 400000"),
    ],
)
def test_tampered(pattern: str, replacement: str) -> None:
    """Whatever would send LightGBM out of its arrays or round in circles is a ValueError."""
    tampered, count = re.subn(pattern, replacement, TEXT, count=1)
    assert count == 1
    with pytest.raises((ValueError, KeyError)):
        check_trees(tampered, 2)


@settings(max_examples=200)
@given(
    st.integers(0, len(TEXT) - 1), st.integers(0, 40), st.text("0123456789-. =\nTax", max_size=9)
)
def test_noise_never_gets_through_to_a_crash(start: int, length: int, noise: str) -> None:
    """Text with a damaged stretch is refused, or is still a forest that scores every row."""
    damaged = TEXT[:start] + noise + TEXT[start + length :]
    try:
        read = Trees.from_json(TREES.as_json(), damaged)
    except (ValueError, KeyError):
        return
    assert np.isfinite(read.raw(SAMPLE.x)).all()
