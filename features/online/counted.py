"""What counts for totals over other cases (`as_of.counted`), of an office and of few cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats, Ints
from cases.office.model import Office
from cases.tables.cells.arrays import Column
from features.as_of import AFTER_QUESTIONS, MARKS, column_of, shown_columns
from features.online.arrays.expressions import TracedRows
from features.online.arrays.nodes import Node, node
from features.online.arrays.operations import Array, Levels, Null
from features.online.lookup import MOST_MARKS, NEVER, Counted, Numbers, numbered

BySource = dict[str, Counted]


def counted_in(
    office: Office, rows: Mapping[str, pl.DataFrame], columns: Sequence[str]
) -> tuple[dict[str, Numbers], BySource]:
    """What counts in a whole office, and the numbers of the values of these columns."""
    numbers: dict[str, Numbers] = {}
    codes: dict[str, dict[str, Ints]] = {source: {} for source in rows}
    for column in columns:
        name = column_of(office, column)
        of_column = pl.concat([frame[name] for frame in rows.values()])
        values = of_column.unique().drop_nulls()
        numbers[column] = {value: number for number, value in enumerate(values.to_list())}
        table = values.to_frame().with_row_index("number")
        for source, frame in rows.items():
            found = frame.select(name).join(table, on=name, how="left", maintain_order="left")
            codes[source][column] = found["number"].cast(pl.Int64).fill_null(-1).to_numpy()
    late = shown_columns(office, columns)
    return numbers, {
        source: _in_office(codes[source], frame, late, MARKS[source])
        for source, frame in rows.items()
    }


def _in_office(
    codes: Mapping[str, Ints], frame: pl.DataFrame, late: Mapping[str, str], marks: Sequence[str]
) -> Counted:
    columns = {name: Column.of(frame[name]) for name in ("time", "turn", *late, *marks)}
    shown = {
        name: _since(columns[since].values, columns[since].null) for since, name in late.items()
    }
    time, turn, *of_marks = (columns[name].values for name in ("time", "turn", *marks))
    return _counted(codes, shown, time, turn, of_marks)


def counted_few(office: Office, counted: Mapping[str, TracedRows], columns: Sequence[str]) -> Node:
    """As `counted_in`, as a node: of a few cases."""
    late = shown_columns(office, columns)
    of_sources = []
    for source, rows in counted.items():
        cases = [rows.columns[column_of(office, column)] for column in columns]
        shown = [rows.columns[name] for name in late]
        names = ("time", "turn", *MARKS[source])
        of_sources.append(
            node(
                _of_source,
                tuple(columns),
                tuple(late.values()),
                len(MARKS[source]),
                *(rows.columns[name].values for name in names),
                *(case.levels for case in cases),
                *(case.null for case in cases),
                *(node(_since, since.values, since.null) for since in shown),
            )
        )
    return node(_of_sources, tuple(counted), *of_sources)


@dataclass(frozen=True)
class _OfSource:
    """What counts of a source, before the values of the cases have their numbers."""

    levels: Mapping[str, Levels]
    nulls: Mapping[str, Null]
    shown: Mapping[str, Ints]
    time: Array
    turn: Array
    marks: Sequence[Floats]

    def counted(self, numbers: Mapping[str, Numbers]) -> Counted:
        codes = {}
        for column, levels in self.levels.items():
            found, null = numbered(levels, numbers[column]), self.nulls[column]
            codes[column] = found if null is None else np.where(null, -1, found)
        return _counted(codes, self.shown, self.time, self.turn, self.marks)


def _of_source(
    columns: tuple[str, ...],
    late: tuple[str, ...],
    marks: int,
    time: Array,
    turn: Array,
    *parts: Any,
) -> _OfSource:
    left = iter(parts)
    of_marks = [next(left) for _mark in range(marks)]
    levels = {column: next(left) for column in columns}
    nulls = {column: next(left) for column in columns}
    return _OfSource(levels, nulls, dict(zip(late, left, strict=True)), time, turn, of_marks)


def _of_sources(sources: tuple[str, ...], *parts: _OfSource) -> tuple[dict[str, Numbers], BySource]:
    numbers = {
        column: _numbers(part.levels[column] for part in parts) for column in parts[0].levels
    }
    return numbers, {
        source: part.counted(numbers) for source, part in zip(sources, parts, strict=True)
    }


def _numbers(levels: Iterable[Levels]) -> Numbers:
    """The numbers of all values."""
    different = {id(values): values for _numbers, values in levels}
    every = dict.fromkeys(value for values in different.values() for value in values)
    return {value: number for number, value in enumerate(every)}


def _counted(
    codes: Mapping[str, Ints],
    shown: Mapping[str, Ints],
    time: Array,
    turn: Array,
    of_marks: Sequence[Floats],
) -> Counted:
    marks = np.zeros((MOST_MARKS, len(time)))
    marks[: len(of_marks)] = of_marks
    later = (turn == AFTER_QUESTIONS).astype(np.int64)
    return Counted(codes, shown, time.view(np.int64), later, marks)


def _since(values: Array, null: Null) -> Ints:
    times = values.view(np.int64)
    return times if null is None else np.where(null, NEVER, times)
