"""The sums that totals over other cases are looked up in, of an office's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from cases.numeric import Floats, Ints
from cases.office.model import Office
from cases.tables.tables import EXTENDED, Tables, rows
from features import as_of
from features.catalogue import catalogue
from features.feature import Feature, OfEvents, OfOthers
from features.online.arrays.frames import Run, rows_of, tables_given_later
from features.online.arrays.rows import Rows, nulls_are_anything
from features.online.lookup import (
    Key,
    KeySums,
    StepSums,
    counted_few,
    counted_in,
    sums_of,
    totals_at,
)
from features.steps import steps_counted, steps_taken

PREPARED = "sums"  # where they are kept with the tables


@dataclass(frozen=True)
class Sums:
    """What totals over the cases of some tables are looked up in."""

    of_keys: KeySums
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
        counted = as_of.counted(tables, key_columns(totals))
        frames = {source: rows(frame) for source, frame in counted.items()}
        of_keys = sums_of(counted_in(tables.office, frames, totals), totals)
        tables.memo[PREPARED] = Sums(of_keys, StepSums.of(rows_of(rows(steps_taken(tables)))))


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
        self.sources, tables = tables_given_later(office)
        self.counted = as_of.counted(tables, key_columns(totals))
        self.steps = steps_counted(tables)

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
        run = Run()
        for name in EXTENDED:
            run.give(self.sources[name], partial(_rows, tables, name))
        counted = {source: run.of(frame) for source, frame in self.counted.items()}
        of_keys = sums_of(counted_few(self.office, counted, self.totals), self.totals)
        return Sums(of_keys, StepSums.of(run.of(self.steps)))

    def totals_at(
        self,
        sums: Iterable[tuple[Sums, int]],
        values: Mapping[Key, Sequence[tuple[Any, ...]]],
        moments: Ints,
    ) -> Floats:
        """Each total at each moment, shape (totals, moments): NaN where its key is not known."""
        of_parts = [
            sign * totals_at(part.of_keys, self.totals, values, moments) for part, sign in sums
        ]
        unknown = {key: [None in value for value in of_key] for key, of_key in values.items()}
        missing = np.array([unknown[total.key] for total in self.totals], dtype=bool)
        return np.where(missing, np.nan, np.sum(of_parts, axis=0))


def _rows(tables: Tables, name: str) -> Rows:
    return rows_of(tables.rows(name))


def steps_before(
    sums: Iterable[tuple[Sums, int]], pairs: Sequence[tuple[str, str]], months: Ints
) -> tuple[Floats, Floats]:
    """How often each step had been taken by a month, and any step after its first activity."""
    parts = [(part.steps.before(pairs, months), sign) for part, sign in sums]
    followed, left = np.sum([sign * np.array(counts) for counts, sign in parts], axis=0)
    return followed, left
