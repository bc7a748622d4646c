"""Totals over other cases for a few cases: what a sweep gives (`as_of.running_totals`), looked up.

Per source of marks, window and key, running sums are sorted once, by the key's values and by time;
a total is the sum that a binary search finds. Marks are whole numbers, so it is exactly the
sweep's. Of tables that were put together from parts, the sums of the parts add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cases.numeric import Floats, Ints
from features.as_of import MARKS
from features.feature import OfOthers
from features.online.arrays.operations import Array, Levels, by_level

DAY = 86_400_000_000  # microseconds
ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max  # when a key is known
SOURCES = {mark: source for source, marks in MARKS.items() for mark in marks}

Key = tuple[str, ...]
Window = int | str | None
Numbers = dict[Any, int]  # of the values of a column, counted from 0
MOST_MARKS = max(map(len, MARKS.values()))
NOTHING = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((MOST_MARKS, 0))


Family = tuple[str, Window, Key]  # totals that one sum is kept for: source, window and key


@dataclass(frozen=True)
class Ordered:
    """Running sums of each group, in the order of group and time.

    `at` holds the group and the place of the time among `times`, counted from 1, as one number;
    `sums` has a row a mark.
    """

    times: Ints
    at: Ints
    sums: Floats

    @classmethod
    def of(cls, groups: Ints, times: Ints, marks: Floats) -> Ordered:
        """What is marked of each group at each time, in any order; `marks` has a row each."""
        different, place = np.unique(times, return_inverse=True)
        begin = groups * (len(different) + 1)
        at = begin + place + 1
        order = np.argsort(at)
        at = at[order]
        first = np.searchsorted(at, begin[order])
        before = np.zeros((len(marks), len(at) + 1))
        np.cumsum(marks[:, order], axis=1, out=before[:, 1:])
        return cls(different, at, before[:, 1:] - before[:, first])

    def until(self, groups: Ints, times: Ints) -> Floats:
        """What had been marked of each group by each time; 0 where the group is -1.

        `groups` is of shape (any, times), the sums of (marks, any, times).
        """
        if not len(self.at):
            return np.zeros((len(self.sums), *groups.shape))
        begin = groups * (len(self.times) + 1)
        place = np.searchsorted(self.times, times, side="right")
        last = np.searchsorted(self.at, begin + place, side="right") - 1
        found = (groups >= 0) & (self.at[last] > begin) & (last >= 0)
        return np.where(found, self.sums[:, last], 0.0)


@dataclass(frozen=True)
class Counted:
    """What counts of one source: its time, the marks (a row each), and `codes` of its case.

    `codes` are by column the number of the value, -1 for unknown; `shown` since when a late column
    is known, `NEVER` for not yet. `later` is 1 for what counts from just after its time.
    """

    codes: Mapping[str, Ints]
    shown: Mapping[str, Ints]
    times: Ints
    later: Ints
    marks: Floats

    def since(self, key: Key) -> Ints:
        """Since when a key is known."""
        late = [self.shown[name] for name in key if name in self.shown]
        return np.maximum.reduce(late) if late else np.full(len(self.times), ALWAYS)


class Layout:
    """How some totals are read from sums: what does not depend on any case.

    `families`, those of a source together, have the key `keys[key[family]]`; a total is in row
    `family` of the sums, and there mark `mark`.
    """

    def __init__(self, totals: Sequence[OfOthers]) -> None:
        found = dict.fromkeys((SOURCES[total.mark], total.window, total.key) for total in totals)
        self.families: list[Family] = sorted(found, key=lambda family: family[0])
        self.keys = list(dict.fromkeys(key for _source, _window, key in self.families))
        self.columns = sorted({name for key in self.keys for name in key})
        self.key = np.array([self.keys.index(key) for *_, key in self.families], dtype=np.int64)
        places = [self.families.index((SOURCES[t.mark], t.window, t.key)) for t in totals]
        self.family = np.array(places, dtype=np.int64)
        marks = [MARKS[SOURCES[total.mark]].index(total.mark) for total in totals]
        self.mark = np.array(marks, dtype=np.int64)
        self.of_source = {
            source: np.flatnonzero([family[0] == source for family in self.families])
            for source in dict.fromkeys(source for source, *_ in self.families)
        }
        self.windows = [window for _source, window, _key in self.families]


@dataclass(frozen=True)
class Groups:
    """Which group each value of each key is.

    `numbers` are those of the values of each column, `pairs` by key the pairs of values that there
    are, in order.
    """

    numbers: Mapping[str, Numbers]
    pairs: Mapping[Key, Ints]

    @classmethod
    def of(
        cls, numbers: Mapping[str, Numbers], counted: Iterable[Counted], keys: Iterable[Key]
    ) -> Groups:
        """Of what is counted."""
        codes = [part.codes for part in counted]
        pairs = {
            key: np.unique(np.concatenate([_together(key, each, numbers) for each in codes]))
            for key in keys
            if len(key) > 1
        }
        return cls(numbers, pairs)

    def size(self, key: Key) -> int:
        """How many groups a key has at most."""
        if len(key) > 1:
            return len(self.pairs[key])
        return len(self.numbers[key[0]]) if key else 1

    def at(self, key: Key, codes: Mapping[str, Ints], count: int) -> Ints:
        """The groups of `count` values, -1 for those that are unknown or new."""
        pairs = self.pairs.get(key)
        if pairs is None:
            return codes[key[0]] if key else np.zeros(count, dtype=np.int64)
        together = _together(key, codes, self.numbers)
        if not len(pairs):
            return np.full(count, -1)
        place = np.minimum(np.searchsorted(pairs, together), len(pairs) - 1)
        return np.where((pairs[place] == together) & (together >= 0), place, -1)


def _together(key: Key, codes: Mapping[str, Ints], numbers: Mapping[str, Numbers]) -> Ints:
    """The numbers of several columns as one, -1 where one of them is not known."""
    together, known = codes[key[0]], codes[key[0]] >= 0
    for name in key[1:]:
        together = together * len(numbers[name]) + codes[name]
        known = known & (codes[name] >= 0)
    return np.where(known, together, -1)


@dataclass(frozen=True)
class TotalSums:
    """The sums of all families in one order; `first` is the first group of each family."""

    groups: Groups
    first: Mapping[Family, int]
    ordered: Ordered

    @classmethod
    def of(
        cls, layout: Layout, numbers: Mapping[str, Numbers], counted: Mapping[str, Counted]
    ) -> TotalSums:
        """The sorted sums that the totals of the layout are read from."""
        groups = Groups.of(numbers, counted.values(), layout.keys)
        sizes = np.array([groups.size(key) for key in layout.keys], dtype=np.int64)[layout.key]
        first = np.cumsum(sizes) - sizes
        parts = [
            part
            for source, families in layout.of_source.items()
            for part in _marked(layout, families, groups, first, counted[source])
        ]
        of_groups, times, marks = (
            np.concatenate(each, axis=-1) for each in zip(NOTHING, *parts, strict=True)
        )
        return cls(
            groups,
            dict(zip(layout.families, first.tolist(), strict=True)),
            Ordered.of(of_groups, times, marks),
        )

    def until(self, layout: Layout, values: Mapping[str, Levels], moments: Ints) -> Floats:
        """Each total at each moment, shape (totals, moments); 0 where a value is new."""
        numbers, count = self.groups.numbers, len(moments)
        codes = {name: numbered(of_name, numbers[name]) for name, of_name in values.items()}
        of_keys = np.array([self.groups.at(key, codes, count) for key in layout.keys])[layout.key]
        first = np.array([[self.first[family]] for family in layout.families])
        groups = np.where(of_keys >= 0, of_keys + first, -1)
        return self.ordered.until(groups, moments)[layout.mark, layout.family]


def _marked(
    layout: Layout, families: Ints, groups: Groups, first: Ints, part: Counted
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """What families of a source gain and, where a window ends, lose: groups, times and marks.

    Gained at its time and lost when its window ends, neither before the key is known.
    """
    of_family, count = layout.key[families], len(part.times)
    needed, of_key = np.unique(of_family, return_inverse=True)
    keys = [layout.keys[place] for place in needed]
    group = np.array([groups.at(key, part.codes, count) for key in keys])[of_key]
    since = np.array([part.since(key) for key in keys])[of_key]
    kept = (group >= 0) & (since < NEVER)
    group += first[families, None]
    windows = [layout.windows[family] for family in families]
    ends = np.array([part.times if w is None else window_end(part.times, w) for w in windows])
    lost = kept & np.array([[window is not None] for window in windows])
    for sign, which, time in ((1.0, kept, part.times), (-1.0, lost, ends)):
        times = np.maximum(time, since) + part.later
        row = np.broadcast_to(np.arange(count), which.shape)[which]
        yield group[which], times[which], sign * part.marks[:, row]


def numbered(values: Levels, numbers: Numbers) -> Ints:
    """The number of each value, -1 for those that have none."""
    return by_level(values, lambda value: numbers.get(value, -1), int)


def window_end(times: Ints, window: int | str) -> Ints:
    """When what counts at these times no longer counts: after so many days, or at midnight."""
    if isinstance(window, int):
        return times + window * DAY
    return times // DAY * DAY + DAY


@dataclass(frozen=True)
class StepSums:
    """How often each step, and any step after an activity, had been taken."""

    numbers: Numbers
    ordered: Ordered

    @classmethod
    def of(cls, earlier: Levels, later: Levels, times: Array, taken: Floats) -> StepSums:
        """Of the columns of `steps.steps_taken`."""
        numbers: Numbers = {}
        for activity in (*earlier[1], *later[1]):
            numbers.setdefault(activity, len(numbers))
        groups, marks = _steps(earlier, later, numbers), np.tile(taken, (1, 2))
        return cls(numbers, Ordered.of(groups.ravel(), np.tile(times.view(np.int64), 2), marks))

    def before(self, earlier: Levels, later: Levels, months: Ints) -> Floats:
        """`followed` and `left` of `steps.steps_before`, shape (2, steps), without a null."""
        counts: Floats = self.ordered.until(_steps(earlier, later, self.numbers), months)[0]
        return counts


def _steps(earlier: Levels, later: Levels, numbers: Numbers) -> Ints:
    """The group of each step, and of any step after its first activity; -1 for unknown ones."""
    one, other = numbered(earlier, numbers), numbered(later, numbers)
    count = len(numbers)
    steps = np.where((one >= 0) & (other >= 0), count + one * count + other, -1)
    return np.array([steps, one])
