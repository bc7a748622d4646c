"""How an office's tables were read: what a person looks at to see that it is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cases.errors import Fault
from cases.language.messages import Sayable
from cases.tables.cells.column import Done
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import READ, ROW

SAMPLED = 10  # rows of each table that are shown as they were understood
MIDNIGHT, SECONDS = r" 00:00:00$", r"( \d\d:\d\d):00$"


@dataclass(frozen=True)
class ColumnRead:
    """One of our columns: the name it has in the file, and what was done to read it.

    `filled` and `blank` count the rows with and without a value, of those that were read.
    """

    name: str
    theirs: str
    filled: int
    blank: int
    done: Done


@dataclass(frozen=True)
class TableRead:
    """One table: how many rows stand in the file, are blank, were set aside and were read.

    `sample` has rows as they were understood, as text, with their number (`row`): that in the
    file, or in the result of the query where the table is `queried`.
    """

    name: str
    where: str
    notes: tuple[Sayable, ...]
    rows_in_file: int
    blank: int
    set_aside: int
    read: int
    columns: tuple[ColumnRead, ...]
    sample: pl.DataFrame
    queried: bool

    @classmethod
    def of(cls, table: InputTable) -> TableRead:
        """How a table was read, once its faulty rows are gone."""
        filled = {name: table.frame[name + READ].count() for name in table.done}
        rows = table.frame.height
        return cls(
            table.spec.name,
            table.where,
            table.reading.notes,
            table.reading.frame.height,
            table.reading.frame.height - table.raw.height,
            table.raw.height - table.frame.height,
            table.frame.height,
            tuple(
                ColumnRead(name, table.names[name], filled[name], rows - filled[name], done)
                for name, done in table.done.items()
            ),
            _sample(table),
            table.queried,
        )


@dataclass(frozen=True)
class ReadingReport:
    """How every table was read, and the warnings about them."""

    tables: tuple[TableRead, ...]
    warnings: tuple[Fault, ...]

    @classmethod
    def of(cls, tables: Iterable[InputTable]) -> ReadingReport:
        """Of tables that are read, checked and rid of faulty rows."""
        tables = tuple(tables)
        warnings = (warning for table in tables for warning in table.warnings)
        return cls(tuple(map(TableRead.of, tables)), tuple(warnings))


def _sample(table: InputTable) -> pl.DataFrame:
    """Rows from the first to the last, evenly apart."""
    frame = table.frame.select(ROW, *table.done)
    last = max(frame.height - 1, 0)
    steps = min(SAMPLED, frame.height)
    rows = sorted({round(step * last / max(steps - 1, 1)) for step in range(steps)})
    frame = frame[rows]
    return pl.DataFrame([_as_text(frame[name], kind) for name, kind in frame.schema.items()])


def _as_text(column: pl.Series, kind: pl.DataType) -> pl.Series:
    if isinstance(kind, pl.Datetime):
        return (
            column.dt.strftime("%Y-%m-%d %H:%M:%S")
            .str.replace(MIDNIGHT, "")
            .str.replace(SECONDS, "$1")
        )
    if kind.is_float():
        return column.cast(pl.String).str.replace(r"\.0$", "")
    return column.cast(pl.String)
