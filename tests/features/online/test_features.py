"""Features of a few cases as arrays read as a frame does."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from features.online.features import FewFeatures
from models.matrix import Columns

FRAME = pl.DataFrame(
    {
        "case_id": ["a", "b", "c"],
        "moment": [datetime(2024, 1, 1), datetime(2024, 1, 1), datetime(2024, 2, 29, 1)],
        "number": [1.5, None, 3.0],
        "code": ["x", None, "y"],
        "flag": [1.0, 0.0, None],
    },
    schema_overrides={"moment": pl.Datetime("us")},
)


def test_it_becomes_the_frame_that_it_was_made_of() -> None:
    """Every column in its place, null where it was null."""
    found = FewFeatures.of(FRAME)
    assert_frame_equal(found.frame, FRAME)
    assert found.height == FRAME.height
    assert all(found[name].equals(FRAME[name], null_equal=True) for name in FRAME.columns)


def test_a_model_reads_the_same_matrix_from_it() -> None:
    """Whatever columns it reads, in its own order."""
    columns = Columns(("flag", "code", "number"), {"code": ("x", "y")})
    np.testing.assert_array_equal(columns.matrix(FewFeatures.of(FRAME)), columns.matrix(FRAME))


def test_some_rows_can_be_taken() -> None:
    """Of all its columns."""
    kept = np.array([True, False, True])
    assert_frame_equal(FewFeatures.of(FRAME).where(kept).frame, FRAME.filter(pl.Series(kept)))


def test_features_may_all_be_codes_or_none_at_all() -> None:
    """As a model has it by which all risks are equal."""
    keys = FRAME.select("case_id", "moment")
    assert_frame_equal(FewFeatures.of(keys).where(np.array([False, True, True])).frame, keys[1:])
