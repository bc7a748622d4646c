"""The sums that totals over other cases are looked up in, of an office's tables."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.office.model import Office
from cases.tables.tables import EXTENDED, Tables, rows
from features import as_of
from features.catalogue import catalogue
from features.feature import Feature, OfEvents, OfOthers
from features.online.arrays.columns import Traced
from features.online.arrays.expressions import TracedRows
from features.online.arrays.frames import (
    Run,
    nulls_are_anything,
    tables_given_later,
    traced,
)
from features.online.arrays.nodes import Node, given, node
from features.online.arrays.operations import Array, Levels, are_null, levels
from features.online.counted import counted_few, counted_in
from features.online.lookup import Layout, StepSums, TotalSums
from features.steps import steps_counted, steps_taken

PREPARED = "sums"  # where they are kept with the tables
SUMS = "sums"  # what the sums of the tables are called among what a run is given


@dataclass(frozen=True)
class Sums:
    """What totals over the cases of some tables are looked up in."""

    totals: TotalSums
    steps: StepSums


_last: list[Lookup] = []  # of all totals of the last office asked for, compared by identity


def prepare(tables: Tables) -> None:
    """Sort the sums of all features of the office, and keep them with the tables.

    Parts that are prepared stay as they are. For one thread at a time.
    """
    if tables.parts is not None:
        prepare(tables.parts.base)
        for part, _sign in tables.parts.signed[1:]:
            if PREPARED not in part.memo:
                part.memo[PREPARED] = _lookup_of(tables.office).of_few(part)
    elif PREPARED not in tables.memo:
        totals = totals_of(catalogue(tables.office).values())
        columns = key_columns(totals)
        counted = as_of.counted(tables, columns)
        frames = {source: rows(frame) for source, frame in counted.items()}
        of_totals = TotalSums.of(Layout(totals), *counted_in(tables.office, frames, columns))
        tables.memo[PREPARED] = Sums(of_totals, _step_sums(rows(steps_taken(tables))))


def _lookup_of(office: Office) -> Lookup:
    if not _last or _last[0].office is not office:
        _last[:] = [Lookup(office, totals_of(catalogue(office).values()))]
    return _last[0]


def is_prepared(tables: Tables) -> bool:
    """Whether the sums of these tables, or of those they were added to, are kept."""
    if tables.parts is not None:
        return is_prepared(tables.parts.base)
    return PREPARED in tables.memo


def reads_others(features: Sequence[Feature]) -> bool:
    """Whether any of the features is made from other cases."""
    parts = [part for feature in features for part in feature.inputs]
    of_path = any(isinstance(part, OfEvents) and part.of_path for part in parts)
    return of_path or any(isinstance(part, OfOthers) for part in parts)


def totals_of(features: Iterable[Feature]) -> list[OfOthers]:
    """The totals over other cases that features are made from."""
    parts = (part for feature in features for part in feature.inputs)
    return list({part.column: part for part in parts if isinstance(part, OfOthers)}.values())


def key_columns(totals: Iterable[OfOthers]) -> list[str]:
    """What the keys are made of, as the office file calls it."""
    return sorted({name for total in totals for name in total.key})


class Lookup:
    """Looks these totals up. Sums that no tables keep are those of a few cases, made on the way."""

    def __init__(self, office: Office, totals: Sequence[OfOthers]) -> None:
        self.office, self.totals = office, totals
        self.layout = Layout(totals)
        self.sources, tables = tables_given_later(office)
        columns = self.layout.columns
        counted = {name: traced(each) for name, each in as_of.counted(tables, columns).items()}
        steps = traced(steps_counted(tables)).columns
        self.few = node(
            self._sums,
            counted_few(office, counted, columns),
            *(steps[name].levels for name in ("previous_activity", "activity")),
            *(steps[name].values for name in ("time", "taken")),
        )

    def sums(self, tables: Tables) -> list[tuple[Sums, int]]:
        """The sums of each part of the tables, and what it adds: 1 or -1."""
        if tables.parts is not None:
            return [
                (sums, sign * inner)
                for part, sign in tables.parts.signed
                for sums, inner in self.sums(part)
            ]
        return [(tables.memo.get(PREPARED) or self.of_few(tables), 1)]

    @nulls_are_anything
    def of_few(self, tables: Tables) -> Sums:
        """The sums of a few cases that have tables of their own."""
        run = Run({self.sources[name]: partial(tables.arrays, name) for name in EXTENDED})
        sums: Sums = run.value(self.few)
        return sums

    def _sums(self, counted: tuple[Any, Any], *steps: Any) -> Sums:
        return Sums(TotalSums.of(self.layout, *counted), StepSums.of(*steps))

    def of_cases(self, known: TracedRows) -> Node:
        """Each total at the moments of cases, shape (totals, cases): NaN where its key is unknown.

        Of what is known of the cases.
        """
        names = [as_of.column_of(self.office, name) for name in self.layout.columns]
        columns = [known.columns[name] for name in names]
        parts = [part for column in columns for part in (column.levels, column.null)]
        return node(self._totals_at, given(_sums), known.columns["moment"].values, *parts)

    def _totals_at(self, sums: Iterable[tuple[Sums, int]], moments: Array, *parts: Any) -> Floats:
        layout, times = self.layout, moments.view(np.int64)
        values = dict(zip(layout.columns, parts[::2], strict=True))
        nulls = dict(zip(layout.columns, parts[1::2], strict=True))
        found = sum(sign * part.totals.until(layout, values, times) for part, sign in sums)
        unknown = np.zeros((len(layout.keys), len(times)), dtype=bool)
        for place, key in enumerate(layout.keys):
            for name in key:
                unknown[place] |= are_null(nulls[name], len(times))
        totals: Floats = np.where(unknown[layout.key][layout.family], np.nan, found)
        return totals


def _step_sums(taken: pl.DataFrame) -> StepSums:
    earlier, later = (levels(taken[name].to_numpy()) for name in ("previous_activity", "activity"))
    return StepSums.of(earlier, later, taken["time"].to_numpy(), taken["taken"].to_numpy())


def _sums(sources: Any) -> Iterable[tuple[Sums, int]]:
    of_parts: Iterable[tuple[Sums, int]] = sources[SUMS]
    return of_parts


def with_steps(happened: TracedRows) -> TracedRows:
    """Events in order with how often their step had been taken, null for the first of a case."""
    columns = happened.columns
    previous, activity, month = (
        columns[name] for name in ("previous_activity", "activity", "month")
    )
    counts = node(_steps_before, given(_sums), previous.levels, activity.levels, month.values)
    followed, left = (
        Traced(node(operator.getitem, counts, place), previous.null) for place in (0, 1)
    )
    return TracedRows({**columns, "followed": followed, "left": left}, happened.height)


def _steps_before(
    sums: Iterable[tuple[Sums, int]], earlier: Levels, later: Levels, months: Array
) -> Floats:
    """How often each step had been taken by a month, and any step after its first activity."""
    times = months.view(np.int64)
    of_parts = [sign * part.steps.before(earlier, later, times) for part, sign in sums]
    counts: Floats = np.add.reduce(of_parts)
    return counts
