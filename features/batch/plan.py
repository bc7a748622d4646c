"""The features of many cases, one block of them after the other, so that memory stays bounded.

What is counted over other cases is narrow and computed for all cases at once. What is of a case
and its events is wide, and only one block of it is there at a time. The formulas are those of
`features/build.py`, traced once and filled for each block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from cases.language.messages import _
from cases.progress import Progress, silent
from cases.tables.tables import EVENTS, Frame, Tables, rows
from features import as_of
from features.batch.deferred import Deferred, run
from features.batch.of_events import EventTable, in_order, with_rarity
from features.batch.totals import Totals
from features.blocks import in_blocks
from features.conditions import holding
from features.feature import Feature, OfConditions, OfEvents, OfOthers, Quantity

ROW = ("row", "case_id", "moment")
FEATURES = _("features")
MOST_PLANS = 4  # that are kept

Key = tuple[int, tuple[str, ...], tuple[tuple[str, pl.DataType], ...]]

_plans: dict[Key, Plan] = {}  # by office (which a plan keeps alive), features and columns


def built_in_blocks(
    tables: Tables, moments: Frame, features: Sequence[Feature], progress: Progress = silent
) -> Iterator[pl.DataFrame]:
    """What `build` gives, in blocks, sorted by `case_id` and `moment`; at least one block."""
    progress(FEATURES, 0.0)
    needed = list({part.column: part for feature in features for part in feature.inputs}.values())
    known = rows(as_of.cut(tables, moments).cases).sort("row")
    totals = [part for part in needed if isinstance(part, OfOthers)]
    if totals:
        known = known.with_columns(Totals(tables, known, totals).columns())
    key = (
        id(tables.office),
        tuple(feature.name for feature in features),
        tuple(known.schema.items()),
    )
    plan = _plans.pop(key, None) or Plan(tables, features, needed, known.schema)
    for start, end, happened in in_blocks(known["case_id"], tables.event_rows):
        yield plan.run(tables, known[start:end], happened)
        progress(FEATURES, end / max(known.height, 1))
    _keep(key, plan)


def _keep(key: Key, plan: Plan) -> None:
    """Keep a plan for the next batch; one in use is not among those kept."""
    plan.forget()
    _plans[key] = plan
    for oldest in list(_plans)[:-MOST_PLANS]:
        _plans.pop(oldest, None)


class Plan:
    """Everything about a batch that does not depend on the block; `known` is what a block has."""

    def __init__(
        self,
        tables: Tables,
        features: Sequence[Feature],
        needed: Sequence[Quantity],
        known: pl.Schema,
    ) -> None:
        self.office = tables.office
        self.parts = [part for part in needed if isinstance(part, OfEvents)]
        self.of_path = any(part.of_path for part in self.parts)
        self.cases, self.happened = Deferred(known), Deferred(EVENTS)
        of_block = Tables(tables.office, {**tables.frames, "events": self.happened.frame})
        happened = as_of.events_at(of_block, self.cases.frame.select(*ROW))
        self.happened_plan: pl.LazyFrame = happened.to_native()
        self.ordered = Deferred(self._in_order(tables).schema)
        elements = {id(part.element): part.element for part in self.parts}
        self.names = {known_as: f"element {number}" for number, known_as in enumerate(elements)}
        named = {self.names[known_as]: element for known_as, element in elements.items()}
        self.elements: pl.LazyFrame = self.ordered.frame.select(
            "row", "activity", **named
        ).to_native()
        held = as_of.Known(tables.office, self.cases.frame, self.ordered.frame)
        self.held: dict[str, pl.LazyFrame] = {
            part.column: holding(held, part.conditions).select("row", "holds").to_native()
            for part in needed
            if isinstance(part, OfConditions)
        }
        self.inputs = Deferred({**known, **self._types(), **dict.fromkeys(self.held, pl.Boolean)})
        formulas = (feature.expression for feature in features)
        self.formulas: pl.LazyFrame = self.inputs.frame.select(
            "case_id", "moment", *formulas
        ).to_native()

    def _types(self) -> dict[str, pl.DataType]:
        """Of the aggregates over events: a time where the extreme is one, else a number."""
        return dict(pl.DataFrame(self._of_events(pl.Series([0]))).schema)

    def _in_order(self, tables: Tables) -> pl.DataFrame:
        """The events of the cases and moments given, with all that elements are taken from."""
        ordered = in_order(run(self.happened_plan))
        return with_rarity(tables, ordered) if self.of_path else ordered

    def run(self, tables: Tables, known: pl.DataFrame, happened: pl.DataFrame) -> pl.DataFrame:
        """The features of one block, in the order of its rows, of their cases' events."""
        self.cases.given, self.happened.given = known, happened
        if self.parts or self.held:
            self.ordered.given = self._in_order(tables)
        held = {name: run(plan).sort("row")["holds"] for name, plan in self.held.items()}
        self.inputs.given = known.with_columns(*self._of_events(known["row"]), **held)
        return run(self.formulas)

    def forget(self) -> None:
        """Let go of the last block."""
        for source in (self.cases, self.happened, self.ordered, self.inputs):
            source.given = source.given.clear()

    def _of_events(self, row: pl.Series) -> list[pl.Series]:
        """The aggregates over the events in order, of these rows, which follow each other."""
        elements = run(self.elements)
        places = elements["row"].to_numpy().astype(np.int64) - int(row[0] if len(row) else 0)
        activities = tuple(self.office.activities)
        table = EventTable.of(len(row), places, activities, elements["activity"])
        by_identity = {known_as: elements[name] for known_as, name in self.names.items()}
        found = table.aggregated(self.parts, by_identity)
        return [values.alias(name) for name, values in found.items()]
