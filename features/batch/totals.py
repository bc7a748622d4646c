"""Totals over other cases at many moments: what a sweep gives (`as_of.running_totals`), by sorting.

Of each source of marks and window, the times are sorted once. Per key, what is marked is put in
the order of group and time as one whole number, its group and its place in time; so is every
moment, and its place among the marks is found by a binary search in order, which is as good as
linear. A total is the difference of two running sums. Marks are whole numbers: it is exactly the
sweep's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from cases.numeric import Floats, Ints
from cases.tables.tables import Tables, rows
from features.as_of import AFTER_QUESTIONS, MARKS, column_of, counted, shown_columns
from features.feature import OfOthers
from features.online.lookup import SOURCES, Window, window_end

KNOWN = "known"  # next to the sources: the cases asked about


@dataclass(frozen=True)
class Marked:
    """What is marked, in the order of time: which rows of its source, their times, their marks."""

    places: Ints
    times: Ints
    marks: Mapping[str, Floats]

    def before(self, moments: Ints) -> Ints:
        """How many are marked by each moment; `moments` are sorted."""
        return np.searchsorted(self.times, moments, side="right")


@dataclass(frozen=True)
class Source:
    """What one source of `MARKS` counts: its rows (`as_of.counted`), and how they are in time."""

    rows: pl.DataFrame
    names: Sequence[str]

    @cached_property
    def _later(self) -> Ints:
        """1 where it counts from just after its time."""
        return (self.rows["turn"] == AFTER_QUESTIONS).to_numpy().astype(np.int64)

    def marked(self, window: Window, shown: Sequence[str]) -> Marked:
        """What is marked when the window ends (None: when it begins), once the key is known."""
        times = _microseconds(self.rows["time"])
        times = times if window is None else window_end(times, window)
        places = np.arange(self.rows.height)
        if shown:
            since = self.rows.select(pl.max_horizontal(pl.col(*shown).cast(pl.Int64)))
            known = self.rows.select(pl.all_horizontal(pl.col(*shown).is_not_null())).to_series()
            times = np.maximum(times, since.to_series().fill_null(0).to_numpy())
            places = np.flatnonzero(known.to_numpy())
        times = (times + self._later)[places]
        order = np.argsort(times, kind="stable")
        places = places[order]
        marks = {name: self.rows[name].to_numpy()[places] for name in self.names}
        return Marked(places, times[order], marks)


class Totals:
    """Totals over other cases, of the cases known at their moments (`as_of.Known.cases`)."""

    def __init__(self, tables: Tables, known: pl.DataFrame, totals: Sequence[OfOthers]) -> None:
        self.office, self.known, self.totals = tables.office, known, totals
        names = sorted({name for total in totals for name in total.key})
        wanted = {SOURCES[total.mark] for total in totals}
        self.sources = {
            source: Source(rows(frame), MARKS[source])
            for source, frame in counted(tables, names).items()
            if source in wanted
        }
        self.frames = {KNOWN: known, **{name: part.rows for name, part in self.sources.items()}}
        self._coded: dict[str, dict[str, Ints]] = {}
        moments = _microseconds(known["moment"])
        self.in_time = np.argsort(moments, kind="stable")
        self.moments = moments[self.in_time]

    def columns(self) -> Iterator[pl.Series]:
        """Each total, of every case in order; null where the case's own key is unknown."""
        late = sorted({tuple(shown_columns(self.office, total.key)) for total in self.totals})
        for shown in late:
            alike = [t for t in self.totals if tuple(shown_columns(self.office, t.key)) == shown]
            windows: set[tuple[str, Window]] = {
                (SOURCES[total.mark], window) for total in alike for window in (None, total.window)
            }
            marked = {
                (source, window): self.sources[source].marked(window, shown)
                for source, window in windows
            }
            before = {which: part.before(self.moments) for which, part in marked.items()}
            for key in sorted({total.key for total in alike}):
                of_key = [total for total in alike if total.key == key]
                yield from self._of_key(key, of_key, marked, before)

    def _of_key(
        self,
        key: tuple[str, ...],
        totals: Sequence[OfOthers],
        marked: Mapping[tuple[str, Window], Marked],
        before: Mapping[tuple[str, Window], Ints],
    ) -> Iterator[pl.Series]:
        groups = self._groups(key)
        asked = groups[KNOWN][self.in_time]
        order = _order(asked)
        where = self.in_time[order]
        asked = asked[order]
        sums: dict[tuple[str, Window], dict[str, Floats]] = {}
        for source, window in dict.fromkeys(
            (SOURCES[total.mark], window) for total in totals for window in (None, total.window)
        ):
            names = {total.mark for total in totals if SOURCES[total.mark] == source}
            part = marked[source, window]
            of_marked = groups[source][part.places]
            sums[source, window] = _sums(
                part, names, of_marked, asked, before[source, window][order]
            )
        for total in totals:
            of_source = SOURCES[total.mark]
            values = sums[of_source, None][total.mark]
            if total.window is not None:
                values = values - sums[of_source, total.window][total.mark]
            placed = np.empty(len(values))
            placed[where] = np.where(asked < 0, np.nan, values)
            yield pl.Series(total.column, placed, nan_to_null=True)

    def _groups(self, key: tuple[str, ...]) -> dict[str, Ints]:
        """The group by the values of `key` of what is `KNOWN` and of each row of the sources.

        -1 where one of the values is unknown.
        """
        if not key:
            return {name: np.zeros(frame.height, np.int64) for name, frame in self.frames.items()}
        first, *others = (self._codes_of(name) for name in key)
        for codes in others:
            first = _pairs(first, codes)
        return first

    def _codes_of(self, name: str) -> dict[str, Ints]:
        if name not in self._coded:
            column = column_of(self.office, name)
            self._coded[name] = _codes({key: f[column] for key, f in self.frames.items()})
        return self._coded[name]


