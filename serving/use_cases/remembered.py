"""What is known from the ledger besides the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Self

import polars as pl

from cases.language.catalogues import SOURCE
from cases.office.model import Office
from ledger.records import Record
from ledger.tree import Tree
from serving.work.work import Work

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


class GivenBy(NamedTuple):
    """An intake: the code of its assignment, and the hash of its manifest if it has a folder."""

    code: str
    manifest: str | None


@dataclass(frozen=True)
class Planned:
    """A plan that was drawn: its record, when (UTC), who asked (an id), and what it says of it.

    Records of earlier versions, and of commands, name nobody; the knob may be missing.
    """

    record: int
    at: datetime
    by: str | None
    content: Mapping[str, Any]

    @classmethod
    def of(cls, record: Record) -> Self:
        """Of a record of a plan."""
        by = record.content.get("by")
        at = datetime.fromisoformat(record.at)
        return cls(record.number, at, None if by is None else str(by), record.content)

    @property
    def plan_id(self) -> str:
        """The code of the plan."""
        return str(self.content.get("plan_id"))


@dataclass(frozen=True)
class Remembered:
    """What was taken in up to a record of the ledger, whose `tree` of lines ends with it.

    `given` has the cases that intakes gave to handlers (`GIVEN`), each once, and by which
    `record`; what people decided about them since is in it, and of one that was sent back there is
    no handler. `intakes` are those that drew handlers, by record. `receipts` has what came in by
    the hash of its key. `left_out` counts the rows that do not fit to the tables any more. `work`
    is how the work of people stands, `planned` are the plans that were drawn, in order.
    """

    tree: Tree = field(default_factory=Tree)
    given: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={**GIVEN, "record": pl.Int64()})
    )
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    left_out: int = 0
    work: Work = field(default_factory=Work)
    planned: tuple[Planned, ...] = ()
    intakes: Mapping[int, GivenBy] = field(default_factory=dict)

    @property
    def days(self) -> dict[str, datetime]:
        """The day that each plan was made for, by its code: only reviews made since answer it."""
        return {
            one.plan_id: datetime.fromisoformat(str(one.content["as_of"]))
            for one in self.planned
            if "as_of" in one.content
        }

    @property
    def position(self) -> int:
        """The number of the last record."""
        return self.tree.size
