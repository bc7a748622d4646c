"""Rows at fault, put into a file of their own so that somebody can correct them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.files import unless_other
from cases.language.catalogues import Language
from cases.language.messages import _, say
from cases.spreadsheet import write_for_people
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import READ, ROW, Link

REPORT = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "problem": pl.String,
    "remedy": pl.String,
}


def set_rows_aside(tables: Mapping[str, InputTable], target: Path, language: Language) -> None:
    """Write every row at fault to the CSV `target` and take it out of its table.

    A row that names a row which is set aside goes with it. Each line of the file is one
    fault: file, row, column, value, problem, remedy (in `language`), and the whole row as
    JSON. A target that is there already is never written over: it may hold the only copy of
    something. One that says just this is left as it is, so that several commands can name the
    same file. Raises `BadInput` if the file cannot be written, holds anything else, or if no
    row of a needed table is left.
    """
    for table in tables.values():
        for link in table.spec.links:
            if link.to in tables:
                other = None if link.or_to is None else tables.get(link.or_to)
                table.faults += _orphans(table, link, tables[link.to], other)
    report = pl.concat([_report(table, language) for table in tables.values()])
    unless_other(target, lambda path: write_for_people(report, path))
    for table in tables.values():
        table.frame = table.frame.filter(~table.at_fault())
        if table.spec.needed and table.frame.is_empty():
            problem, remedy = _("has a fault in every row."), _("See {file}.", file=target.name)
            raise BadInput([Fault(table.where, problem, remedy)])


def _orphans(
    table: InputTable, link: Link, to: InputTable, other: InputTable | None
) -> list[Fault]:
    """A fault for each sound row that names a row which is set aside, and none that is not."""
    gone = to.frame.filter(to.at_fault())[to.spec.key].drop_nulls()
    if other is not None:
        sound = other.frame.filter(~other.at_fault())[other.spec.key]
        gone = gone.filter(~gone.is_in(sound.implode()))
    rows = table.frame.filter(pl.col(link.column).is_in(gone.implode()) & ~table.at_fault())
    remedy = _("Correct the {row}, then this row is used again.", row=to.spec.row)
    column = table.names[link.column]
    return [
        Fault(table.where, to.spec.went_aside, remedy, row, column, name)
        for row, name in rows.select(ROW, link.column).iter_rows()
    ]


def _report(table: InputTable, language: Language) -> pl.DataFrame:
    """One line per fault of the table."""
    lines = pl.DataFrame(
        [
            (
                say(fault.where, language),
                fault.row,
                fault.column,
                fault.value,
                say(fault.problem, language),
                say(fault.remedy, language),
            )
            for fault in table.faults
        ],
        schema=REPORT,
        orient="row",
    )
    as_read = pl.struct(pl.exclude(ROW + READ)).struct.json_encode().alias("row_as_read")
    rows = table.raw.select(pl.col(ROW + READ).cast(pl.Int64).alias("row"), as_read)
    return lines.join(rows, on="row", how="left", maintain_order="left")