def _microseconds(times: pl.Series) -> Ints:
    """Times as whole numbers; none of them may be null."""
    numbers: Ints = times.to_physical().to_numpy()
    return numbers


def _order(groups: Ints) -> Ints:
    """The places in the order of group, of equal ones as they stand."""
    count = max(len(groups), 1)
    numbers = (groups + 1) * count + np.arange(len(groups))
    numbers.sort()
    return numbers % count


def _sums(
    marked: Marked, names: set[str], of_marked: Ints, asked: Ints, before: Ints
) -> dict[str, Floats]:
    """What had been marked of the group asked about, of all marked `before` in time.

    `of_marked` is the group of each mark, -1 for none; `asked` is sorted.
    """
    count = len(marked.places) + 1
    known = np.flatnonzero(of_marked >= 0)
    numbers = of_marked[known] * count + known
    numbers.sort()
    last = np.searchsorted(numbers, asked * count + before)
    first = np.searchsorted(numbers, asked * count)
    places = numbers % count
    running = {
        name: np.concatenate([[0.0], np.cumsum(marked.marks[name][places])]) for name in names
    }
    return {name: sums[last] - sums[first] for name, sums in running.items()}


def _codes(columns: Mapping[str, pl.Series]) -> dict[str, Ints]:
    """Each value as a number, the same in every column; -1 where it is unknown."""
    every = pl.concat([column.rename("value") for column in columns.values()])
    values = every.unique().drop_nulls().to_frame().with_row_index("code").lazy()
    codes = every.to_frame().lazy().join(values, on="value", how="left", maintain_order="left")
    found = codes.select(pl.col("code").cast(pl.Int64).fill_null(-1)).collect()["code"].to_numpy()
    ends = np.cumsum([len(column) for column in columns.values()])[:-1]
    return dict(zip(columns, np.split(found, ends), strict=True))


def _pairs(first: Mapping[str, Ints], second: Mapping[str, Ints]) -> dict[str, Ints]:
    """Each pair of codes as a code; -1 where one of them is unknown."""
    count = 1 + max(int(codes.max(initial=0)) for codes in second.values())
    both = {
        name: pl.Series(np.where(second[name] < 0, -1, codes * count + second[name]))
        for name, codes in first.items()
    }
    return _codes({name: pairs.set(pairs < 0, None) for name, pairs in both.items()})
