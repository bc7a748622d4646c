"""Inclusion probabilities on the frontier between defects found and certainty about the rate.

Of all probabilities `pi` with a given sum and given quotas, these maximise

    mu * sum pi p  -  sum v / pi,        v = p (1 - p),

the expected defects found against the variance of the estimated rate: the anticipated
variance sum (1 / pi - 1) v of the difference estimator, if the risks `p` are right
(Isaki and Fuller 1982, Journal of the American Statistical Association 77). The optimum is

    pi = sqrt(v / (lambda - mu p)), at least the floor, at most 1 (1 where lambda - mu p <= v)

with one multiplier lambda for the whole frame and others where a quota binds. Quotas nest
(a handler's cases in one unit; the unit; the office), so every multiplier is the root of a
monotone function of its own. mu = 0 knows the rate best (Neyman 1934); as mu grows the
design approaches the top of the list.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple, Self

import numpy as np
from scipy.optimize import brentq

from cases.numeric import Floats, Ints

LEAST_FLOOR = 0.01  # least inclusion probability, as a share of an even random draw's
DOUBT = 0.25  # no case counts as surer than this share of the average variance
LEAST_VARIANCE = 1e-4  # no estimate is as sure as p = 0 or p = 1
SURVEY_MU, SEARCH_MU = 1e-2, 1e6  # the ends of the frontier: beyond them nothing changes
MOST_STEPS = 200  # more than any root takes: a step that does not help halves its bracket
CLOSE = 1e-11  # relative
ENOUGH = 50_000  # cases; more are thinned while the frontier is searched


@dataclass(frozen=True)
class Quotas:
    """How many cases to draw: in all, per cell and per unit (whole numbers).

    A cell is what one handler did in one unit. `cell_least` and `cell_most` have shape
    (cells,), `unit_least` and `unit_most` shape (units,); `unit_of_cell` says where each
    cell belongs. A draw in parts takes `part_sizes` of each; a unit with cases in two parts
    counts as two, and `part_of_unit` says which part each is in. Otherwise all is one part.
    """

    size: int
    cell_least: Floats
    cell_most: Floats
    unit_least: Floats
    unit_most: Floats
    unit_of_cell: Ints
    part_sizes: tuple[int, ...] = ()
    part_of_unit: Ints | None = None

    @property
    def parts(self) -> tuple[Floats, Ints]:
        """How many cases to draw of each part, and the part of each unit."""
        if self.part_of_unit is None:
            return np.array([float(self.size)]), np.zeros(len(self.unit_least), np.int64)
        return np.array(self.part_sizes, np.float64), self.part_of_unit


def added(values: Floats, group: Ints, groups: int) -> Floats:
    """Sums of `values` by group, shape (groups,)."""
    return np.bincount(group, values, groups).astype(np.float64, copy=False)


class Sums(NamedTuple):
    """Sums of probabilities by group, and how fast each falls with its multiplier."""

    total: Floats
    slope: Floats

    def within(self, least: Floats, most: Floats | float) -> Sums:
        """Held to quotas; what a quota holds does not move."""
        held = (self.total <= least) | (self.total >= most)
        total = np.minimum(np.maximum(self.total, least), most)  # np.clip takes twice as long
        return Sums(total, np.where(held, 0.0, self.slope))

    def by(self, group: Ints, groups: int) -> Sums:
        """Added up over larger groups."""
        return Sums(added(self.total, group, groups), added(self.slope, group, groups))


@dataclass(frozen=True)
class Design:
    """The cases that the random draw decides about, and what is wanted of the draw.

    `risk`, shape (cases,), lies in [0, 1]; `cell` gives each case's cell; `count` says how
    many similar cases each entry stands for. The quotas must be feasible (`quotas.py` checks
    that). No inclusion probability is below `floor` times that of an even draw, and no
    variance below `doubt` times the average one: a model may be wrong, and sure, about a group.
    """

    risk: Floats
    cell: Ints
    quotas: Quotas
    count: Floats
    floor: float = LEAST_FLOOR
    doubt: float = 0.0

    @classmethod
    def of(
        cls,
        risk: Floats,
        cell: Ints,
        quotas: Quotas,
        *,
        floor: float = LEAST_FLOOR,
        doubt: float = 0.0,
    ) -> Self:
        """The design of single cases."""
        return cls(risk, cell, quotas, np.ones(len(risk)), floor, doubt)

    @cached_property
    def variance(self) -> Floats:
        """Of each case's outcome: p (1 - p), at least the doubt's, shape (cases,)."""
        variance = self.risk * (1 - self.risk)
        doubted = self.doubt * np.average(variance, weights=self.count) if self.doubt else 0.0
        return np.maximum(variance, max(LEAST_VARIANCE, doubted))

    @cached_property
    def least_pi(self) -> Floats:
        """The least inclusion probability of each case, shape (cases,)."""
        quotas, unit = self.quotas, self.quotas.unit_of_cell
        in_cell = added(self.count, self.cell, len(unit))
        in_unit = added(in_cell, unit, len(quotas.unit_most))
        sizes, part = quotas.parts
        in_part = added(in_unit, part, len(sizes))
        # A floor above the most that a quota or a part allows on average could not be kept.
        room_in_unit = np.minimum(quotas.unit_most / in_unit, (sizes / in_part)[part])
        room = np.minimum(quotas.cell_most / in_cell, room_in_unit[unit])
        share = self.floor * quotas.size / self.count.sum()
        least: Floats = np.minimum(share, room)[self.cell]
        return least

    def expected_defects(self, pi: Floats) -> float:
        """Defects that a draw with probabilities `pi` finds on average."""
        return float((self.count * pi) @ self.risk)

    def anticipated_variance(self, pi: Floats) -> float:
        """Of the estimated number of defects, in cases squared."""
        return float((self.count * (1 / pi - 1)) @ self.variance)

    def least_variance(self) -> float:
        """The anticipated variance at the survey end of the frontier."""
        few = self.thinned()
        return few.anticipated_variance(few.probabilities(SURVEY_MU))

    @cached_property
    def _is_free(self) -> bool:
        """Whether no quota can bind, so that all cases share one multiplier."""
        quotas, unit = self.quotas, self.quotas.unit_of_cell
        in_cell = added(self.count, self.cell, len(unit))
        in_unit = added(in_cell, unit, len(quotas.unit_most))
        least = quotas.cell_least.any() or quotas.unit_least.any()
        most = (in_cell > quotas.cell_most).any() or (in_unit > quotas.unit_most).any()
        return not (least or most or len(quotas.parts[0]) > 1)

    def probabilities(self, mu: float) -> Floats:
        """The optimal inclusion probabilities, shape (cases,); their sum is the size."""
        quotas, gain = self.quotas, mu * self.risk
        # The search for multipliers starts at Neyman's allocation, which is exact for mu = 0
        # without floor and quotas: pi = n sqrt(v) / sum sqrt(v).
        neyman = (self.count @ np.sqrt(self.variance) / quotas.size) ** 2
        start = float(mu * self.risk.mean() + neyman)
        if self._is_free:
            return self._pi(gain, self._root_of_all(gain, start))
        units, unit_of = len(quotas.unit_least), quotas.unit_of_cell
        sizes, part_of = quotas.parts

        def by_cell(multiplier: Floats) -> Sums:
            return self._sums(gain, multiplier)

        def by_unit(multiplier: Floats) -> Sums:
            cells = by_cell(multiplier[unit_of]).within(quotas.cell_least, quotas.cell_most)
            return cells.by(unit_of, units)

        def in_all(multiplier: Floats) -> Sums:
            held = by_unit(multiplier[part_of]).within(quotas.unit_least, quotas.unit_most)
            return held.by(part_of, len(sizes))

        # Step 1: each part's multiplier lambda, with quotas held at their bounds, so that the
        # probabilities add up to its size.
        office = self._root(gain, in_all, sizes, np.full(len(sizes), start))[part_of]
        # Step 2: every unit takes the sum it has at its part's multiplier, moved to its quota
        # where that binds, and gets the multiplier that gives this sum.
        wanted = by_unit(office).within(quotas.unit_least, quotas.unit_most).total
        unit = self._root(gain, by_unit, wanted, office)[unit_of]
        # Step 3: the same for every cell, from its unit's multiplier.
        wanted = by_cell(unit).within(quotas.cell_least, quotas.cell_most).total
        cell = self._root(gain, by_cell, wanted, unit)
        return self._pi(gain, cell[self.cell])

    def _pi(self, gain: Floats, multiplier: Floats | float) -> Floats:
        """The optimum of the module's docstring: pi = sqrt(v / (lambda - mu p)), within bounds.

        `gain` is mu p of each case, `multiplier` its lambda, or that of all.
        """
        # lambda - mu p <= v means pi = 1, so that v is the least the denominator may be.
        free = np.maximum(multiplier - gain, self.variance)
        return np.maximum(np.sqrt(self.variance / free), self.least_pi)

    def _falling(self, pi: Floats) -> Floats:
        """How fast `_pi` falls with its multiplier: - d pi / d lambda = pi ** 3 / (2 v)."""
        inside = (pi > self.least_pi) & (pi < 1)
        falling: Floats = inside * pi * pi * pi / (2 * self.variance)
        return falling

    def _sums(self, gain: Floats, multiplier: Floats) -> Sums:
        """Sums of `_pi` by cell, and their slopes."""
        pi = self._pi(gain, multiplier[self.cell])
        pairs = (self.count * pi, self.count * self._falling(pi))
        return Sums(*(added(values, self.cell, len(self.quotas.cell_most)) for values in pairs))

    def _bracket(self, gain: Floats) -> tuple[float, float, float]:
        """What the search works from, where each probability is one, where each is at the floor."""
        low, high = gain + self.variance, gain + self.variance / self.least_pi**2
        return float(gain.min()), float(low.min()), float(high.max())

    def _root_of_all(self, gain: Floats, at: float) -> float:
        """As `_root` where no quota can bind: the one multiplier with which the sum is the size."""
        wanted = float(self.quotas.size)
        base, low, high = self._bracket(gain)
        for _step in range(MOST_STEPS):
            pi = self._pi(gain, at)
            total, slope = float(self.count @ pi), float(self.count @ self._falling(pi))
            if abs(total - wanted) <= CLOSE * wanted:
                break
            low, high = (at, high) if total > wanted else (low, at)
            step = at + (wanted**-2 - total**-2) / (2 * slope * total**-3) if slope else high
            at = step if low < step < high else base + math.sqrt((low - base) * (high - base))
        return at

    def _root(
        self, gain: Floats, sums: Callable[[Floats], Sums], wanted: Floats, start: Floats
    ) -> Floats:
        """The multipliers at which `sums` are `wanted`.

        Newton's method on total ** -2, which is linear in the multiplier for Neyman's
        allocation, inside a bracket that is halved (on a log scale) where a step leaves it.
        """
        base, *ends = self._bracket(gain)
        low, high = (np.full_like(wanted, end) for end in ends)
        at = start
        for _step in range(MOST_STEPS):
            total, slope = sums(at)
            off = np.abs(total - wanted) > CLOSE * wanted
            if not off.any():
                break
            low, high = np.where(total > wanted, at, low), np.where(total > wanted, high, at)
            # One step of Newton's method; halve the bracket where it fails.
            with np.errstate(divide="ignore", invalid="ignore"):
                step = at + (wanted**-2.0 - total**-2.0) / (2 * slope * total**-3.0)
            inside = (low < step) & (step < high)
            middle = base + np.sqrt((low - base) * (high - base))
            at = np.where(off, np.where(inside, step, middle), at)
        return at

    def at_search_share(self, share: float) -> Floats:
        """The probabilities that find `share` of what pure search finds beyond pure survey."""
        # The frontier is traced by mu: first its two ends, then the mu between them (bisection
        # by Brent's method, as the defects found rise with mu).
        few = self.thinned()
        least = few.expected_defects(few.probabilities(SURVEY_MU))
        most = few.expected_defects(few.probabilities(SEARCH_MU))
        wanted = least + share * (most - least)
        return self.probabilities(few._mu(lambda pi: few.expected_defects(pi) - wanted))

    def at_variance(self, most: float) -> Floats:
        """The probabilities that find most defects with an anticipated variance of `most`.

        The survey end of the frontier if even that has more.
        """
        few = self.thinned()
        return self.probabilities(few._mu(lambda pi: few.anticipated_variance(pi) - most))

    def _mu(self, excess: Callable[[Floats], float]) -> float:
        """Where `excess` of the probabilities, which rises with mu, is zero."""

        @cache
        def at(log_mu: float) -> float:
            return excess(self.probabilities(math.exp(log_mu)))

        low, high = math.log(SURVEY_MU), math.log(SEARCH_MU)
        if at(low) >= 0 or at(high) <= 0:
            return SURVEY_MU if at(low) >= 0 else SEARCH_MU
        return math.exp(brentq(at, low, high, xtol=1e-3))

    def thinned(self, enough: int = ENOUGH) -> Design:
        """A design of more than `enough` cases on fewer, each for several of similar risk.

        Only mu is searched on it; the probabilities are computed for all cases.
        """
        every = max(1, len(self.risk) // enough)
        order = np.lexsort((self.risk, self.cell))
        cells = np.bincount(self.cell)
        position = np.arange(len(order)) - np.repeat(np.cumsum(cells) - cells, cells)
        first = np.flatnonzero(position % every == 0)
        middle = order[first + np.diff(first, append=len(order)) // 2]
        count = np.add.reduceat(self.count[order], first)
        return replace(self, risk=self.risk[middle], cell=self.cell[middle], count=count)


def without_quotas(
    risk: Floats, size: int, *, floor: float = LEAST_FLOOR, doubt: float = 0.0
) -> Design:
    """The design of `size` cases among all, without regard to handler and unit."""
    everyone = np.zeros(len(risk), np.int64)
    none, all_cases = np.zeros(1), np.array([float(len(risk))])
    quotas = Quotas(size, none, all_cases, none, all_cases, np.zeros(1, np.int64))
    return Design.of(risk, everyone, quotas, floor=floor, doubt=doubt)
