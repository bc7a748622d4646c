"""Totals over other cases for a few cases: what a sweep gives (`as_of.running_totals`), looked up.

Per key and source of marks, times and running sums are sorted once; a total is the difference
of two sums that a binary search finds. Marks are whole numbers, so it is exactly the sweep's. Of
tables that were put together from parts, the sums of the parts add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Floats, Ints
from cases.office.model import Office
from features.as_of import AFTER_QUESTIONS, MARKS, column_of, shown_columns
from features.feature import OfOthers

DAY = 86_400_000_000  # microseconds
SOURCES = {mark: source for source, marks in MARKS.items() for mark in marks}

STEPS = ("steps", None)
Key = tuple[str, ...]
Window = int | str | None
Rows = Mapping[str, pl.DataFrame]  # by source, what counts (`as_of.counted`)


@dataclass(frozen=True)
class Ordered:
    """Running sums in the order of group and time, from 0.

    `at` has the group as its real and the time in microseconds as its imaginary part, which NumPy
    compares in this order, both exactly. `first` is where each group begins.
    """

    at: NDArray[np.complex128]
    first: Ints
    sums: Mapping[str, Floats]

    @classmethod
    def of(cls, groups: Ints, times: Ints, marks: Mapping[str, Floats]) -> Ordered:
        """What is marked of each group at each time, in any order."""
        order = np.lexsort((times, groups))
        at = groups[order] + 1j * times[order]
        starts = np.searchsorted(groups[order], np.arange(groups.max(initial=-1) + 1))
        sums = {
            name: np.concatenate([[0.0], np.cumsum(values[order])])
            for name, values in marks.items()
        }
        return cls(at, starts, sums)

    def until(self, groups: Ints, times: Ints) -> dict[str, Floats]:
        """What had been marked of each group by each time; 0 where the group is -1."""
        known = (groups >= 0) & (groups < len(self.first))
        if not known.any():
            return {name: np.zeros(len(groups)) for name in self.sums}
        last = np.searchsorted(self.at, groups + 1j * times, side="right")
        first = self.first[np.where(known, groups, 0)]
        return {
            name: np.where(known, sums[last] - sums[first], 0.0) for name, sums in self.sums.items()
        }


@dataclass
class KeySums:
    """The sums of one key: the group of each value of the key, and by source and window."""

    groups: Mapping[tuple[Any, ...], int]
    ordered: dict[tuple[str, Window], Ordered] = field(default_factory=dict)


def windows_of(totals: Iterable[OfOthers]) -> dict[Key, set[tuple[str, Window]]]:
    """Which sources are counted over which windows, by key."""
    wanted: dict[Key, set[tuple[str, Window]]] = {}
    for total in totals:
        wanted.setdefault(total.key, set()).add((SOURCES[total.mark], total.window))
    return wanted


def sums_of(office: Office, rows: Rows, totals: Sequence[OfOthers]) -> dict[Key, KeySums]:
    """The sorted sums that these totals are read from, of what counts."""
    return {
        key: _key_sums(office, rows, key, windows) for key, windows in windows_of(totals).items()
    }


def _key_sums(office: Office, rows: Rows, key: Key, windows: set[tuple[str, Window]]) -> KeySums:
    by = [column_of(office, name) for name in key]
    values = pl.concat([rows[source].select(*by) for source in {s for s, _w in windows}])
    groups = values.unique().drop_nulls() if by else pl.DataFrame()
    numbered = groups.with_row_index("group")
    sums = KeySums({value: n for n, value in enumerate(groups.rows())} if by else {(): 0})
    for source in sorted({source for source, _window in windows}):
        counted = _counted(rows[source], numbered, by, list(shown_columns(office, key)))
        for window in (window for name, window in windows if name == source):
            sums.ordered[source, window] = _ordered(counted, MARKS[source], window)
    return sums


@dataclass(frozen=True)
class Counted:
    """What counts: its group, its time, since when its key is known, the turn, the marks."""

    groups: Ints
    times: Ints
    shown: Ints | None
    later: Ints  # 1 where it counts from just after its time
    marks: Mapping[str, Floats]


def _counted(rows: pl.DataFrame, groups: pl.DataFrame, by: list[str], shown: list[str]) -> Counted:
    rows = rows.join(groups, on=by) if by else rows.with_columns(group=pl.lit(0))
    rows = rows.drop_nulls(shown) if shown else rows
    since = rows.select(pl.max_horizontal(shown)).to_series() if shown else None
    names = [name for name in rows.columns if name in SOURCES]
    return Counted(
        rows["group"].to_numpy().astype(np.int64),
        microseconds(rows["time"]),
        None if since is None else microseconds(since),
        (rows["turn"] == AFTER_QUESTIONS).to_numpy().astype(np.int64),
        {name: rows[name].to_numpy() for name in names},
    )


def _ordered(counted: Counted, marks: Sequence[str], window: Window) -> Ordered:
    """Gained at its time and lost when its window ends, neither before the key is known."""
    times = [counted.times] if window is None else [counted.times, _end(counted.times, window)]
    if counted.shown is not None:
        times = [np.maximum(time, counted.shown) for time in times]
    signs = (1.0, -1.0)[: len(times)]
    return Ordered.of(
        np.tile(counted.groups, len(times)),
        np.concatenate([time + counted.later for time in times]),
        {name: np.concatenate([sign * counted.marks[name] for sign in signs]) for name in marks},
    )


def _end(times: Ints, window: Window) -> Ints:
    if isinstance(window, int):
        return times + window * DAY
    return times // DAY * DAY + DAY


def microseconds(times: pl.Series) -> Ints:
    """Times as whole numbers; none of them may be null."""
    numbers: Ints = times.to_physical().to_numpy()
    return numbers


def totals_at(
    sums: Mapping[Key, KeySums],
    totals: Sequence[OfOthers],
    values: Mapping[Key, Sequence[tuple[Any, ...]]],
    moments: Ints,
) -> Floats:
    """Each total at each moment, shape (totals, moments): of those whose key is known.

    `values` are those of each key, one a moment: NaN where one is unknown, 0 for one that is new.
    """
    found: dict[tuple[Key, str, Window], dict[str, Floats]] = {}
    for key, windows in windows_of(totals).items():
        of_key = sums[key]
        groups = np.array([of_key.groups.get(value, -1) for value in values[key]], dtype=np.int64)
        unknown = np.array([None in value for value in values[key]], dtype=bool)
        for source, window in windows:
            marks = of_key.ordered[source, window].until(groups, moments)
            found[key, source, window] = {
                name: np.where(unknown, np.nan, total) for name, total in marks.items()
            }
    return np.array(
        [found[total.key, SOURCES[total.mark], total.window][total.mark] for total in totals]
    ).reshape(len(totals), len(moments))


@dataclass(frozen=True)
class StepSums:
    """How often each step, and any step after an activity, had been taken."""

    pairs: KeySums
    firsts: KeySums

    @classmethod
    def of(cls, taken: pl.DataFrame) -> StepSums:
        """Of `steps.steps_taken`."""
        return cls(
            _steps(taken, ["previous_activity", "activity"]), _steps(taken, ["previous_activity"])
        )

    def before(self, pairs: Sequence[tuple[str, str]], months: Ints) -> tuple[Floats, Floats]:
        """`followed` and `left` of `steps.steps_before`."""
        groups = np.array([self.pairs.groups.get(pair, -1) for pair in pairs], dtype=np.int64)
        firsts = np.array([self.firsts.groups.get(pair[:1], -1) for pair in pairs], dtype=np.int64)
        return (
            self.pairs.ordered[STEPS].until(groups, months)["taken"],
            self.firsts.ordered[STEPS].until(firsts, months)["taken"],
        )


def _steps(taken: pl.DataFrame, by: list[str]) -> KeySums:
    groups = taken.select(*by).unique()
    rows = taken.join(groups.with_row_index("group"), on=by)
    ordered = Ordered.of(
        rows["group"].to_numpy().astype(np.int64),
        microseconds(rows["time"]),
        {"taken": rows["taken"].to_numpy()},
    )
    return KeySums({value: n for n, value in enumerate(groups.rows())}, {STEPS: ordered})
