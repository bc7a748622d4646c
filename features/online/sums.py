"""The sums that totals over other cases are looked up in, of an office's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats, Ints
from cases.office.model import Office
from cases.tables.tables import EXTENDED, Tables, rows
from features import as_of
from features.catalogue import catalogue
from features.feature import Feature, OfEvents, OfOthers
from features.online.deferred import deferred_tables, fill, run
from features.online.lookup import Key, KeySums, StepSums, sums_of, totals_at
from features.steps import steps_counted, steps_taken

PREPARED = "sums"  # where they are kept with the tables
SLICED = (*EXTENDED, "reviews")  # the tables that a case has rows in


@dataclass(frozen=True)
class Sums:
    """What totals over the cases of some tables are looked up in."""

    of_keys: Mapping[Key, KeySums]
    steps: StepSums


def prepare(tables: Tables) -> None:
    """Sort the sums of all features of the office, and keep them with the tables."""
    if tables.parts is not None:
        for part, _sign in tables.parts.signed:
            prepare(part)
    elif PREPARED not in tables.memo:
        totals = totals_of(catalogue(tables.office).values())
        counted = as_of.counted(tables, key_columns(totals))
        frames = {source: rows(frame) for source, frame in counted.items()}
        steps = StepSums.of(rows(steps_taken(tables)))
        tables.memo[PREPARED] = Sums(sums_of(tables.office, frames, totals), steps)


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
        self.sources, tables = deferred_tables(office)
        counted = as_of.counted(tables, key_columns(totals))
        self.counted: dict[str, pl.LazyFrame] = {
            source: frame.to_native() for source, frame in counted.items()
        }
        self.steps: pl.LazyFrame = steps_counted(tables).to_native()

    def sums(self, tables: Tables) -> list[tuple[Sums, int]]:
        """The sums of each part of the tables, and what it adds: 1 or -1."""
        if tables.parts is not None:
            return [
                (sums, sign * inner)
                for part, sign in tables.parts.signed
                for sums, inner in self.sums(part)
            ]
        return [(tables.memo.get(PREPARED) or self._of_few(tables), 1)]

    def _of_few(self, tables: Tables) -> Sums:
        fill(self.sources, {name: tables.rows(name) for name in SLICED})
        frames = {source: run(plan) for source, plan in self.counted.items()}
        return Sums(sums_of(self.office, frames, self.totals), StepSums.of(run(self.steps)))

    def totals_at(
        self,
        sums: Iterable[tuple[Sums, int]],
        values: Mapping[Key, Sequence[tuple[Any, ...]]],
        moments: Ints,
    ) -> Floats:
        """Each total at each moment, shape (totals, moments); see `lookup.totals_at`."""
        of_parts = [
            sign * totals_at(part.of_keys, self.totals, values, moments) for part, sign in sums
        ]
        return np.asarray(np.sum(of_parts, axis=0), dtype=np.float64)


def steps_before(
    sums: Iterable[tuple[Sums, int]], pairs: Sequence[tuple[str, str]], months: Ints
) -> tuple[Floats, Floats]:
    """How often each step had been taken by a month, and any step after its first activity."""
    parts = [(part.steps.before(pairs, months), sign) for part, sign in sums]
    followed, left = np.sum([sign * np.array(counts) for counts, sign in parts], axis=0)
    return followed, left
