"""Plans over NumPy columns: Narwhals traced once over frames that are given when they are run."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from cases.office.model import Office
from cases.tables.cells.arrays import Column, OnDemand, Rows
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Frame, Tables, case_columns
from features.online.arrays import grouping, operations
from features.online.arrays.columns import Traced
from features.online.arrays.expressions import (
    Compute,
    Expression,
    Namespace,
    TracedRows,
    supported,
)
from features.online.arrays.nodes import Node, Values, constant, given, node, program

NONE = constant(None)

# Around whatever runs a plan: what stands where a value is null may be anything.
nulls_are_anything = np.errstate(all="ignore")


class TracedFrame:
    """A frame as nodes: what Narwhals asks of a lazy one. `run` has what its sources were given."""

    _implementation = nw.Implementation.UNKNOWN

    def __init__(self, rows: TracedRows, run: Run | None = None) -> None:
        self.rows, self.run = rows, run
        self.columns = list(rows.columns)

    def __narwhals_lazyframe__(self) -> TracedFrame:
        return self

    def __narwhals_namespace__(self) -> Namespace:
        return Namespace()

    def _with_version(self, _version: Any) -> TracedFrame:
        return self

    @property
    def _native_frame(self) -> TracedFrame:
        return self

    @nulls_are_anything
    def collect(self, _backend: Any) -> Any:
        """The rows as a Polars frame, of a plan whose sources were given (`Run.bound`)."""
        if self.run is None:
            raise LookupError("the source of a plan was not given")
        return nw.from_native(self.run.rows(self).frame())._compliant_frame

    def simple_select(self, *names: str) -> TracedFrame:
        return self._with(names, {})

    def select(self, *parts: Expression) -> TracedFrame:
        named = _named(parts)
        return self._with(named, named)

    def with_columns(self, *parts: Expression) -> TracedFrame:
        named = _named(parts)
        return self._with([*self.columns, *named], named)

    def rename(self, mapping: Mapping[str, str]) -> TracedFrame:
        col = Namespace().col
        parts = _named([col(old).alias(new) for old, new in mapping.items() if old in self.columns])
        return self._with([mapping.get(name, name) for name in self.columns], parts)

    def drop(self, columns: Sequence[str], *, strict: bool) -> TracedFrame:
        return self.simple_select(*(name for name in self.columns if name not in columns))

    def filter(self, predicate: Expression) -> TracedFrame:
        holds = predicate.compute(self.rows).spread(self.rows.height).holds
        return self._at(node(operations.places_where, holds))

    def drop_nulls(self, subset: Sequence[str]) -> TracedFrame:
        nulls = (self.rows.columns[name].spread(self.rows.height).null for name in subset)
        return self._at(node(operations.places_known, self.rows.height, *nulls))

    def unique(self, subset: Sequence[str] | None, *, keep: str, order_by: None) -> TracedFrame:
        supported(subset is None)
        return self._at(node(operator.getitem, self.rows.codes(self.columns), 1))

    def join(
        self,
        other: TracedFrame,
        *,
        how: str,
        left_on: Sequence[str],
        right_on: Sequence[str],
        suffix: str,
    ) -> TracedFrame:
        ours, theirs = self.rows, other.rows
        joining = {"inner": grouping.inner, "left": grouping.left}[how]
        keys = [
            *_keys([ours.columns[name] for name in left_on]),
            *_keys([theirs.columns[name] for name in right_on]),
        ]
        pairs = node(joining, node(grouping.matched, *keys))
        here, there = (node(operator.getitem, pairs, side) for side in (0, 1))

        def column(name: str) -> Traced:
            if name in ours.columns:
                return ours.columns[name].at(here)
            found = theirs.columns[name]
            return found.at(there) if how == "inner" else found.looked_up(there)

        names = [*self.columns, *other.columns]
        joined = TracedRows(OnDemand(names, column), node(len, there))
        return TracedFrame(joined, self.run or other.run)

    def group_by(self, keys: Sequence[str], *, drop_null_keys: bool) -> Grouped:
        supported(not drop_null_keys)
        return Grouped(self, keys)

    def _with(self, names: Iterable[str], parts: Mapping[str, Compute]) -> TracedFrame:
        """Columns of these names: the named parts, and the others as they are."""
        rows = self.rows

        def column(name: str) -> Traced:
            part = parts.get(name)
            return rows.columns[name] if part is None else part(rows).spread(rows.height)

        return TracedFrame(TracedRows(OnDemand(names, column), rows.height), self.run)

    def _at(self, places: Node) -> TracedFrame:
        rows = self.rows
        columns = OnDemand(self.columns, lambda name: rows.columns[name].at(places))
        return TracedFrame(TracedRows(columns, node(len, places)), self.run)


class Grouped:
    """A plan's rows by the values of some columns."""

    def __init__(self, frame: TracedFrame, keys: Sequence[str]) -> None:
        self.frame, self.keys = frame, keys

    def agg(self, *parts: Expression) -> TracedFrame:
        """One row a group: its keys and the aggregates."""
        named, rows = _named(parts), self.frame.rows
        groups = rows.codes(self.keys)
        first = node(operator.getitem, groups, 1)
        grouped = TracedRows(rows.columns, rows.height, groups)

        def column(name: str) -> Traced:
            part = named.get(name)
            return rows.columns[name].at(first) if part is None else part(grouped)

        columns = OnDemand([*self.keys, *named], column)
        return TracedFrame(TracedRows(columns, node(len, first)), self.frame.run)


