"""Plans over NumPy columns: Narwhals traced once over frames that are given when they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from cases.numeric import Ints
from cases.office.model import Office
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Frame, Tables, case_columns
from features.online.arrays.columns import Column, codes
from features.online.arrays.expressions import Compute, Expression, Namespace, supported
from features.online.arrays.rows import Columns, Rows, nulls_are_anything


class Traced:
    """A frame that is computed when it is run: what Narwhals asks of a lazy one."""

    _implementation = nw.Implementation.UNKNOWN

    def __init__(self, columns: Iterable[str], step: Callable[[Run], Rows]) -> None:
        self.columns, self.step = list(columns), step

    def __narwhals_lazyframe__(self) -> Traced:
        return self

    def __narwhals_namespace__(self) -> Namespace:
        return Namespace()

    def _with_version(self, _version: Any) -> Traced:
        return self

    @property
    def _native_frame(self) -> Traced:
        return self

    @nulls_are_anything
    def collect(self, _backend: Any) -> Any:
        """The rows as a Polars frame, of a plan whose sources were given (`Run.bound`)."""
        return nw.from_native(frame_of(Run().rows(self)))._compliant_frame

    def simple_select(self, *names: str) -> Traced:
        return self._with(names, {})

    def select(self, *parts: Expression) -> Traced:
        named = _named(parts)
        return self._with(named, named)

    def with_columns(self, *parts: Expression) -> Traced:
        named = _named(parts)
        return self._with(dict.fromkeys([*self.columns, *named]), named)

    def rename(self, mapping: Mapping[str, str]) -> Traced:
        col = Namespace().col
        parts = _named([col(old).alias(new) for old, new in mapping.items() if old in self.columns])
        return self._with([mapping.get(name, name) for name in self.columns], parts)

    def drop(self, columns: Sequence[str], *, strict: bool) -> Traced:
        return self.simple_select(*(name for name in self.columns if name not in columns))

    def filter(self, predicate: Expression) -> Traced:
        holds = predicate.compute
        return self._taking(lambda rows: np.flatnonzero(holds(rows).spread(rows.height).holds()))

    def drop_nulls(self, subset: Sequence[str]) -> Traced:
        def kept(rows: Rows) -> Ints:
            known = [rows.columns[name].known() for name in subset]
            return np.flatnonzero(np.logical_and.reduce(known))

        return self._taking(kept)

    def unique(self, subset: Sequence[str] | None, *, keep: str, order_by: None) -> Traced:
        supported(subset is None)
        return self._taking(lambda rows: codes([rows.columns[name] for name in self.columns])[1])

    def join(
        self,
        other: Traced,
        *,
        how: str,
        left_on: Sequence[str],
        right_on: Sequence[str],
        suffix: str,
    ) -> Traced:
        names = dict.fromkeys([*self.columns, *other.columns])
        joining = {"inner": _inner, "left": _left}[how]

        def step(run: Run) -> Rows:
            one, two = run.rows(self), run.rows(other)
            keys = [one.columns[name] for name in left_on], [two.columns[name] for name in right_on]
            here, there = joining(*_matched(*keys))

            def column(name: str) -> Column:
                if name in one.columns:
                    return one.columns[name].at(here)
                return _looked_up(two.columns[name], there)

            return Rows(Columns(names, column), len(here))

        return Traced(names, step)

    def group_by(self, keys: Sequence[str], *, drop_null_keys: bool) -> Grouped:
        supported(not drop_null_keys)
        return Grouped(self, keys)

    def _with(self, names: Iterable[str], parts: Mapping[str, Compute]) -> Traced:
        """Columns of these names: the named parts, and the others as they are."""

        def step(run: Run) -> Rows:
            rows = run.rows(self)

            def column(name: str) -> Column:
                part = parts.get(name)
                return rows.columns[name] if part is None else part(rows).spread(rows.height)

            return Rows(Columns(names, column), rows.height)

        return Traced(names, step)

    def _taking(self, which: Callable[[Rows], Ints]) -> Traced:
        def step(run: Run) -> Rows:
            rows = run.rows(self)
            places = which(rows)
            return Rows(
                Columns(self.columns, lambda name: rows.columns[name].at(places)), len(places)
            )

        return Traced(self.columns, step)


class Grouped:
    """A plan's rows by the values of some columns."""

    def __init__(self, plan: Traced, keys: Sequence[str]) -> None:
        self.plan, self.keys = plan, keys

    def agg(self, *parts: Expression) -> Traced:
        """One row a group: its keys and the aggregates."""
        named = _named(parts)

        def step(run: Run) -> Rows:
            rows = run.rows(self.plan)
            groups, first = codes([rows.columns[name] for name in self.keys])
            grouped = Rows(rows.columns, rows.height, groups, len(first))

            def column(name: str) -> Column:
                part = named.get(name)
                return rows.columns[name].at(first) if part is None else part(grouped)

            return Rows(Columns([*self.keys, *named], column), len(first))

        return Traced([*self.keys, *named], step)


