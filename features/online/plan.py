"""The plan of a build, made once per office and names, and carried out for a few cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import narwhals as nw
import numpy as np
import polars as pl

from cases.numeric import Flags, Floats
from cases.office.model import Conditions, Office
from cases.tables.tables import EXTENDED, Frame, Tables, case_columns
from features import as_of, events
from features.catalogue import catalogue
from features.conditions import holding
from features.feature import OfCase, OfConditions, OfEvents
from features.online.arrays.columns import Column
from features.online.arrays.frames import (
    Run,
    frame_of,
    rows_of,
    source,
    tables_given_later,
)
from features.online.arrays.rows import Columns, Rows, nulls_are_anything
from features.online.formulas import NUMBER, RESULT, prepared, shared
from features.online.lookup import values_of
from features.online.of_events import EventTable, aggregated
from features.online.sums import Lookup, Sums, reads_others, steps_before, totals_of
from features.steps import month_of

KEYS = ("case_id", "moment")
COUNTS = ("followed", "left")
MOST_PLANS = 8  # that are kept

_plans: list[Plan] = []  # the latest used last


def plan_of(office: Office, names: Sequence[str]) -> Plan:
    """The plan for these features; those used last are kept. It must be the same office object."""
    wanted = tuple(names)
    found = (plan for plan in _plans if plan.office is office and plan.names == wanted)
    plan = next(found, None) or Plan(office, wanted)
    _plans[:] = [*[other for other in _plans if other is not plan][1 - MOST_PLANS :], plan]
    return plan


class Plan:
    """Everything about a build that does not depend on the cases."""

    def __init__(self, office: Office, names: tuple[str, ...]) -> None:
        self.office, self.names = office, names
        known = catalogue(office)
        self.features = [known[name] for name in names]
        needed = {part.column: part for feature in self.features for part in feature.inputs}
        self.of_case = [part.column for part in needed.values() if isinstance(part, OfCase)]
        self.of_events = [part for part in needed.values() if isinstance(part, OfEvents)]
        self.conditions = [part for part in needed.values() if isinstance(part, OfConditions)]
        self.reads_others = reads_others(self.features)
        self.lookup = Lookup(office, totals_of(self.features))
        self.rows, rows = source(("row", *KEYS))
        self.sources, self.tables = tables_given_later(office)
        self._trace(self.tables, rows)
        self.held: dict[Conditions, Frame] = {}
        self.kinds = self._kinds()
        self.formulas = shared(self.features, self.kinds)
        numeric = (formula for formula in self.formulas if not formula.code)
        self.numeric = [feature.name for formula in numeric for feature in formula.features]

    def _trace(self, tables: Tables, rows: Frame) -> None:
        """What is known of the cases, and the elements of their events."""
        happened = as_of.events_at(tables, rows)
        self.known_then = as_of.Known(self.office, as_of.cases_at(tables, rows, happened), happened)
        elements = _by_element(self.of_events, of_path=False)
        self.elements = {f"element {number}": part for number, part in enumerate(elements)}
        self.happened: Frame = events.in_order(happened).with_columns(
            month=month_of(nw.col("moment")),
            **{name: part.element for name, part in self.elements.items()},
        )
        of_path = _by_element(self.of_events, of_path=True)
        self.path_elements = {f"element of path {n}": part for n, part in enumerate(of_path)}
        self.steps, steps = source([*self.happened.columns, *COUNTS])
        self.of_path: Frame = steps.with_columns(bits=events.rarity(self.office)).select(
            "row", **{name: part.element for name, part in self.path_elements.items()}
        )

    @nulls_are_anything
    def _kinds(self) -> dict[str, str]:
        """The kind of each quantity as formulas take it, as no case at all shows."""
        nothing = Tables.of(self.office, pl.DataFrame(schema=case_columns(self.office)))
        none = Column(np.array([], dtype=object)), Column(np.array([], dtype="datetime64[us]"))
        inputs = self._inputs(nothing, _numbered(*none))
        kinds = {name: column.values.dtype.kind for name, column in inputs.items()}
        return {name: kind if kind in "OM" else NUMBER for name, kind in kinds.items()}

    @nulls_are_anything
    def run(self, tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
        """What `build` gives, sorted by `case_id` and `moment`."""
        rows = _numbered(*(Column.of(moments[name]) for name in KEYS))
        inputs, count = prepared(self._inputs(tables, rows), self.kinds), rows.height
        columns, numbers = [rows.columns[name].series(name) for name in KEYS], []
        for formula in self.formulas:
            values = formula.values(inputs, count)
            if formula.code:
                texts = values.series(RESULT)
                columns += (
                    texts.slice(place * count, count).alias(feature.name)
                    for place, feature in enumerate(formula.features)
                )
            else:
                numbers.append(values.numbers().reshape(len(formula.features), count))
        wide = pl.DataFrame(columns).hstack(_frame(numbers, self.numeric, count))
        return wide[[*KEYS, *self.names]]

    def known(self, tables: Tables, moments: pl.DataFrame) -> as_of.Known:
        """What `as_of.cut` gives."""
        rows = _numbered(*(Column.of(moments[name]) for name in KEYS))
        run, known = self._given(tables, rows), self.known_then
        return as_of.Known(
            self.office,
            run.bound(known.cases),
            run.bound(known.events),
            lambda conditions: self._flags(run, conditions),
        )

    @nulls_are_anything
    def of_cases(
        self, tables: Tables, case_ids: Sequence[str], question: Callable[[Tables], Frame]
    ) -> pl.DataFrame:
        """What is asked of tables, of those of these cases alone."""
        return frame_of(self._sliced(tables, case_ids).of(question(self.tables)))

    def _held(self, conditions: Conditions) -> Frame:
        """Whether they hold, traced once for each conditions of the office file."""
        if conditions not in self.held:
            self.held[conditions] = holding(self.known_then, conditions)
        return self.held[conditions]

    @nulls_are_anything
    def _flags(self, run: Run, conditions: Conditions) -> Flags:
        rows = run.of(self._held(conditions))
        return rows.columns["holds"].spread(rows.height).holds()

    def _given(self, tables: Tables, rows: Rows) -> Run:
        """A run over these rows of moments."""
        run = self._sliced(tables, rows.columns["case_id"].values.tolist())
        run.give(self.rows, lambda: rows)
        return run

    def _sliced(self, tables: Tables, case_ids: Sequence[str]) -> Run:
        """A run over the tables' rows of these cases."""
        run = Run()
        for name in EXTENDED:
            run.give(self.sources[name], partial(_rows, tables, name, case_ids))
        return run

    def _inputs(self, tables: Tables, rows: Rows) -> dict[str, Column]:
        """Every quantity that is needed, by its column."""
        run = self._given(tables, rows)
        known = run.of(self.known_then.cases)
        sums = self.lookup.sums(tables) if self.reads_others else []
        inputs = {name: known.columns[name] for name in self.of_case}
        inputs |= self._of_events(run, sums, rows.height)
        inputs |= self._of_others(known, sums)
        for part in self.conditions:
            inputs[part.column] = run.of(self._held(part.conditions)).columns["holds"]
        return inputs

    def _of_events(
        self, run: Run, sums: Sequence[tuple[Sums, int]], count: int
    ) -> dict[str, Column]:
        if not self.of_events:
            return {}
        happened = run.of(self.happened)
        elements = {
            id(part.element): happened.columns[name] for name, part in self.elements.items()
        }
        if self.path_elements:
            run.give(self.steps, partial(_with_steps, happened, sums))
            of_path = run.of(self.of_path).columns
            elements |= {id(part.element): of_path[n] for n, part in self.path_elements.items()}
        table = EventTable(
            count,
            happened.columns["row"].values.astype(np.int64),
            tuple(self.office.activities),
            happened.columns["activity"].values,
        )
        values = aggregated(table, self.of_events, elements)
        return {
            part.column: _quantity(values[part.column], elements[id(part.element)], part.how)
            for part in self.of_events
        }

    def _of_others(self, known: Rows, sums: Sequence[tuple[Sums, int]]) -> dict[str, Column]:
        totals = self.lookup.totals
        if not totals:
            return {}
        keys = {total.key for total in totals}
        values = {
            key: values_of(known, [as_of.column_of(self.office, name) for name in key])
            for key in keys
        }
        moments = known.columns["moment"].values.astype(np.int64)
        found = self.lookup.totals_at(sums, values, moments)
        return {total.column: Column(row) for total, row in zip(totals, found, strict=True)}


