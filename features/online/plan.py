"""The plan of a build, made once per office and names, and carried out for a few cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from cases.numeric import Flags
from cases.office.model import Conditions, Office
from cases.tables.cells.arrays import Column, Rows
from cases.tables.tables import EXTENDED, Frame, Tables, case_columns
from cases.tables.values import TIME
from features import as_of, events
from features.catalogue import catalogue
from features.conditions import holding
from features.feature import OfCase, OfConditions, OfEvents
from features.online.arrays.columns import Traced
from features.online.arrays.expressions import TracedRows
from features.online.arrays.frames import (
    Run,
    TracedFrame,
    nulls_are_anything,
    source,
    tables_given_later,
    traced,
)
from features.online.features import KEYS, FewFeatures
from features.online.formulas import computed
from features.online.of_events import aggregated
from features.online.quantities import NUMBER, Quantities, kind_of
from features.online.sums import SUMS, Lookup, totals_of, with_steps
from features.steps import month_of

MOST_PLANS = 8  # that are kept
MOST_QUESTIONS = 8  # of the tables, that are kept with a plan

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
        self.lookup = Lookup(office, totals_of(self.features))
        self.rows, rows = source(("row", *KEYS))
        self.sources, self.tables = tables_given_later(office)
        happened = as_of.events_at(self.tables, rows)
        self.known_then = as_of.Known(office, as_of.cases_at(self.tables, rows, happened), happened)
        self.held: dict[Conditions, Traced] = {}
        self.asked: dict[Any, TracedFrame] = {}
        self.numbers, self.codes = computed(self.features, self._quantities())
        plain = (feature.name for feature in self.features if feature.type != "code")
        self.places = {name: place for place, name in enumerate(plain)}

    def _quantities(self) -> Quantities:
        """Every quantity that is needed."""
        known, happened = traced(self.known_then.cases), self._happened()
        elements = {
            id(part.element): happened.columns[name] for name, part in self._elements().items()
        }
        kinds = self._kinds([*(known.columns[name] for name in self.of_case), *elements.values()])
        found = Quantities(self.rows.rows.height)
        for name in self.of_case:
            found.add(name, known.columns[name], kinds[known.columns[name]])
        tables = aggregated(
            tuple(self.office.activities), self.of_events, happened.columns, elements, found.count
        )
        for parts, values in tables:
            extreme = parts[0].how in ("min", "max")
            kind = kinds[elements[id(parts[0].element)]] if extreme else NUMBER
            found.add_numbers([part.column for part in parts], values, kind)
        if self.lookup.totals:
            columns = [total.column for total in self.lookup.totals]
            found.add_numbers(columns, self.lookup.of_cases(known))
        for part in self.conditions:
            found.add(part.column, self._held(part.conditions), NUMBER)
        return found

    def _elements(self) -> dict[str, OfEvents]:
        """What is taken of each event, by a name."""
        parts = {id(part.element): part for part in self.of_events}
        return {f"element {number}": part for number, part in enumerate(parts.values())}

    def _happened(self) -> TracedRows:
        """Events in order, with the elements."""
        ordered = events.in_order(self.known_then.events)
        ordered = ordered.with_columns(month=month_of(nw.col("moment")))
        elements = self._elements()
        if not elements:
            return traced(ordered)
        if any(part.of_path for part in elements.values()):
            taken: Frame = nw.from_native(TracedFrame(with_steps(traced(ordered))))
            ordered = taken.with_columns(bits=events.rarity(self.office))
        return traced(ordered.with_columns(**{n: part.element for n, part in elements.items()}))

    @nulls_are_anything
    def _kinds(self, columns: Sequence[Traced]) -> dict[Traced, str]:
        """The kinds of columns, as no case at all shows."""
        nothing = Tables.of(self.office, pl.DataFrame(schema=case_columns(self.office)))
        none = pl.DataFrame(schema={"case_id": pl.String, "moment": TIME})
        found = self._given(nothing, _numbered(none)).columns(columns)
        return {column: kind_of(each.values) for column, each in zip(columns, found, strict=True)}

    @nulls_are_anything
    def run(self, tables: Tables, moments: pl.DataFrame) -> FewFeatures:
        """What `build` gives."""
        rows = _numbered(moments)
        run = self._given(tables, rows)
        codes = run.columns(list(self.codes.values()))
        return FewFeatures(
            self.names,
            {name: rows.columns[name] for name in KEYS},
            self.places,
            run.value(self.numbers),
            dict(zip(self.codes, codes, strict=True)),
        )

    def known(self, tables: Tables, moments: pl.DataFrame) -> as_of.Known:
        """What `as_of.cut` gives."""
        run = self._given(tables, _numbered(moments))
        known = self.known_then
        return as_of.Known(
            self.office,
            run.bound(known.cases),
            run.bound(known.events),
            partial(self._flags, run),
        )

    @nulls_are_anything
    def of_cases(
        self,
        tables: Tables,
        case_ids: Sequence[str],
        question: Callable[..., Frame],
        **arguments: Any,
    ) -> pl.DataFrame:
        """What is asked of tables, of those of these cases alone."""
        key = (question, *sorted(arguments.items()))
        if key not in self.asked:
            latest = list(self.asked.items())[1 - MOST_QUESTIONS :]
            self.asked = {**dict(latest), key: question(self.tables, **arguments).to_native()}
        return Run(self._sliced(tables, case_ids)).rows(self.asked[key]).frame()

    def _held(self, conditions: Conditions) -> Traced:
        """Whether they hold, traced once for each conditions of the office file."""
        if conditions not in self.held:
            held = traced(holding(self.known_then, conditions))
            self.held[conditions] = held.columns["holds"]
        return self.held[conditions]

    @nulls_are_anything
    def _flags(self, run: Run, several: Sequence[Conditions]) -> list[Flags]:
        return [held.holds() for held in run.columns([self._held(each) for each in several])]

    def _given(self, tables: Tables, rows: Rows) -> Run:
        """A run over these rows of moments."""
        sources = self._sliced(tables, rows.columns["case_id"].values.tolist())
        sums = partial(self.lookup.sums, tables)
        return Run({**sources, self.rows: lambda: rows, SUMS: sums})

    def _sliced(self, tables: Tables, case_ids: Sequence[str]) -> dict[Any, Callable[[], Rows]]:
        """The tables' rows of these cases."""
        return {self.sources[name]: partial(tables.arrays_of, name, case_ids) for name in EXTENDED}


def _numbered(moments: pl.DataFrame) -> Rows:
    """As `as_of.numbered`."""
    times = moments["moment"].to_physical().to_list()
    pairs = sorted(zip(moments["case_id"].to_list(), times, strict=True))
    ids = np.array([case_id for case_id, _moment in pairs], dtype=object)
    at = np.array([moment for _id, moment in pairs], dtype="datetime64[us]")
    row = np.arange(len(pairs))
    return Rows({"row": Column(row), "case_id": Column(ids), "moment": Column(at)}, len(pairs))
