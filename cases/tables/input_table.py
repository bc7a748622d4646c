"""One table on its way in: found, mapped to our columns, typed; not yet checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from cases.errors import Fault
from cases.language.messages import Sayable, _, listed, sentences
from cases.nearest import did_you_mean
from cases.office.model import Office, Table
from cases.office.table import File
from cases.progress import Progress, silent
from cases.sources import query
from cases.sources.base import Database, Reading, whole
from cases.tables.cells.column import Done, How, read_cells
from cases.tables.specification.parts import READ, ROW, Column, TableSpec
from cases.tables.values import LATEST, as_read

Readings = Mapping[File | Database, Reading]

SHOWN = 20  # columns that a fault lists at most


@dataclass
class InputTable:
    """A table as it was read, the same rows typed, and the faults and warnings found so far.

    `frame` has `ROW`, our columns, and each of them once more as it stands in the file (`READ`):
    as text, or in the file's own type where every cell could be read. `done` says for each column
    that the file has what was done to read it `how` the office file says.
    """

    spec: TableSpec
    where: str
    raw: pl.DataFrame
    frame: pl.DataFrame
    names: dict[str, str]  # our column -> the file's
    reading: Reading  # of its file; of a query: of its result, with the notes of its files
    how: How
    queried: bool = False  # whether its rows are those of a query, which no file numbers
    done: dict[str, Done] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def at_fault(self) -> pl.Series:
        """For each row, whether a fault lies in it."""
        return self.frame[ROW].is_in(list({fault.row for fault in self.faults}))

    def different(self, column: str) -> pl.Series:
        """The values of one of our columns, each once, in the order of rows; none is null."""
        return self.frame[column].drop_nulls().unique(maintain_order=True)

    def texts(self, column: str) -> pl.Expr:
        """What stands in the file in one of our columns, as text."""
        name = column + READ
        return as_read(pl.col(name), self.frame.schema[name]).alias(name)


def make_input_table(
    spec: TableSpec,
    office: Office,
    table: Table,
    files: Readings,
    latest: datetime = LATEST,
    progress: Progress = silent,
) -> InputTable:
    """The table that `spec` describes, from `files` as they were read.

    Nothing in it can have been after `latest`. Columns that are missing or misnamed are its
    faults and null in its frame. Raises `Unreadable` if its query cannot be run.
    """
    where = table.path or f"tables.{spec.name}.sql"
    reading = _queried(table, files) if table.files else files[table.sources[0]]
    raw = _numbered(reading)
    columns = spec.columns_in_file(office)
    names = {column.name: table.columns.get(column.name, column.name) for column in columns}
    how = _how(office, table, spec, latest)
    made = InputTable(spec, where, raw, raw, names, reading, how, table.sql is not None)
    made.faults += _unknown_columns(made, table)
    made.faults += _missing_columns(made, columns, table)
    _add_doubts(made, table, files)
    made.frame = _typed(made, columns, progress)
    if spec.needed and raw.is_empty():
        made.faults.append(Fault(where, _("has no rows."), _("Export the table again.")))
    return made


def _queried(table: Table, files: Readings) -> Reading:
    used = {name: files[file].frame for name, file in table.files.items()}
    notes = (
        _("{file}: {note}", file=file.path, note=note)
        for file in dict.fromkeys(table.files.values())
        for note in files[file].notes
    )
    return whole(query.run(table.sql or "", used), *notes)


def _numbered(reading: Reading) -> pl.DataFrame:
    """The rows that are not blank, with their numbers as a spreadsheet counts."""
    raw = reading.frame
    numbered = raw.select(reading.rows.alias(ROW + READ), pl.all())
    blank = pl.int_range(raw.height, dtype=pl.UInt32, eager=True)
    for name, kind in raw.schema.items():  # few rows are blank in the first column already
        cells = raw[name].gather(blank).to_frame()
        blank = blank.filter(cells.select(_is_blank(pl.col(name), kind)).to_series())
        if blank.is_empty():
            return numbered
    return numbered.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(blank.implode()))


def _is_blank(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Whether nothing is read; numbers, flags and times are not put into words for that."""
    typed = kind.is_numeric() or kind.is_temporal() or kind == pl.Boolean
    return column.is_null() if typed else as_read(column, kind).is_null()


def _how(office: Office, table: Table, spec: TableSpec, latest: datetime) -> How:
    """How the office file says that the table is to be read."""
    dates = spec.dates_in_file(office)
    return How(
        blank=frozenset((*office.office.blank, *table.blank)),
        date_formats={name: table.date_formats(name) for name in dates},
        decimal=table.decimal,
        thousands=table.thousands,
        time_zone=office.office.time_zone,
        latest=latest,
    )


def _typed(table: InputTable, columns: tuple[Column, ...], progress: Progress) -> pl.DataFrame:
    """Our columns, typed and as they stand there; those that the file lacks are null."""
    made = [table.raw[ROW + READ].cast(pl.Int64).alias(ROW)]
    for number, column in enumerate(columns):
        progress(_("{file}: values", file=table.where), number / len(columns))
        made += _read_column(table, column)
    progress(_("{file}: values", file=table.where), 1.0)
    return pl.DataFrame(made)


def _read_column(table: InputTable, column: Column) -> tuple[pl.Series, pl.Series]:
    """One of our columns, typed and as it stands in the file."""
    name, theirs = column.name, table.names[column.name]
    if theirs not in table.raw.columns:
        nothing = pl.Series([None]).new_from_index(0, table.raw.height)
        return nothing.cast(column.type).alias(name), nothing.cast(pl.String).alias(name + READ)
    formats = table.how.date_formats.get(name, ())
    raw = table.raw[theirs]
    cells = read_cells(raw, column.type, table.how, formats, as_written=column.free_text)
    table.done[name] = cells.done
    return cells.values.alias(name), cells.read.alias(name + READ)


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
    """A fault for each column that the file must have, or is said to have, and lacks.

    So for one that it has in a type that is not read: read as blank it would be silent.
    """
    needed = [column.name for column in columns if column.needed != "no"]
    mapped = [column for column in table.columns if column in made.names]
    unread = [column for column, theirs in made.names.items() if theirs in made.reading.unread]
    present = [column for column in made.raw.columns if column != ROW + READ]
    free = [column for column in present if column not in made.names.values()]
    return [
        _missing(made, column, _nearest_or_all(made.names[column], free))
        for column in dict.fromkeys([*needed, *mapped, *unread])
        if made.names[column] not in present
    ]


def _add_doubts(made: InputTable, table: Table, files: Readings) -> None:
    """The doubts about its files: faults if about one of its columns, else warnings."""
    for source in dict.fromkeys(table.sources):
        where = source.path if isinstance(source, File) else made.where
        for doubt in files[source].doubts:
            said = Fault(where, doubt.problem, doubt.remedy, column=doubt.column)
            if doubt.column is None or table.files:
                made.warnings.append(said)
            elif doubt.column in made.names.values():
                made.faults.append(said)


def _missing(made: InputTable, column: str, near: Sayable) -> Fault:
    """The fault of a column that is not there, or that is there and not read."""
    theirs = made.names[column]
    if kind := made.reading.unread.get(theirs):
        problem = _("has a type that is not read ({type}).", type=kind)
        remedy = _("Write it as text, numbers, flags or dates.")
        return Fault(made.where, problem, remedy, column=theirs)
    problem = _("is a column this table does not have.")
    return Fault(made.where, problem, _add_or_name(made.spec, column, near), column=theirs)


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
    return did_you_mean(name, known, there_are)
