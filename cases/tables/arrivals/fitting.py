"""What came in earlier, laid over tables that may have changed since: as far as it still fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import polars as pl

from cases.office.model import Office
from cases.tables.arrivals.changes import Change, changed
from cases.tables.arrivals.once import SAME, Row, Standing, standings
from cases.tables.arrivals.records import Arrived, Place, Records, arrived
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Tables

CHECKED = "rows that were checked last"  # in `Tables.memo`


@dataclass(frozen=True)
class Fitted:
    """The tables with what fits, and how many rows do not fit to them any more.

    `refused` has the places of all changes and rows that do not count, for this or because an
    earlier one says another thing.
    """

    tables: Tables
    left_out: int
    refused: frozenset[Place]


class Checked(NamedTuple):
    """Rows that were checked on these frames, and what would become of them."""

    on: Mapping[str, Any]
    rows: Records
    found: Arrived


def checked(tables: Tables, rows: Records) -> Arrived:
    """As `arrived`; if the same rows come in next, it is not done again."""
    found = arrived(tables, rows)
    tables.memo[CHECKED] = Checked(tables.frames, rows, found)
    return found


def fitted(tables: Tables, changes: Sequence[Change], rows: Mapping[str, Sequence[Row]]) -> Fitted:
    """`tables` with changes of cases, and with rows of the tables of `SAME`, each fact once.

    A fact that the office's own table has too is that of the table. Rows that a file with
    them would be refused for are left out, and with them the rows that need them.
    """
    cases, overtaken = changed(tables, changes)
    new, given_as = {"cases": cases}, {"cases": _of_each_case(cases, changes)}
    refused = {("cases", place) for place in overtaken}
    for name in SAME:
        given = rows.get(name, ())
        at = list(standings(tables, name, given))
        kept = [place for place, standing in enumerate(at) if standing is Standing.NEW]
        new[name] = frame_of(tables.office, name, [given[place] for place in kept])
        given_as[name] = [[place] for place in kept]
        refused |= {(name, place) for place, one in enumerate(at) if one is Standing.CONTRADICTED}
    found = _as_far_as_they_fit(tables, new)
    for name, place in found.refused:
        refused |= {(name, given_at) for given_at in given_as[name][place]}
    return replace(found, refused=frozenset(refused))


def _of_each_case(cases: pl.DataFrame, changes: Sequence[Change]) -> list[list[int]]:
    """The places of the changes of each of these cases."""
    places: dict[object, list[int]] = {case_id: [] for case_id in cases["case_id"]}
    for place, change in enumerate(changes):
        places.get(change.row["case_id"], []).append(place)
    return list(places.values())


def frame_of(office: Office, name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as a frame, with the columns that any of them has."""
    types: dict[str, Any] = SPECIFICATIONS[name].schema_of(office)
    given = {column for row in rows for column in row}
    return pl.DataFrame(rows, schema={name: kind for name, kind in types.items() if name in given})


def _as_far_as_they_fit(tables: Tables, new: Records) -> Fitted:
    """The tables with the rows that fit; `refused` are the places of the others in `new`."""
    left = {name: [*range(rows.height)] for name, rows in new.items()}
    refused: set[Place] = set()
    while True:
        found = _arrived(tables, {name: new[name][places] for name, places in left.items()})
        if not found.faults:
            return Fitted(found.tables, len(refused), frozenset(refused))
        at_fault = {(name, left[name][place]) for name, place in found.at_fault}
        if not at_fault:  # of a whole table: nothing of it can be told apart
            at_fault = {(name, place) for name, places in left.items() for place in places}
        refused |= at_fault
        left = {
            name: [place for place in places if (name, place) not in at_fault]
            for name, places in left.items()
        }


def _arrived(tables: Tables, new: Records) -> Arrived:
    new = {name: rows for name, rows in new.items() if rows.height}
    last: Checked | None = tables.memo.pop(CHECKED, None)
    if last is None or last.on is not tables.frames or last.rows.keys() != new.keys():
        return arrived(tables, new)
    same = all(rows.equals(new[name]) for name, rows in last.rows.items())
    return last.found if same else arrived(tables, new)
