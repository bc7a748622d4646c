"""Changes of cases, which hold until the office's own table says another thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from cases.tables.tables import Tables, case_columns

Row = Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """A case as it came in: the columns that were given, and what they were before.

    `before` is None where there was no such case.
    """

    row: Row
    before: Row | None

    @classmethod
    def of(cls, tables: Tables, rows: Sequence[Row]) -> list[Change]:
        """The rows as changes of the cases that the tables have."""
        known = _known(tables, rows)
        changes = []
        for row in rows:
            case = known.get(str(row["case_id"]))
            before = None if case is None else {name: case[name] for name in row}
            changes.append(cls(row, before))
        return changes

    @property
    def is_new(self) -> bool:
        """Whether anything is other than before."""
        return self.row != self.before


class Applied(NamedTuple):
    """The `cases` after changes, and which changes were `overtaken`: another one was first."""

    cases: pl.DataFrame
    overtaken: frozenset[int]


def changed(tables: Tables, changes: Iterable[Change]) -> Applied:
    """The cases after these changes, in order: whole rows of those that are other than before.

    A column is changed if it still is what it was before the change came in. So one that the
    office has brought up to date in its own table since then stays. A change is overtaken if a
    column is neither that nor what the change says.
    """
    changes = list(changes)
    known = _known(tables, [change.row for change in changes])
    now: dict[str, dict[str, object]] = {}
    overtaken = set()
    for place, change in enumerate(changes):
        case_id = str(change.row["case_id"])
        case = now.setdefault(case_id, dict(known.get(case_id, {"case_id": case_id})))
        before = change.before or {}
        for name, value in change.row.items():
            if case.get(name) == before.get(name):
                case[name] = value
            elif case.get(name) != value:
                overtaken.add(place)
    rows = [case for case_id, case in now.items() if case != known.get(case_id)]
    return Applied(pl.DataFrame(rows, schema=case_columns(tables.office)), frozenset(overtaken))


def _known(tables: Tables, rows: Iterable[Row]) -> dict[str, Row]:
    there = tables.of_cases("cases", {str(row["case_id"]) for row in rows})
    return {case["case_id"]: case for case in there.iter_rows(named=True)}
