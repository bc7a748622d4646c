"""One table on its way in: found, mapped to our columns, typed; not yet checked."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from cases.errors import Fault
from cases.language.messages import Sayable, _, listed, sentences
from cases.nearest import ALIKE, did_you_mean
from cases.office.model import Office, Table
from cases.sources import query
from cases.tables.specification.parts import READ, ROW, Column, TableSpec
from cases.tables.values import as_read, typed

SHOWN = 20  # columns that a fault lists at most


@dataclass
class InputTable:
    """A table as it was read, the same rows typed, and the faults found so far.

    `frame` has `ROW`, our columns, and each of them once more as text (`READ`).
    """

    spec: TableSpec
    where: str
    raw: pl.DataFrame
    frame: pl.DataFrame
    names: dict[str, str]  # our column -> the file's
    faults: list[Fault] = field(default_factory=list)

    def at_fault(self) -> pl.Series:
        """For each row, whether a fault lies in it."""
        return self.frame[ROW].is_in(list({fault.row for fault in self.faults}))


def make_input_table(
    spec: TableSpec, office: Office, table: Table, files: dict[str, pl.DataFrame]
) -> InputTable:
    """The table that `spec` describes, from `files` by path.

    Columns that are missing or misnamed are its faults and null in its frame. Raises
    `Unreadable` if its query cannot be run.
    """
    where = table.path or f"tables.{spec.name}.sql"
    raw = _numbered(files[table.path] if table.path else _queried(table, files))
    columns = spec.columns_in_file(office)
    names = {column.name: table.columns.get(column.name, column.name) for column in columns}
    made = InputTable(spec, where, raw, raw, names)
    made.faults += _unknown_columns(made, table)
    made.faults += _missing_columns(made, columns, table)
    made.frame = _typed(made, columns, table.date_format)
    if spec.needed and raw.is_empty():
        made.faults.append(Fault(where, _("has no rows."), _("Export the table again.")))
    return made


def _queried(table: Table, files: dict[str, pl.DataFrame]) -> pl.DataFrame:
    used = {name: files[path] for name, path in table.files.items()}
    return query.run(table.sql or "", used)


def _numbered(raw: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not blank, with their numbers as a spreadsheet counts."""
    blank = [as_read(pl.col(name), kind).is_null() for name, kind in raw.schema.items()]
    raw = raw.with_row_index(ROW + READ, offset=2)
    return raw.filter(~pl.all_horizontal(pl.lit(value=True), *blank))


def _typed(table: InputTable, columns: tuple[Column, ...], date_format: str | None) -> pl.DataFrame:
    """Our columns, typed and as text; those that the file lacks are null."""
    made = [pl.col(ROW + READ).cast(pl.Int64).alias(ROW)]
    for column in columns:
        name, theirs = column.name, table.names[column.name]
        if theirs in table.raw.columns:
            kind = table.raw.schema[theirs]
            made.append(typed(theirs, kind, column.type, date_format).alias(name))
            made.append(as_read(pl.col(theirs), kind).alias(name + READ))
        else:
            made.append(pl.lit(None, column.type).alias(name))
            made.append(pl.lit(None, pl.String).alias(name + READ))
    return table.raw.select(made)


def _unknown_columns(made: InputTable, table: Table) -> list[Fault]:
    name = made.spec.name
    return [
        Fault(
            f"tables.{name}.columns",
            _("names a column that the {table} table of an office does not have.", table=name),
            _nearest_or_all(column, list(made.names)),
            column=column,
        )
        for column in table.columns
        if column not in made.names
    ]


def _missing_columns(made: InputTable, columns: tuple[Column, ...], table: Table) -> list[Fault]:
    """A fault for each column that the file must have, or is said to have, and lacks."""
    needed = [column.name for column in columns if column.needed != "no"]
    mapped = [column for column in table.columns if column in made.names]
    present = [column for column in made.raw.columns if column != ROW + READ]
    free = [column for column in present if column not in made.names.values()]
    return [
        Fault(
            made.where,
            _("is a column this table does not have."),
            _add_or_name(made.spec, column, _nearest_or_all(made.names[column], free)),
            column=made.names[column],
        )
        for column in dict.fromkeys([*needed, *mapped])
        if made.names[column] not in present
    ]


def _add_or_name(spec: TableSpec, column: str, near: Sayable) -> Sayable:
    """What to do about a column that is not there."""
    if not spec.in_office_file:
        return sentences(near, _("Add it, blank where it is not known."))
    name_it = _(
        'Say `{column} = "<column of the file>"` under [tables.{table}.columns].',
        column=column,
        table=spec.name,
    )
    return sentences(near, name_it)


def _nearest_or_all(name: str, known: list[str]) -> Sayable:
    """The name that `name` may be a slip of, else which there are."""
    shown, more = listed(known[:SHOWN]), len(known) - SHOWN
    if not known:
        there_are = _("The file has no others.")
    elif more > 0:
        there_are = _("There are: {columns} and {more:,} more.", columns=shown, more=more)
    else:
        there_are = _("There are: {columns}.", columns=shown)
    return did_you_mean(name, known, there_are, ALIKE)
