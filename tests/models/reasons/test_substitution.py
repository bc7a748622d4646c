"""Usual values in place of a case's own."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from cases.numeric import Floats
from models.estimators.scorer import OnFrames
from models.matrix import Changes, Columns
from models.reasons.substitution import substituted
from models.reasons.usual import Usual

X = np.array([[1.0, 0.5, 0.0], [2.0, np.nan, 1.0]])  # the last a code: x or y
USUAL = {
    "a": Usual(5.0),
    "b": Usual(None),
    "c": Usual("z", (("z", 0.3), ("x", 0.1))),
}


class Summing(OnFrames):
    """The sum of a row; x counts 0.1, y 0.2, z 0.3, and a missing number nothing."""

    def __init__(self) -> None:
        self.columns = Columns(("a", "b", "c"), {"c": ("x", "y", "z")})
        self.asked: list[int] = []

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row."""
        return self.contributions_of(matrix).sum(axis=1)

    def contributions_of(self, matrix: Floats) -> Floats:
        """The terms of the sum, and 0."""
        self.asked.append(len(matrix))
        terms = np.nan_to_num(matrix) * [1, 1, 0.1] + [0, 0, 0.1]
        return np.column_stack([terms, np.zeros(len(matrix))])


@pytest.mark.parametrize(
    ("row", "columns", "answer"),
    [
        (0, (0,), expit(5 + 0.5 + 0.1)),
        (1, (0,), expit(5 + 0 + 0.2)),
        (0, (1,), expit(1 + 0 + 0.1)),
        (0, (0, 1), expit(5 + 0 + 0.1)),
        (0, (2,), 0.75 * expit(1 + 0.5 + 0.3) + 0.25 * expit(1 + 0.5 + 0.1)),
    ],
)
def test_one_at_a_time(row: int, columns: tuple[int, ...], answer: float) -> None:
    """All else stays as it is; a code without a usual value is averaged over the commonest."""
    found = substituted(Summing(), X, USUAL, np.array([row]), [columns])
    assert found == pytest.approx([answer])


def test_all_in_one_call() -> None:
    """However many are tried, the model is asked once; without any it is not asked."""
    model = Summing()
    rows, changed = np.array([1, 1, 0, 0]), [(2,), (0,), (2,), (0,)]
    alone = [
        substituted(Summing(), X, USUAL, rows[[at]], [columns])[0]
        for at, columns in enumerate(changed)
    ]
    assert substituted(model, X, USUAL, rows, changed) == pytest.approx(alone)
    assert model.asked == [6]
    assert substituted(model, X, USUAL, rows[:0], []).tolist() == []
    assert model.asked == [6]


def test_changes_of_no_column_leave_a_row_as_it_is() -> None:
    """Rows may be asked for without a change, again and in any order."""
    none = np.empty(0)
    changes = Changes(np.array([1, 0, 1]), np.zeros(4, int), none.astype(int), none)
    assert np.array_equal(changes.applied(X), X[[1, 0, 1]], equal_nan=True)
