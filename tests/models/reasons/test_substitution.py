"""Usual values in place of a case's own."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cases.numeric import Floats
from models.reasons.substitution import Substitution, substituted
from models.reasons.usual import Usual

X = pl.DataFrame({"a": [1.0, 2.0], "b": [10.0, None], "c": ["x", "y"]})
CODES = {"x": 100.0, "y": 200.0, "z": 300.0}
USUAL = {
    "a": Usual(5.0),
    "b": Usual(None),
    "c": Usual("z", (("z", 0.3), ("x", 0.1))),
}


def summed(x: pl.DataFrame) -> Floats:
    """The sum of a row, as the answer of a model."""
    codes = x["c"].replace_strict(CODES)
    return (x["a"] + x["b"].fill_null(0.0) + codes).to_numpy()


@pytest.mark.parametrize(
    ("row", "names", "answer"),
    [
        (0, (), 1 + 10 + 100),
        (0, ("a",), 5 + 10 + 100),
        (1, ("a",), 5 + 0 + 200),
        (0, ("b",), 1 + 0 + 100),
        (0, ("a", "b"), 5 + 0 + 100),
        (0, ("c",), 1 + 10 + (0.75 * 300 + 0.25 * 100)),
    ],
)
def test_one_at_a_time(row: int, names: tuple[str, ...], answer: float) -> None:
    """All else stays as it is; a code without a usual value is averaged over the commonest."""
    assert substituted(summed, X, USUAL, [Substitution(row, names)]) == pytest.approx([answer])


def test_all_in_one_call() -> None:
    """However many are tried, the model is asked once; without any it is not asked."""
    asked: list[int] = []

    def counting(x: pl.DataFrame) -> Floats:
        asked.append(x.height)
        return summed(x)

    tried = [Substitution(row, (name,)) for row in (1, 0) for name in ("c", "a")]
    assert substituted(counting, X, USUAL, tried) == pytest.approx([252, 205, 261, 115])
    assert asked == [6]
    assert substituted(counting, X, USUAL, []).tolist() == np.zeros(0).tolist()
    assert asked == [6]
