"""Where a fault in the result of a query comes from: the case, and the row of a file behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from cases.errors import Fault
from cases.office.table import File
from cases.sources.base import Reading
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import READ, ROW

CASE = "case_id" + READ
MOST_TRACED = 1_000  # faults of a table for which the row behind is looked for
MOST_ROWS = 100_000  # of a file, that name one of their cases


@dataclass(frozen=True)
class _Row:
    """A row of a file, and what stands in it."""

    file: str
    number: int
    cells: frozenset[str]


def trace_faults(table: InputTable, files: Mapping[File, Reading]) -> None:
    """Name the case of each fault of a query's row, and the row of its `files` where one is meant.

    It is the one row that holds both the case's id and the value at fault.
    """
    if CASE not in table.frame.columns:
        return
    rows = {fault.row for fault in table.faults if fault.row is not None}
    found = table.frame.filter(pl.col(ROW).is_in(list(rows))).select(ROW, CASE)
    cases = dict(found.iter_rows())
    ids = {cases.get(fault.row) for fault in table.faults[:MOST_TRACED]} - {None}
    holding = _rows_holding({str(one) for one in ids}, files)
    table.faults = [
        replace(fault, case=cases.get(fault.row), behind=_behind(fault, cases, holding))
        for fault in table.faults
    ]


def _rows_holding(ids: set[str], files: Mapping[File, Reading]) -> dict[str, list[_Row]]:
    """The rows of the files in which each of these ids stands."""
    holding: dict[str, list[_Row]] = {}
    for file, reading in files.items() if ids else ():
        texts = reading.frame.select(pl.col(pl.String).str.strip_chars())
        if texts.is_empty():
            continue
        named = texts.select(pl.any_horizontal(pl.all().is_in(list(ids)))).to_series()
        lines = texts.filter(named).head(MOST_ROWS).iter_rows()
        for number, line in zip(reading.rows.filter(named), lines, strict=False):
            row = _Row(file.path, number, frozenset(cell for cell in line if cell))
            for one in row.cells & ids:
                holding.setdefault(one, []).append(row)
    return holding


def _behind(
    fault: Fault, cases: Mapping[int, str | None], holding: Mapping[str, list[_Row]]
) -> tuple[str, int] | None:
    """The file and the row, if there is one that must be meant."""
    rows = holding.get(cases.get(fault.row or 0) or "", [])
    meant = [row for row in rows if fault.value is None or fault.value in row.cells]
    return (meant[0].file, meant[0].number) if len(meant) == 1 else None
