"""What ranks cases: log-odds that are an exact sum over columns, of whatever kind the model is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

import polars as pl

from cases.numeric import Floats
from models.matrix import Columns


class Scorer(Protocol):
    """A fitted model of an outcome, calibrated or not; frozen."""

    @property
    def columns(self) -> Columns:
        """The columns it reads."""

    def raw(self, x: pl.DataFrame) -> Floats:
        """Log-odds per row, shape (rows,)."""

    def contributions(self, x: pl.DataFrame) -> Floats:
        """What each column adds to `raw`, shape (rows, columns + 1).

        The last column is the base, the same for every row: the level of the cases it was
        fitted on. A row sums to its `raw`.
        """

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""

    def text(self) -> str:
        """What is kept as text in a file of its own; empty if nothing is."""

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> Self:
        """The scorer that `as_json` and `text` described, to the bit.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
