"""Whether the cases of two times differ, over many features.

Every feature becomes shares of cases: a number the share at or below each decile, a code the
share of each level (rare ones together), either the share without a value. A share may differ
by chance; how far the largest difference of all goes by chance is found by exchanging whole
weeks between the two times (Westfall and Young 1993, single-step maxT). So the cases of a week
need not be independent, and features that say the same count once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.numeric import Flags, Floats

PERMUTATIONS = 1999
SEED = 2026
DECILES = np.arange(1, 10) / 10
RAREST = 0.01  # of all cases; a share below or above 1 - RAREST is not looked at by itself
SMALL = 0.25  # standard deviations; what Rubin (2001) lets pass between samples to be compared


@dataclass(frozen=True)
class Cell:
    """A share of cases: with `value` (a code), at or below it (a number), or by `is_a` alone."""

    value: float | str | None
    is_a: str  # "level", "other", "at_most" or "missing"


@dataclass(frozen=True)
class Shift:
    """Where a feature moved most: the `cell` whose share went from `before` to `now`.

    `size` is the difference in standard deviations of the share, `p` the probability that any
    feature of the comparison goes as far by chance alone, in its own standard errors.
    """

    name: str
    cell: Cell
    before: float
    now: float
    size: float
    p: float

    @property
    def unfilled(self) -> bool:
        """Whether an attribute is filled in differently; a step that did not happen is no gap."""
        return self.cell.is_a == "missing" and self.name.startswith("attribute.")

    def alarms(self, level: float) -> bool:
        """Whether the shift is neither chance, at that level, nor too small to matter."""
        return self.p <= level and abs(self.size) >= SMALL


def compare(
    before: pl.DataFrame, now: pl.DataFrame, names: Sequence[str], *, seed: int = SEED
) -> tuple[Shift, ...]:
    """A `Shift` per feature of `names` that has more than one value, the surest first.

    Both frames have `moment` and the features. Whole weeks are exchanged, parts of a week at
    the border each with their own side; with few weeks few exchanges exist, and p stays large.
    The family-wise error of `p <= level` is `level`, whatever the features' correlation, if
    weeks are exchangeable: no season, and no total over earlier cases among the features.
    """
    both = pl.concat([before.select("moment", *names), now.select("moment", *names)])
    late = np.arange(both.height) >= before.height
    week = both["moment"].dt.truncate("1w").rank("dense").to_numpy().astype(np.int64)
    _blocks, block = np.unique(2 * week + late, return_inverse=True)
    cases = np.bincount(block).astype(np.float64)
    is_late = np.bincount(block, late) > 0
    # How many cases of each block (a week of one time) each share holds.
    cells: list[tuple[str, Cell]] = []
    counts: list[Floats] = []
    for name in names:
        for cell, held in _cells(both[name]):
            cells.append((name, cell))
            counts.append(np.bincount(block, held, len(cases)).astype(np.float64))
    if not cells or is_late.all() or not is_late.any():
        return ()
    return _largest(cells, np.column_stack(counts), cases, is_late, seed)


def _largest(
    cells: Sequence[tuple[str, Cell]], counts: Floats, cases: Floats, is_late: Flags, seed: int
) -> tuple[Shift, ...]:
    """The surest shift of each feature; `counts` (weeks, cells), `cases, is_late` (weeks,)."""
    # Differences as they are (row 0) and under exchanges, each in its own standard deviation.
    apart = _apart(counts, cases, is_late, seed)
    scale = apart.std(axis=0)
    score = np.abs(apart) / np.where(scale > 0, scale, 1.0)
    # Single-step maxT: p is the share of exchanges whose largest score reaches this one.
    largest = np.sort(score.max(axis=1))
    p = 1 - np.searchsorted(largest, score[0], "left") / len(largest)
    # The size in standard deviations of the share itself, sqrt(s (1 - s)).
    share = counts.sum(axis=0) / cases.sum()
    before = counts[~is_late].sum(axis=0) / cases[~is_late].sum()
    size = apart[0] / np.sqrt(share * (1 - share))
    shifts: dict[str, Shift] = {}
    for index in np.argsort(-score[0], kind="stable"):
        name, cell = cells[index]
        change = apart[0, index]
        figures = (before[index], before[index] + change, size[index], p[index])
        shifts.setdefault(name, Shift(name, cell, *map(float, figures)))
    return tuple(shifts.values())


def _apart(counts: Floats, cases: Floats, is_late: Flags, seed: int) -> Floats:
    """Share late less share early per cell: first as it is, then under each exchange of weeks.

    The result has the shape (1 + PERMUTATIONS, cells).
    """
    random = np.random.default_rng(seed)
    chosen = np.vstack(
        [is_late, *(random.permutation(is_late) for _exchange in range(PERMUTATIONS))]
    )
    late = chosen.astype(np.float64)
    in_late, size = late @ counts, (late @ cases)[:, None]
    apart: Floats = in_late / size - (counts.sum(axis=0) - in_late) / (cases.sum() - size)
    return apart


def _cells(column: pl.Series) -> Iterator[tuple[Cell, Floats]]:
    """The shares that describe a column, each with which cases it holds."""
    every = _levels(column) if column.dtype == pl.String else _deciles(column)
    for cell, held in (*every, (Cell(None, "missing"), column.is_null())):
        flags = held.fill_null(value=False).to_numpy().astype(np.float64)
        if RAREST <= flags.mean() <= 1 - RAREST:
            yield cell, flags


def _levels(column: pl.Series) -> Iterator[tuple[Cell, pl.Series]]:
    counts = column.drop_nulls().value_counts(sort=True, name="cases")
    common = counts.filter(pl.col("cases") >= RAREST * len(column))[column.name].sort()
    for level in common:
        yield Cell(level, "level"), column == level
    yield Cell(None, "other"), column.is_not_null() & ~column.is_in(common.implode())


def _deciles(column: pl.Series) -> Iterator[tuple[Cell, pl.Series]]:
    known = column.drop_nulls().to_numpy()
    for cut in np.unique(np.quantile(known, DECILES, method="lower")) if known.size else ():
        yield Cell(float(cut), "at_most"), column <= cut
