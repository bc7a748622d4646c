"""Totals over other cases for a few cases: what a sweep gives (`as_of.running_totals`), looked up.

Per source of marks and window, times and running sums are sorted once, by key, by its values and
by time; a total is the difference of two sums that a binary search finds. Marks are whole numbers,
so it is exactly the sweep's. Of tables that were put together from parts, the sums of the parts
add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Floats, Ints
from cases.office.model import Office
from features.as_of import AFTER_QUESTIONS, MARKS, column_of, shown_columns
from features.feature import OfOthers
from features.online.arrays.rows import Rows

DAY = 86_400_000_000  # microseconds
SOURCES = {mark: source for source, marks in MARKS.items() for mark in marks}

Key = tuple[str, ...]
Window = int | str | None
Groups = dict[tuple[Any, ...], int]


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


@dataclass(frozen=True)
class KeySums:
    """The sums of all keys: the group of each value of each key, and by source and window."""

    groups: Mapping[Key, Groups]
    ordered: Mapping[tuple[str, Window], Ordered]


def keys_of(totals: Iterable[OfOthers]) -> dict[tuple[str, Window], list[Key]]:
    """By which keys each source is counted over each window."""
    wanted: dict[tuple[str, Window], dict[Key, None]] = {}
    for total in totals:
        wanted.setdefault((SOURCES[total.mark], total.window), {})[total.key] = None
    return {counted: list(keys) for counted, keys in wanted.items()}


@dataclass(frozen=True)
class Counted:
    """What counts by one key: its group, its time, the turn, the marks; only where it is shown.

    `shown` is since when the key is known, None for always; `later` is 1 for what counts from just
    after its time.
    """

    groups: Ints
    times: Ints
    shown: Ints | None
    later: Ints
    marks: Mapping[str, Floats]


Count = Callable[[Key], tuple[Groups, Mapping[str, Counted]]]  # of a key, by source


def sums_of(counted: Count, totals: Sequence[OfOthers]) -> KeySums:
    """The sorted sums that these totals are read from, of what counts by each key."""
    groups: dict[Key, Groups] = {}
    of_keys: dict[Key, Mapping[str, Counted]] = {}
    first = 0
    for key in dict.fromkeys(total.key for total in totals):
        own, of_keys[key] = counted(key)
        groups[key] = {value: first + number for value, number in own.items()}
        for part in of_keys[key].values():
            part.groups[:] += first
        first += len(own)
    return KeySums(
        groups,
        {
            (source, window): _ordered([of_keys[key][source] for key in keys], source, window)
            for (source, window), keys in keys_of(totals).items()
        },
    )


def counted_in(
    office: Office, rows: Mapping[str, pl.DataFrame], totals: Sequence[OfOthers]
) -> Count:
    """What counts by source, of a whole office (`as_of.counted`)."""
    wanted = _sources_of(totals)

    def counted(key: Key) -> tuple[Groups, Mapping[str, Counted]]:
        by = [column_of(office, name) for name in key]
        values = pl.concat([rows[source].select(*by) for source in wanted[key]])
        groups = values.unique().drop_nulls() if by else pl.DataFrame()
        numbered = groups.with_row_index("group")
        numbers: Groups = {value: n for n, value in enumerate(groups.rows())} if by else {(): 0}
        return numbers, {
            source: _counted(rows[source], numbered, by, list(shown_columns(office, key)))
            for source in wanted[key]
        }

    return counted


def counted_few(office: Office, rows: Mapping[str, Rows], totals: Sequence[OfOthers]) -> Count:
    """As `counted_in`, of a few cases."""
    wanted = _sources_of(totals)

    def counted(key: Key) -> tuple[Groups, Mapping[str, Counted]]:
        numbers: Groups = {}
        by = [column_of(office, name) for name in key]
        shown = list(shown_columns(office, key))
        return numbers, {
            source: _counted_few(rows[source], numbers, by, shown) for source in wanted[key]
        }

    return counted


def _sources_of(totals: Iterable[OfOthers]) -> dict[Key, list[str]]:
    wanted: dict[Key, set[str]] = {}
    for total in totals:
        wanted.setdefault(total.key, set()).add(SOURCES[total.mark])
    return {key: sorted(sources) for key, sources in wanted.items()}


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


def _counted_few(rows: Rows, numbers: Groups, by: list[str], shown: list[str]) -> Counted:
    values = values_of(rows, by)
    groups = np.array(
        [-1 if None in value else numbers.setdefault(value, len(numbers)) for value in values],
        dtype=np.int64,
    )
    known = [rows.columns[name].known() for name in shown]
    kept = np.flatnonzero(np.logical_and.reduce([groups >= 0, *known]))
    since = [rows.columns[name].values[kept].astype(np.int64) for name in shown]
    return Counted(
        groups[kept],
        rows.columns["time"].values[kept].astype(np.int64),
        np.maximum.reduce(since) if since else None,
        (rows.columns["turn"].values[kept] == AFTER_QUESTIONS).astype(np.int64),
        {name: rows.columns[name].values[kept] for name in rows.columns if name in SOURCES},
    )


def values_of(rows: Rows, by: Sequence[str]) -> list[tuple[Any, ...]]:
    """The value of a key in each row; with None where it is not known."""
    if not by:
        return [()] * rows.height
    return list(zip(*(rows.columns[name].listed() for name in by), strict=True))


def _ordered(parts: Sequence[Counted], source: str, window: Window) -> Ordered:
    """Gained at its time and lost when its window ends, neither before the key is known."""
    groups, times = [], []
    marks: dict[str, list[Floats]] = {name: [] for name in MARKS[source]}
    for part in parts:
        ends = [part.times] if window is None else [part.times, window_end(part.times, window)]
        for sign, end in zip((1.0, -1.0), ends, strict=False):
            shown = end if part.shown is None else np.maximum(end, part.shown)
            groups.append(part.groups)
            times.append(shown + part.later)
            for name, values in marks.items():
                values.append(sign * part.marks[name])
    return Ordered.of(
        np.concatenate(groups),
        np.concatenate(times),
        {name: np.concatenate(values) for name, values in marks.items()},
    )


def window_end(times: Ints, window: int | str) -> Ints:
    """When what counts at these times no longer counts: after so many days, or at midnight."""
    if isinstance(window, int):
        return times + window * DAY
    return times // DAY * DAY + DAY


def microseconds(times: pl.Series) -> Ints:
    """Times as whole numbers; none of them may be null."""
    numbers: Ints = times.to_physical().to_numpy()
    return numbers


def totals_at(
    sums: KeySums,
    totals: Sequence[OfOthers],
    values: Mapping[Key, Sequence[tuple[Any, ...]]],
    moments: Ints,
) -> Floats:
    """Each total at each moment, shape (totals, moments).

    `values` are those of each key, one a moment: 0 where one is new or unknown.
    """
    groups = {
        key: np.array([sums.groups[key].get(value, -1) for value in of_key], dtype=np.int64)
        for key, of_key in values.items()
    }
    found: dict[tuple[Key, str, Window], Floats] = {}
    for (source, window), keys in keys_of(totals).items():
        asked = np.concatenate([groups[key] for key in keys])
        marks = sums.ordered[source, window].until(asked, np.tile(moments, len(keys)))
        for name, of_mark in marks.items():
            of_keys = of_mark.reshape(len(keys), len(moments))
            found |= {(key, name, window): of_keys[place] for place, key in enumerate(keys)}
    return np.array(
        [found[total.key, total.mark, total.window] for total in totals], dtype=np.float64
    ).reshape(len(totals), len(moments))


@dataclass(frozen=True)
class StepSums:
    """How often each step, and any step after an activity, had been taken."""

    pairs: tuple[Groups, Ordered]
    firsts: tuple[Groups, Ordered]

    @classmethod
    def of(cls, taken: Rows) -> StepSums:
        """Of `steps.steps_taken`."""
        return cls(
            _steps(taken, ["previous_activity", "activity"]), _steps(taken, ["previous_activity"])
        )

    def before(self, pairs: Sequence[tuple[str, str]], months: Ints) -> tuple[Floats, Floats]:
        """`followed` and `left` of `steps.steps_before`."""
        return (
            _taken(self.pairs, pairs, months),
            _taken(self.firsts, [pair[:1] for pair in pairs], months),
        )


def _taken(
    steps: tuple[Groups, Ordered], values: Sequence[tuple[str, ...]], months: Ints
) -> Floats:
    groups, ordered = steps
    asked = np.array([groups.get(value, -1) for value in values], dtype=np.int64)
    return ordered.until(asked, months)["taken"]


def _steps(taken: Rows, by: list[str]) -> tuple[Groups, Ordered]:
    groups: Groups = {}
    numbers = [groups.setdefault(value, len(groups)) for value in values_of(taken, by)]
    times = taken.columns["time"].values.astype(np.int64)
    marks = {"taken": taken.columns["taken"].values}
    return groups, Ordered.of(np.array(numbers, dtype=np.int64), times, marks)
