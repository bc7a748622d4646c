"""Rows at fault, put into a file of their own for somebody to mend."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.files import unless_other
from cases.spreadsheet import write_for_people
from cases.tables.sheets import READ, ROW, Sheet


def set_rows_aside(sheets: dict[str, Sheet], target: Path) -> None:
    """Write every row at fault to the CSV `target` and take it out of its sheet.

    Rows of cases, and recusals of handlers, that are set aside are set aside with them. Each
    line of the file is one fault: file, row, column, value, problem, remedy, and the whole row
    as JSON. A target that is there already is never written over: it may hold the only copy of
    something. One that says just this is left as it is, so that several commands can name the
    same file. Raises `BadInput` if the file cannot be written, holds anything else, or if no
    case is left.
    """
    cases = sheets["cases"]
    aside = cases.frame.filter(cases.at_fault())["case_id"].drop_nulls()
    for sheet in sheets.values():
        if sheet.name in ("events", "reviews", "overrides"):
            sheet.faults += _orphans(sheet, "case_id", aside, "case")
    if "handlers" in sheets and "recusals" in sheets:
        handlers = sheets["handlers"]
        gone = handlers.frame.filter(handlers.at_fault())["handler"].drop_nulls()
        recusals = sheets["recusals"]
        recusals.faults += _orphans(recusals, "handler", gone, "handler")
    report = pl.concat([_report(sheet) for sheet in sheets.values()])
    unless_other(target, lambda path: write_for_people(report, path))
    for sheet in sheets.values():
        sheet.frame = sheet.frame.filter(~sheet.at_fault())
    if cases.frame.is_empty():
        raise BadInput([Fault(cases.where, "has a fault in every row.", f"See {target.name}.")])


def _orphans(sheet: Sheet, key: str, aside: pl.Series, what: str) -> list[Fault]:
    rows = sheet.frame.filter(pl.col(key).is_in(aside.implode()) & ~sheet.at_fault())
    return [
        Fault(
            sheet.where,
            f"is a {what} that was set aside.",
            f"Mend the {what}, then this row is used again.",
            row,
            sheet.names[key],
            name,
        )
        for row, name in rows.select(ROW, key).iter_rows()
    ]


def _report(sheet: Sheet) -> pl.DataFrame:
    """One line per fault of the sheet."""
    lines = pl.DataFrame(
        [
            (fault.where, fault.row, fault.column, fault.value, fault.problem, fault.remedy)
            for fault in sheet.faults
        ],
        schema={
            "file": pl.String,
            "row": pl.Int64,
            "column": pl.String,
            "value": pl.String,
            "problem": pl.String,
            "remedy": pl.String,
        },
        orient="row",
    )
    own = pl.struct(pl.exclude(ROW + READ)).struct.json_encode().alias("row_as_read")
    rows = sheet.raw.select(pl.col(ROW + READ).cast(pl.Int64).alias("row"), own)
    return lines.join(rows, on="row", how="left", maintain_order="left")
