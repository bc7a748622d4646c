"""Random rounding of a table of expected numbers: every cell on average what it was.

Unbiased controlled rounding (Cox 1987, JASA 82): as long as fractions are left, walk from
fraction to fraction along rows and columns until the walk closes, and shift the fractions on
this cycle up and down alternately, one way or the other, by as much as makes one of them whole;
a random number decides which way, so that nothing changes on average. Rows, whose sums are
whole, keep them; every cell and every column ends as its expected number rounded up or down.
The random numbers lie in [0, 1) and are used in order; all arithmetic on shares is in whole
`UNIT`s.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from cases.numeric import Ints

UNIT = 10**9  # so many make one case: the precision of published probabilities
NEAR = 10**4  # a column's sum this near to a whole number is one

Cells = Sequence[tuple[int, int]]


def rounded(expected: Ints, numbers: Iterator[float]) -> Ints:
    """Whole numbers, shape (rows, columns), for `expected` ones in `UNIT`s; row sums are whole.

    `numbers` are random, in [0, 1).
    """
    # Step 1: whole parts stay; only the fractions are decided.
    whole, fraction = np.divmod(expected, UNIT)
    column_sums = fraction.sum(axis=0) % UNIT
    apart = (column_sums > NEAR) & (column_sums < UNIT - NEAR)
    # Step 2: a further row makes whole what is not, so that a column may end either way
    # (Cox 1987, section 2).
    spare = np.where(apart, UNIT - column_sums, 0)
    # Step 3: shift fractions along cycles until every one is zero or one.
    fractions = Fractions(np.vstack([fraction, spare]))
    fractions.settle(numbers)
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

    def settle(self, numbers: Iterator[float]) -> None:
        """Make every share zero or one."""
        # First between pairs of rows, which is quick: each row with the one whose number differs
        # in one bit. Two rows with fractions in two common columns are a cycle of four cells.
        apart = 1
        while apart < self.rows:
            for row in range(self.rows):
                if row < row ^ apart < self.rows:
                    self._settle_pair(row, row ^ apart, numbers)
            apart *= 2
        # What is left are longer cycles.
        self._walk(numbers)

    def _settle_pair(self, upper: int, lower: int, numbers: Iterator[float]) -> None:
        """Shift between two rows until they have fractions in at most one column in common."""
        above, below = self.shares[upper], self.shares[lower]
        waiting = None
        for column in range(len(above)):
            if not (0 < above[column] < UNIT and 0 < below[column] < UNIT):
                continue
            if waiting is not None:
                rising = ((upper, waiting), (lower, column))
                falling = ((lower, waiting), (upper, column))
                self._shift(rising, falling, next(numbers))
                if 0 < above[waiting] < UNIT and 0 < below[waiting] < UNIT:
                    continue
            waiting = column if 0 < above[column] < UNIT and 0 < below[column] < UNIT else None

    def _walk(self, numbers: Iterator[float]) -> None:
        """Walk from fraction to fraction and shift along every cycle, until there is none."""
        # The fractions are the edges of a graph whose nodes are rows and columns. Along a cycle
        # of it sums of rows and columns stay as they are if shares go up and down alternately
        # (Gandhi, Khuller, Parthasarathy and Srinivasan 2006, Journal of the ACM 53, section 2).
        left = np.array(self.shares) % UNIT > 0
        across = [(np.flatnonzero(row) + self.rows).tolist() for row in left]
        self.neighbours = across + [np.flatnonzero(column).tolist() for column in left.T]
        for row in range(self.rows):
            path, position = [row], {row: 0}
            while path:
                # A dead end is left behind, a node of the path closes a cycle, any other is added.
                ahead = self._next(path[-1], path[-2] if len(path) > 1 else None)
                if ahead is None:
                    self._end(path, position)
                elif ahead in position:
                    self._close(path, position, ahead, next(numbers))
                else:
                    position[ahead] = len(path)
                    path.append(ahead)

    def _close(self, path: list[int], position: dict[int, int], ahead: int, number: float) -> None:
        """Shift along the cycle that closes at `ahead`, and go on from there."""
        cycle = path[position[ahead] :]
        cells = [self._cell(*pair) for pair in itertools.pairwise([*cycle, ahead])]
        self._shift(cells[::2], cells[1::2], number)
        for node in cycle[1:]:
            del position[node]
        del path[position[ahead] + 1 :]

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
        ahead = near[-1] if near else None
        if back is not None and self._is_fraction(node, back):
            near.append(back)
        return ahead

    def _end(self, path: list[int], position: dict[int, int]) -> None:
        """Step back from a node that leads nowhere; what joins it is whole but for rounding."""
        node = path.pop()
        del position[node]
        if path:
            row, column = self._cell(node, path[-1])
            self.shares[row][column] = UNIT * (2 * self.shares[row][column] > UNIT)

    def _shift(self, rising: Cells, falling: Cells, number: float) -> None:
        """Shift the shares along a cycle up and down alternately, which way `number` says."""
        most_up = self._room(rising, falling)
        most_down = self._room(falling, rising)
        # Up by `most_up` with probability most_down / (most_up + most_down), else down by
        # `most_down`: zero on average.
        step = most_up if number * (most_up + most_down) < most_down else -most_down
        for row, column in rising:
            self.shares[row][column] += step
        for row, column in falling:
            self.shares[row][column] -= step

    def _room(self, rising: Cells, falling: Cells) -> int:
        """How far the one cells can rise and the others fall until one of them is whole."""
        up = [UNIT - self.shares[row][column] for row, column in rising]
        down = [self.shares[row][column] for row, column in falling]
        return min(up + down)

    def _is_fraction(self, node: int, neighbour: int) -> bool:
        row, column = self._cell(node, neighbour)
        return 0 < self.shares[row][column] < UNIT

    def _cell(self, node: int, neighbour: int) -> tuple[int, int]:
        low, high = sorted((node, neighbour))
        return low, high - self.rows
