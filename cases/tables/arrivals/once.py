"""One fact is one row: which rows that come in are there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum, auto

from cases.office.reviews import CONSOLIDATED
from cases.tables.tables import Tables

Row = Mapping[str, object]
Key = tuple[object, ...]

# By what a row is known again, and what two rows of one fact must agree in.
SAME = {
    "events": ("case_id", "at", "activity", "actor"),
    "reviews": ("case_id", "reviewed_at", "reviewer", "kind", "reading"),
    "overrides": ("case_id", "at", "about"),
}
AGREES = {"events": (), "reviews": ("grade",), "overrides": ("suggested", "decided")}
BY_DAY = {"reviewed_at"}  # many offices date these by the day alone


class Standing(Enum):
    """Whether a row that comes in is there."""

    NEW = auto()
    THERE = auto()
    CONTRADICTED = auto()  # the same fact is there, and says another thing


def standings(tables: Tables, name: str, rows: Sequence[Row]) -> Iterator[Standing]:
    """Of each row of a table of `SAME`, compared with those there and those before it.

    Two events are one if they are of one case, instant, activity and actor; two reviews if of
    one case, day, reviewer and kind, and both or neither consolidated; two overrides if of one
    case, instant and subject.
    """
    there = tables.of_cases(name, {str(row["case_id"]) for row in rows})
    known = {_key(name, row): _said(name, row) for row in there.iter_rows(named=True)}
    for row in rows:
        key, said = _key(name, row), _said(name, row)
        before = known.setdefault(key, said)
        if before is said:
            yield Standing.NEW
        else:
            yield Standing.THERE if before == said else Standing.CONTRADICTED


def _key(name: str, row: Row) -> Key:
    return tuple(_compared(column, row.get(column)) for column in SAME[name])


def _said(name: str, row: Row) -> list[object]:
    return [row.get(column) for column in AGREES[name]]


def _compared(column: str, value: object) -> object:
    if column == "reading":  # an office's own table may not tell first and second readings apart
        return value == CONSOLIDATED
    return value.date() if column in BY_DAY and isinstance(value, datetime) else value
