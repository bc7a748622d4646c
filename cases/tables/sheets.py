"""One table on its way in: found, mapped to our columns, typed; not yet checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

import polars as pl

from cases.errors import Fault
from cases.office.model import Office, Table
from cases.sources import query
from cases.tables.tables import (
    EVENTS,
    HANDLERS,
    OVERRIDES,
    RECUSALS,
    REVIEWS,
    case_columns,
    new_case_columns,
)
from cases.tables.values import as_read, typed

READ = " as read"  # suffix of the column that keeps the text a value was read from
ROW = "row"  # as a spreadsheet counts: the header is row 1
ALIKE = 0.6  # difflib's measure from which one name may be a slip of another
SHOWN = 20  # columns that a fault lists at most
REQUIRED = {  # columns that no row may leave blank
    "cases": ("case_id", "opened_at"),
    "events": ("case_id", "at", "activity"),
    "reviews": ("case_id", "reviewed_at", "grade"),
    "handlers": ("handler",),
    "recusals": ("handler",),
    "overrides": ("case_id", "at", "about", "suggested", "decided", "reason"),
    "new_cases": ("case_id", "opened_at"),
}


@dataclass
class Sheet:
    """A table as it was read, the same rows typed, and the faults found so far.

    `frame` has `ROW`, our columns, and each of them once more as text (`READ`).
    """

    name: str
    where: str
    raw: pl.DataFrame
    frame: pl.DataFrame
    names: dict[str, str]  # our column -> the file's
    faults: list[Fault] = field(default_factory=list)

    def at_fault(self) -> pl.Series:
        """For each row, whether a fault lies in it."""
        return self.frame[ROW].is_in(list({fault.row for fault in self.faults}))


def schema_of(name: str, office: Office) -> dict[str, pl.DataType]:
    """The columns a table can have, and their types."""
    if name == "cases":
        return case_columns(office)
    if name == "new_cases":
        return new_case_columns(office)
    others = {
        "events": EVENTS,
        "reviews": REVIEWS,
        "handlers": HANDLERS,
        "recusals": RECUSALS,
        "overrides": OVERRIDES,
    }
    return {column: kind for column, kind in others[name].items() if column != "sequence"}


def make_sheet(name: str, office: Office, table: Table, files: dict[str, pl.DataFrame]) -> Sheet:
    """The table called `name`, from `files` by path.

    Columns that are missing or misnamed are faults of the sheet and null in its frame.
    Raises `Unreadable` if its query cannot be run.
    """
    where = table.path or f"tables.{name}.sql"
    raw = files[table.path] if table.path else _queried(table, files)
    blank = [as_read(pl.col(name), kind).is_null() for name, kind in raw.schema.items()]
    raw = raw.with_row_index(ROW + READ, offset=2)
    raw = raw.filter(~pl.all_horizontal(pl.lit(value=True), *blank))
    schema = schema_of(name, office)
    sheet = Sheet(
        name, where, raw, raw, {column: table.columns.get(column, column) for column in schema}
    )
    sheet.faults += _unknown_columns(name, table, schema)
    sheet.faults += _missing_columns(sheet, office, table)
    sheet.frame = _typed(sheet, schema, table.date_format)
    if name == "cases" and raw.is_empty():
        sheet.faults.append(Fault(where, "has no cases.", "Export the table again."))
    return sheet


def _queried(table: Table, files: dict[str, pl.DataFrame]) -> pl.DataFrame:
    used = {name: files[path] for name, path in table.files.items()}
    return query.run(table.sql or "", used)


def _typed(sheet: Sheet, schema: dict[str, pl.DataType], date_format: str | None) -> pl.DataFrame:
    columns = [pl.col(ROW + READ).cast(pl.Int64).alias(ROW)]
    for ours, kind in schema.items():
        theirs = sheet.names[ours]
        if theirs in sheet.raw.columns:
            found = sheet.raw.schema[theirs]
            columns.append(typed(theirs, found, kind, date_format).alias(ours))
            columns.append(as_read(pl.col(theirs), found).alias(ours + READ))
        else:
            columns.append(pl.lit(None, kind).alias(ours))
            columns.append(pl.lit(None, pl.String).alias(ours + READ))
    return sheet.raw.select(columns)


def _unknown_columns(name: str, table: Table, schema: dict[str, pl.DataType]) -> list[Fault]:
    return [
        Fault(
            f"tables.{name}.columns",
            f"names a column that the {name} table of an office does not have.",
            _nearest(ours, list(schema)),
            column=ours,
        )
        for ours in table.columns
        if ours not in schema
    ]


def _missing_columns(sheet: Sheet, office: Office, table: Table) -> list[Fault]:
    needed = dict.fromkeys([*REQUIRED[sheet.name], *table.columns])
    if sheet.name == "cases":
        needed |= dict.fromkeys(["closed_at", *office.attributes])
    if sheet.name == "new_cases":
        needed |= dict.fromkeys(set(office.intake_facts) & set(office.attributes))
    present = [column for column in sheet.raw.columns if column != ROW + READ]
    free = [column for column in present if column not in sheet.names.values()]
    return [
        Fault(
            sheet.where,
            "is a column this table does not have.",
            _add_or_name(sheet.name, ours, _nearest(theirs, free)),
            column=theirs,
        )
        for ours in needed
        if (theirs := sheet.names.get(ours)) is not None and theirs not in present
    ]


def _add_or_name(table: str, column: str, near: str) -> str:
    """What to do about a column that is not there: a file of new cases is none of the office's."""
    if table == "new_cases":
        return f"{near} Add it, blank where it is not known."
    return f'{near} Say `{column} = "<column of the file>"` under [tables.{table}.columns].'


def _nearest(name: str, known: list[str]) -> str:
    """The one that `name` may be a slip of, else which there are."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)
    if near:
        return f"Did you mean `{near[0]}`?"
    more = f" and {len(known) - SHOWN:,} more" if len(known) > SHOWN else ""
    return f"There are: {', '.join(known[:SHOWN])}{more}." if known else "The file has no others."
