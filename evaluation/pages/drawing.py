"""A chart as values: named lines, each drawn on one common axis and written out beside it.

The page's own text says every word and wraps it; only the shapes are SVG. Their places are
shares of the width, so that a chart fills a column of any width and no letter is ever scaled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.language.messages import Sayable, ngettext
from cases.language.values import Value
from evaluation.pages.cells import Cell
from evaluation.statistics.metrics import Figure

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)  # of an axis, times a power of ten
MOST_STEPS = 4  # so many numbers and one more have room on a telephone
MOST_DIGITS, TINY = 3, 1e-9  # of the numbers on an axis


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    `figure` is drawn as a point with its interval, or as a bar; without a value nothing is.
    `said` writes it, or why there is none; `also` is a second figure, drawn as an upright stroke,
    and `so` writes that. `group` heads the lines from this one on.
    """

    name: Cell
    figure: Figure
    said: Cell
    also: float | None = None
    so: Cell | None = None
    group: Cell | None = None

    @property
    def cases(self) -> Sayable:
        """How many cases the figure is of."""
        return ngettext("{count} case", "{count:,} cases", self.figure.n)


@dataclass(frozen=True)
class Goal:
    """A value that all lines are held against, and its name."""

    value: float
    name: Sayable


@dataclass(frozen=True)
class Chart:
    """Lines from the top down. `names` heads their names, `across` the axis, with its unit.

    `shares`: the axis is in per cent. `bars`: figures are bars from zero, not points with
    intervals. `counted`: the number of cases stands beside each figure. `lowest`: where the axis
    begins at the latest.
    """

    names: Sayable
    across: Sayable
    lines: tuple[Line, ...]
    shares: bool = True
    bars: bool = False
    counted: bool = True
    goal: Goal | None = None
    lowest: float = 0.0

    @property
    def ends(self) -> tuple[float, float]:
        """Where the axis begins and ends."""
        numbers = self._numbers()
        return numbers[0], numbers[-1]

    @property
    def ticks(self) -> tuple[tuple[str, Value], ...]:
        """The numbers along the axis: where each stands, and as it is written."""
        numbers = self._numbers()
        spec = _spec(numbers, shares=self.shares)
        return tuple((self.place(number), Value(number, spec)) for number in numbers)

    def place(self, value: float) -> str:
        """Where a value lies along the axis, in per cent of its length."""
        low, high = self.ends
        return f"{100 * (value - low) / (high - low):.2f}%"

    def reach(self, low: float, high: float) -> str:
        """How long a part of the axis is, in per cent of its length."""
        begins, ends = self.ends
        return f"{100 * (high - low) / (ends - begins):.2f}%"

    def _numbers(self) -> tuple[float, ...]:
        values = [self.lowest, *self._values()]
        return round_numbers(min(values), max(values))

    def _values(self) -> Iterator[float]:
        for line in self.lines:
            figure = line.figure
            drawn = (figure.value, figure.low, figure.high, line.also)
            yield from (value for value in drawn if value is not None)
        if self.goal is not None:
            yield self.goal.value


def round_numbers(low: float, high: float) -> tuple[float, ...]:
    """Round numbers in equal steps from at most `low` to at least `high`.

    >>> round_numbers(0.0, 0.17)
    (0.0, 0.05, 0.1, 0.15, 0.2)
    """
    width = (high - low) or 1.0
    high = low + width
    power = 10.0 ** math.floor(math.log10(width / MOST_STEPS))
    for step in (power * one for one in STEPS):
        first, last = math.floor(low / step + TINY), math.ceil(high / step - TINY)
        if last - first <= MOST_STEPS:
            break
    return tuple(round(number * step, 12) for number in range(first, last + 1))


def _spec(numbers: Sequence[float], *, shares: bool) -> str:
    """How the numbers of an axis are written: with as many decimals as they need to differ."""
    scale, kind = (100, "%") if shares else (1, "f")
    digits = (
        n
        for n in range(MOST_DIGITS)
        if all(math.isclose(scale * v, round(scale * v, n), abs_tol=TINY) for v in numbers)
    )
    return f",.{next(digits, MOST_DIGITS)}{kind}"
