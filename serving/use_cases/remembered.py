"""What is known from the ledger besides the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from cases.language.catalogues import SOURCE
from cases.office.model import Office
from ledger.tree import Tree

GIVEN = {"case_id": pl.String(), "handler": pl.String(), "effort": pl.Float64()}


def name_of(office: Office) -> str:
    """By what a ledger knows the office: several that lie in one folder share one."""
    return office.office.name.say(SOURCE)


@dataclass(frozen=True)
class Receipt:
    """A request that brought facts: its record, how many rows it had, and how many were there.

    `rows_hash` is that of the rows as they were sent, None once any of them was erased. A request
    has not counted where another one, which was recorded between its check and its record,
    contradicts it.
    """

    record: int
    rows: int
    known: int
    rows_hash: str | None
    has_counted: bool = True


@dataclass(frozen=True)
class Remembered:
    """What was taken in up to a record of the ledger, whose `tree` of lines ends with it.

    `given` has the cases that intakes gave to handlers (`GIVEN`), each once, and by which
    `record`. `receipts` has what came in by the hash of its key. `left_out` counts the rows that
    do not fit to the tables any more.
    """

    tree: Tree = field(default_factory=Tree)
    given: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={**GIVEN, "record": pl.Int64()})
    )
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    left_out: int = 0

    @property
    def position(self) -> int:
        """The number of the last record."""
        return self.tree.size