class Source(TracedFrame):
    """A frame that has to be given its rows."""

    def __init__(self, names: Iterable[str]) -> None:
        columns = {name: Traced(self._values(name), self._null(name)) for name in names}
        super().__init__(TracedRows(columns, given(lambda sources: sources[self].height)))

    def _values(self, name: str) -> Node:
        return given(lambda sources: sources[self].columns[name].values)

    def _null(self, name: str) -> Node:
        return given(lambda sources: sources[self].columns[name].null)


class Run:
    """One run of some plans: what their sources were given, and what was computed so far.

    Other nodes may be given by a key of their own.
    """

    def __init__(self, sources: Mapping[Hashable, Callable[[], Any]]) -> None:
        self.sources = OnDemand(sources, lambda source: sources[source]())
        self.values: Values = {}

    def value(self, of: Node) -> Any:
        """What a node gives."""
        (found,) = program(of).run(self.values, self.sources)
        return found

    def rows(self, frame: TracedFrame) -> Rows:
        """All columns of a frame."""
        columns = self.columns([frame.rows.columns[name] for name in frame.columns])
        return Rows(dict(zip(frame.columns, columns, strict=True)), self.value(frame.rows.height))

    def columns(self, columns: Sequence[Traced]) -> list[Column]:
        """These columns."""
        parts = [part for column in columns for part in (column.values, column.null or NONE)]
        found = iter(program(*parts).run(self.values, self.sources))
        return [Column(values, null) for values, null in zip(found, found, strict=True)]

    def bound(self, frame: Frame) -> Frame:
        """A frame that was traced from the sources, with what they were given."""
        with_run: Frame = nw.from_native(TracedFrame(traced(frame), self))
        return with_run


def traced(frame: Frame) -> TracedRows:
    """The nodes of a frame that was traced."""
    native: TracedFrame = frame.to_native()
    return native.rows


def source(columns: Iterable[str]) -> tuple[Source, Frame]:
    """A frame that has to be given its rows, and the same to trace."""
    made = Source(columns)
    frame: Frame = nw.from_native(made)
    return made, frame


def tables_given_later(office: Office) -> tuple[dict[str, Source], Tables]:
    """The sources of tables that are given later, by name, and these tables."""
    schemas = {name: spec.schema for name, spec in SPECIFICATIONS.items()}
    schemas["cases"] = case_columns(office)
    made = {name: source(schema) for name, schema in schemas.items()}
    frames = {name: frame for name, (_source, frame) in made.items()}
    return {name: each for name, (each, _frame) in made.items()}, Tables(office, frames)


def _named(parts: Sequence[Expression]) -> dict[str, Compute]:
    return {name: compute for part in parts for name, compute in part.parts.items()}


def _keys(columns: Sequence[Traced]) -> list[Node | None]:
    """Of the keys of a join the levels, then the nulls."""
    return [column.levels for column in columns] + [column.null for column in columns]