class Run:
    """One run of some plans: what their sources were given, and what was computed so far."""

    def __init__(self) -> None:
        self.given: dict[Traced, Callable[[], Rows]] = {}
        self.done: dict[Traced, Rows] = {}

    def give(self, source: Traced, rows: Callable[[], Rows]) -> None:
        """The rows of a source, for when they are asked for."""
        self.given[source] = rows

    def rows(self, plan: Traced) -> Rows:
        """What a plan gives; each is computed once."""
        if plan not in self.done:
            given = self.given.get(plan)
            self.done[plan] = given() if given else plan.step(self)
        return self.done[plan]

    def of(self, frame: Frame) -> Rows:
        """What a frame gives that was traced from the sources."""
        return self.rows(frame.to_native())

    def bound(self, frame: Frame) -> Frame:
        """A frame that was traced from the sources, with what they were given."""
        given: Frame = nw.from_native(Traced(frame.columns, lambda _other: self.of(frame)))
        return given


def source(columns: Iterable[str]) -> tuple[Traced, Frame]:
    """A plan that has to be given its rows, and the frame to trace."""

    def missing(_run: Run) -> Rows:
        raise LookupError("the source of a plan was not given")

    plan = Traced(list(columns), missing)
    frame: Frame = nw.from_native(plan)
    return plan, frame


def tables_given_later(office: Office) -> tuple[dict[str, Traced], Tables]:
    """The sources of tables that are given later, by name, and these tables."""
    schemas = {name: spec.schema for name, spec in SPECIFICATIONS.items()}
    schemas["cases"] = case_columns(office)
    made = {name: source(schema) for name, schema in schemas.items()}
    frames = {name: frame for name, (_plan, frame) in made.items()}
    return {name: plan for name, (plan, _frame) in made.items()}, Tables(office, frames)


def rows_of(frame: pl.DataFrame) -> Rows:
    """The rows of a Polars frame."""
    return Rows(Columns(frame.columns, lambda name: Column.of(frame[name])), frame.height)


def frame_of(rows: Rows) -> pl.DataFrame:
    """The rows as a Polars frame."""
    return pl.DataFrame([column.series(name) for name, column in rows.columns.items()])


def _named(parts: Sequence[Expression]) -> dict[str, Compute]:
    return {name: compute for part in parts for name, compute in part.parts.items()}


def _matched(one: Sequence[Column], other: Sequence[Column]) -> tuple[Ints, Ints, Ints]:
    """Of each row of the first where its matches begin, how many there are, and their rows."""
    if all(len(keys) == 1 and _plain(keys[0]) for keys in (one, other)):
        sought, there = one[0].values, other[0].values
        order = np.argsort(there, kind="stable")
        begin, end = (np.searchsorted(there[order], sought, side) for side in ("left", "right"))
        return begin, end - begin, order
    numbers: dict[Any, int] = {}
    theirs = [numbers.setdefault(key, len(numbers)) for key in _keys(other)]
    ours = np.array([numbers.get(key, -1) for key in _keys(one)], dtype=np.int64)
    rows = np.argsort(np.array(theirs, dtype=np.int64), kind="stable")
    counts = np.bincount(np.array(theirs, dtype=np.int64), minlength=len(numbers) + 1)
    starts = np.cumsum(counts) - counts
    found = ours >= 0
    return starts[ours], np.where(found, counts[ours], 0), rows


def _plain(column: Column) -> bool:
    """Whether it is of whole numbers, none of them null."""
    return column.null is None and column.values.dtype.kind == "i"


def _keys(columns: Sequence[Column]) -> list[Any]:
    """The keys of a join; a null is like no other."""
    if len(columns) == 1 and columns[0].null is None:
        keys: list[Any] = columns[0].values.tolist()
        return keys
    rows = zip(*(column.listed() for column in columns), strict=True)
    return [object() if None in row else (row if len(columns) > 1 else row[0]) for row in rows]


def _inner(starts: Ints, counts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The rows that match, of both sides."""
    here = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts)
    return here, rows[np.repeat(starts, counts) + within]


def _left(starts: Ints, counts: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Every row of the first side, -1 where the other has none."""
    here, there = _inner(starts, np.maximum(counts, 1), np.append(rows, -1))
    return here, np.where(counts[here] > 0, there, -1)


def _looked_up(column: Column, rows: Ints) -> Column:
    """The values at these rows, null at -1."""
    missing = rows < 0
    if not missing.any():
        return column.at(rows)
    values = np.append(column.values, np.zeros(1, dtype=column.values.dtype))
    null = missing if column.null is None else missing | np.append(column.null, True)[rows]
    return Column(values[rows], null)
