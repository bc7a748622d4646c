"""What ranks cases: log-odds that are an exact sum over columns, of whatever kind the model is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from cases.numeric import Floats
from features.online.features import FeatureRows
from models.matrix import Changes, Columns


class OnMatrix(Protocol):
    """Log-odds of the rows of a matrix, an exact sum over its columns."""

    @property
    def columns(self) -> Columns:
        """The columns it reads."""

    def raw_of(self, matrix: Floats) -> Floats:
        """Log-odds per row of a matrix of its columns, shape (rows,)."""

    def contributions_of(self, matrix: Floats) -> Floats:
        """What each column adds to a row's log-odds, shape (rows, columns + 1).

        The last column is the base, the same for every row: the level of the cases it was
        fitted on. A row sums to its `raw_of`.
        """

    def changed(self, matrix: Floats, changes: Changes) -> Floats:
        """Log-odds of rows of `matrix` with some values changed, shape (asked,)."""


class Scorer(OnMatrix, Protocol):
    """A fitted model of an outcome, calibrated or not; frozen."""

    def raw(self, x: FeatureRows) -> Floats:
        """`raw_of` the matrix of `x`."""

    def contributions(self, x: FeatureRows) -> Floats:
        """`contributions_of` the matrix of `x`."""

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""

    def text(self) -> str:
        """What is kept as text in a file of its own; empty if nothing is."""

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """The scorer that `as_json` and `text` described, to the bit.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """


class OnFrames:
    """What a scorer has by what it does with a matrix; each may be done more cheaply."""

    def raw(self: OnMatrix, x: FeatureRows) -> Floats:
        """Log-odds per row, shape (rows,)."""
        return self.raw_of(self.columns.matrix(x))

    def contributions(self: OnMatrix, x: FeatureRows) -> Floats:
        """What each column adds to `raw`, shape (rows, columns + 1), the base last."""
        return self.contributions_of(self.columns.matrix(x))

    def changed(self: OnMatrix, matrix: Floats, changes: Changes) -> Floats:
        """Log-odds of rows of `matrix` with some values changed, shape (asked,)."""
        return self.raw_of(changes.applied(matrix))
