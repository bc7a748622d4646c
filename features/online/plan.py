"""The plan of a build, made once per office and names, and carried out for a few cases."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import narwhals as nw
import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.office.model import Conditions, Office
from cases.tables.tables import Frame, Tables
from features import as_of, events
from features.catalogue import catalogue
from features.conditions import holding
from features.feature import OfCase, OfConditions, OfEvents, Quantity
from features.online.deferred import Deferred, deferred_tables, fill, run
from features.online.formulas import NUMBER, TEXT, TIME, Formulas
from features.online.lookup import microseconds
from features.online.of_events import EventTable, aggregated, as_numbers
from features.online.sums import SLICED, Lookup, Sums, reads_others, steps_before, totals_of
from features.steps import month_of

ROWS = {"row": pl.UInt32(), "case_id": pl.String(), "moment": TIME}
COUNTS = {"followed": NUMBER, "left": NUMBER}
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
        self.of_events = [part for part in needed.values() if isinstance(part, OfEvents)]
        self.reads_others = reads_others(self.features)
        self.lookup = Lookup(office, totals_of(self.features))
        self.rows = Deferred(ROWS)
        self.sources, tables = deferred_tables(office)
        self._trace_known(tables)
        self.held: dict[Conditions, pl.LazyFrame] = {}
        self.conditions = [part for part in needed.values() if isinstance(part, OfConditions)]
        self.formulas = Formulas(self.features, self._types(list(needed.values())))
        self.lock = threading.Lock()  # a plan is filled for one request at a time

    def _trace_known(self, tables: Tables) -> None:
        """What is known of the cases, and the elements of their events."""
        rows = self.rows.frame
        in_order = events.in_order(as_of.events_at(tables, rows))
        month = month_of(nw.col("moment"))
        self.elements = {
            f"element {number}": part.element
            for number, part in enumerate(_by_element(self.of_events, of_path=False))
        }
        self.events_plan: pl.LazyFrame = in_order.with_columns(
            month=month, **self.elements
        ).to_native()
        self.events = Deferred(self.events_plan.collect_schema())
        self.cases_plan: pl.LazyFrame = as_of.cases_at(tables, rows, self.events.frame).to_native()
        self.cases = Deferred(self.cases_plan.collect_schema())
        self.deferred = as_of.Known(self.office, self.cases.frame, self.events.frame)
        self.path_elements = {
            f"element of path {number}": part.element
            for number, part in enumerate(_by_element(self.of_events, of_path=True))
        }
        self.steps = Deferred({**self.events.given.schema, **COUNTS})
        of_path = self.steps.frame.with_columns(bits=events.rarity(self.office))
        self.path_plan: pl.LazyFrame = of_path.select("row", **self.path_elements).to_native()

    def _types(self, needed: Sequence[Quantity]) -> dict[str, pl.DataType]:
        """The type of each quantity as formulas take it: a number, a time or a text."""
        types: dict[str, pl.DataType] = {part.column: NUMBER for part in needed}
        of_case = self.cases.given.schema
        types |= {
            part.column: _kind(of_case[part.column]) for part in needed if isinstance(part, OfCase)
        }
        elements = {
            id(part): self.events.given.schema[name] for name, part in self.elements.items()
        }
        extremes = (part for part in self.of_events if part.how in ("min", "max"))
        return types | {
            part.column: _kind(elements.get(id(part.element), NUMBER)) for part in extremes
        }

    def run(self, tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
        """What `build` gives, sorted by `case_id` and `moment`."""
        rows = _numbered(moments)
        with self.lock:
            values = self.formulas.values(self._inputs(tables, rows), rows.height)
        return rows.select("case_id", "moment", *(values[name].alias(name) for name in self.names))

    def known(self, tables: Tables, moments: pl.DataFrame) -> as_of.Known:
        """What `as_of.cut` gives."""
        with self.lock:
            cases, happened = self._known(tables, _numbered(moments))

        def held(conditions: Conditions) -> Frame:
            with self.lock:
                self.cases.given, self.events.given = cases, happened
                return _lazy(run(self._held(conditions)))

        return as_of.Known(self.office, _lazy(cases), _lazy(happened), held)

    def _held(self, conditions: Conditions) -> pl.LazyFrame:
        """The plan of `holding`, made once for each conditions of the office file."""
        if conditions not in self.held:
            self.held[conditions] = holding(self.deferred, conditions).to_native()
        return self.held[conditions]

    def _known(self, tables: Tables, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The cases and their events, and what stands in their elements."""
        case_ids = rows["case_id"].to_list()
        fill(self.sources, {name: tables.of_cases(name, case_ids) for name in SLICED})
        self.rows.given = rows
        self.events.given = run(self.events_plan)
        self.cases.given = run(self.cases_plan).sort("row")
        return self.cases.given, self.events.given

    def _inputs(self, tables: Tables, rows: pl.DataFrame) -> dict[str, Floats | pl.Series]:
        """Every quantity that is needed, by its column."""
        known, happened = self._known(tables, rows)
        sums = self.lookup.sums(tables) if self.reads_others else []
        inputs: dict[str, Floats | pl.Series] = {
            name: column if column.dtype == TEXT else as_numbers(column)
            for name, column in known.to_dict().items()
        }
        inputs |= self._of_events(happened, sums, rows.height)
        inputs |= self._of_others(known, sums)
        for part in self.conditions:
            inputs[part.column] = as_numbers(run(self._held(part.conditions)).sort("row")["holds"])
        return inputs

    def _of_events(
        self, happened: pl.DataFrame, sums: Sequence[tuple[Sums, int]], count: int
    ) -> dict[str, Floats]:
        if not self.of_events:
            return {}
        elements = {id(part): happened[name] for name, part in self.elements.items()}
        if self.path_elements:
            self.steps.given = _with_steps(happened, sums)
            of_path = run(self.path_plan)
            elements |= {id(part): of_path[name] for name, part in self.path_elements.items()}
        table = EventTable(
            count,
            happened["row"].to_numpy().astype(np.int64),
            tuple(self.office.activities),
            happened["activity"],
        )
        return aggregated(table, self.of_events, elements)

    def _of_others(
        self, known: pl.DataFrame, sums: Sequence[tuple[Sums, int]]
    ) -> dict[str, Floats]:
        totals = self.lookup.totals
        if not totals:
            return {}
        values = {
            key: known.select(as_of.column_of(self.office, name) for name in key).rows()
            if key
            else [()] * known.height
            for key in {total.key for total in totals}
        }
        found = self.lookup.totals_at(sums, values, microseconds(known["moment"]))
        return dict(zip((total.column for total in totals), found, strict=True))


def _lazy(frame: pl.DataFrame) -> Frame:
    lazy: Frame = nw.from_native(frame.lazy())
    return lazy


def _numbered(moments: pl.DataFrame) -> pl.DataFrame:
    """As `as_of.numbered`."""
    return moments.select("case_id", "moment").sort("case_id", "moment").with_row_index("row")


def _with_steps(happened: pl.DataFrame, sums: Sequence[tuple[Sums, int]]) -> pl.DataFrame:
    """Events with how often their step had been taken, null for the first of a case."""
    pairs = happened.select("previous_activity", "activity").rows()
    followed, left = steps_before(sums, pairs, microseconds(happened["month"]))
    counted = happened.with_columns(followed=pl.Series(followed), left=pl.Series(left))
    first = pl.col("previous_activity").is_null()
    return counted.with_columns(pl.when(~first).then(pl.col(*COUNTS)))


def _by_element(parts: Sequence[OfEvents], *, of_path: bool) -> list[OfEvents]:
    """One part of each element."""
    return list({id(part.element): part for part in parts if part.of_path == of_path}.values())


def _kind(kind: pl.DataType) -> pl.DataType:
    if kind == TEXT:
        return TEXT
    return TIME if isinstance(kind, pl.Datetime) else NUMBER