def _frame(numbers: Sequence[Floats], names: Sequence[str], count: int) -> pl.DataFrame:
    """A column a row of the numbers, null for NaN; each one alone would take as long as all."""
    if not names or not count:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.Float64))
    matrix = np.ascontiguousarray(np.concatenate(numbers).T)
    return pl.Series(matrix, nan_to_null=True).arr.to_struct(names).struct.unnest()


def _rows(tables: Tables, name: str, case_ids: Sequence[str]) -> Rows:
    return rows_of(tables.of_cases(name, case_ids))


def _numbered(case_ids: Column, moments: Column) -> Rows:
    """As `as_of.numbered`."""
    pairs = sorted(
        zip(case_ids.values.tolist(), moments.values.astype(np.int64).tolist(), strict=True)
    )
    ids = np.array([case_id for case_id, _moment in pairs], dtype=object)
    times = np.array([moment for _id, moment in pairs], dtype="datetime64[us]")
    row = np.arange(len(pairs))
    return Rows({"row": Column(row), "case_id": Column(ids), "moment": Column(times)}, len(pairs))


def _quantity(values: Floats, element: Column, how: str) -> Column:
    """An aggregate over events; that of times is one where an extreme was taken."""
    if how not in ("min", "max") or element.values.dtype.kind != "M":
        return Column(values)
    null = np.isnan(values)
    return Column(np.where(null, 0.0, values).astype("int64").view("datetime64[us]"), null)


def _with_steps(happened: Rows, sums: Sequence[tuple[Sums, int]]) -> Rows:
    """Events with how often their step had been taken, null for the first of a case."""
    columns = happened.columns
    previous, activity = columns["previous_activity"], columns["activity"]
    pairs = list(zip(previous.listed(), activity.listed(), strict=True))
    followed, left = steps_before(sums, pairs, columns["month"].values.astype(np.int64))
    counts = dict(zip(COUNTS, (followed, left), strict=True))

    def column(name: str) -> Column:
        return Column(counts[name], previous.null) if name in counts else columns[name]

    return Rows(Columns([*columns, *COUNTS], column), happened.height)


def _by_element(parts: Sequence[OfEvents], *, of_path: bool) -> list[OfEvents]:
    """One part of each element."""
    return list({id(part.element): part for part in parts if part.of_path == of_path}.values())
