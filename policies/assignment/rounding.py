"""Rounding a table of expected numbers by lot: every cell on average what it was.

Unbiased controlled rounding (Cox 1987, JASA 82): as long as fractions are left, walk from
fraction to fraction along rows and columns until the walk closes, and shift the fractions on
this cycle up and down in turn, one way or the other, by as much as makes one of them whole;
the lot decides which way, so that nothing changes on average. Rows, whose sums are whole,
keep them; every cell and every column ends as its expected number rounded up or down.
The lots are numbers in [0, 1), used in order; all arithmetic on shares is in whole `UNIT`s.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from cases.numeric import Ints

UNIT = 10**9  # so many make one case: the precision of published probabilities
NEAR = 10**4  # a column's sum this near to a whole number is one

Cells = Sequence[tuple[int, int]]


def rounded(expected: Ints, lots: Iterator[float]) -> Ints:
    """Whole numbers, shape (rows, columns), for `expected` ones in `UNIT`s; row sums are whole."""
    whole, fraction = np.divmod(expected, UNIT)
    column_sums = fraction.sum(axis=0) % UNIT
    apart = (column_sums > NEAR) & (column_sums < UNIT - NEAR)
    # A further row makes whole what is not, so that a column may end either way.
    spare = np.where(apart, UNIT - column_sums, 0)
    fractions = Fractions(np.vstack([fraction, spare]))
    fractions.settle(lots)
    up: Ints = np.array(fractions.shares, np.int64)[:-1] // UNIT
    return whole + up


class Fractions:
    """The fractions of a table as a graph: rows and columns are joined where one is left.

    Row r is node r, column c is node `rows` + c.
    """

    def __init__(self, table: Ints) -> None:
        self.rows = len(table)
        self.shares: list[list[int]] = table.tolist()
        self.neighbours: list[list[int]] = []

    def settle(self, lots: Iterator[float]) -> None:
        """Make every share nought or one: first between pairs of rows, which is quick."""
        apart = 1
        while apart < self.rows:
            for row in range(self.rows):
                if row < row ^ apart < self.rows:
                    self._settle_pair(row, row ^ apart, lots)
            apart *= 2
        self._walk(lots)

    def _settle_pair(self, one: int, other: int, lots: Iterator[float]) -> None:
        """Shift between two rows until they have fractions in at most one column in common."""
        above, below = self.shares[one], self.shares[other]
        waiting = None
        for column in range(len(above)):
            if not (0 < above[column] < UNIT and 0 < below[column] < UNIT):
                continue
            if waiting is not None:
                cells = ((one, waiting), (other, column)), ((other, waiting), (one, column))
                self._shift(*cells, next(lots))
                if 0 < above[waiting] < UNIT and 0 < below[waiting] < UNIT:
                    continue
            waiting = column if 0 < above[column] < UNIT and 0 < below[column] < UNIT else None

    def _walk(self, lots: Iterator[float]) -> None:
        """Walk from fraction to fraction and shift along every cycle, until there is none."""
        left = np.array(self.shares) % UNIT > 0
        across = [(np.flatnonzero(row) + self.rows).tolist() for row in left]
        self.neighbours = across + [np.flatnonzero(column).tolist() for column in left.T]
        for row in range(self.rows):
            path, place = [row], {row: 0}
            while path:
                ahead = self._next(path[-1], path[-2] if len(path) > 1 else None)
                if ahead is None:
                    self._end(path, place)
                elif ahead in place:
                    cycle = path[place[ahead] :]
                    cells = [self._cell(*pair) for pair in itertools.pairwise([*cycle, ahead])]
                    self._shift(cells[::2], cells[1::2], next(lots))
                    for node in cycle[1:]:
                        del place[node]
                    del path[place[ahead] + 1 :]
                else:
                    place[ahead] = len(path)
                    path.append(ahead)

    def _next(self, node: int, behind: int | None) -> int | None:
        """The last node that a fraction joins to `node`, but not the one `behind`.

        As every node prefers the last, walks close after few steps.
        """
        near, back = self.neighbours[node], None
        while near:
            last = near[-1]
            if last == behind:
                back = near.pop()
            elif self._is_fraction(node, last):
                break
            else:
                near.pop()
        found = near[-1] if near else None
        if back is not None and self._is_fraction(node, back):
            near.append(back)
        return found

    def _end(self, path: list[int], place: dict[int, int]) -> None:
        """Step back from a node that leads nowhere; what joins it is whole but for rounding."""
        node = path.pop()
        del place[node]
        if path:
            row, column = self._cell(node, path[-1])
            self.shares[row][column] = UNIT * (2 * self.shares[row][column] > UNIT)

    def _shift(self, rising: Cells, falling: Cells, lot: float) -> None:
        """Shift the shares along a cycle up and down in turn, which way `lot` says."""
        most_up = self._room(rising, falling)
        most_down = self._room(falling, rising)
        # Up by `most_up` with chance most_down / (most_up + most_down) is nothing on average.
        step = most_up if lot * (most_up + most_down) < most_down else -most_down
        for row, column in rising:
            self.shares[row][column] += step
        for row, column in falling:
            self.shares[row][column] -= step

    def _room(self, rising: Cells, falling: Cells) -> int:
        up = [UNIT - self.shares[row][column] for row, column in rising]
        down = [self.shares[row][column] for row, column in falling]
        return min(up + down)

    def _is_fraction(self, one: int, other: int) -> bool:
        row, column = self._cell(one, other)
        return 0 < self.shares[row][column] < UNIT

    def _cell(self, one: int, other: int) -> tuple[int, int]:
        low, high = (one, other) if one < other else (other, one)
        return low, high - self.rows
