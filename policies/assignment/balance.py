"""The programme: which chance each handler gets, so that expected work is balanced.

One linear programme for all cases that come in together. Cases that the same handlers may
take stand in it as one group, handlers who are alike in every respect as one class, so alike
cases and alike handlers have equal chances.

- The cost of a handler's load L at capacity c rises by L / c with every unit of work. It is
  piecewise linear with pieces of one usual case (of those the handler may take), the first
  starting at the handler's own present load: handlers get whole cases, and as the draw
  (`rounding.py`) gives the expected number rounded up or down, such a cost is the expected
  cost of what is drawn, if the cases are of equal effort.
- Every eligible handler keeps `floor` of an even lottery, as far as there are places.
- For each preferred skill that is lacked, a case costs as if one more usual case were open.
- `places` bound the expected number of cases. Where they run out, nobody gets the rest.

Of all optima with the same loads the most even one is taken: the duals say which pairs an
optimum may use, and iterative proportional fitting spreads the work over them (Deming and
Stephan 1940; it maximises the entropy, Csiszár 1975). Otherwise the solver and not the lot
would decide who gets which of several cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from cases.errors import PlumblineError
from cases.numeric import Flags, Floats, Ints

PIECES = 20_000  # about so many pieces of one case, all handlers together
FEWEST_PIECES = 4
PAIRS = 20_000  # the programme begins with about so many pairs of group and class
MORE = 16  # classes it adds to a group at a time, where they would lower the cost
TOLERANCE = 1e-6  # of reduced costs, in loads of a usual case
ROUNDS = 200  # of proportional fitting at most
SIMPLEX, INTERIOR = "highs-ds", "highs-ipm"
NEWTON = 8  # steps in each of them towards the places of a class


@dataclass(frozen=True)
class Demand:
    """What is to be shared out: groups of cases, against `h` handlers."""

    cases: Floats  # (g,) how many
    effort: Floats  # (g,) of all of them together, above 0
    eligible: Flags  # (g, h) somebody for every group
    lacked: Ints  # (g, h) preferred skills the handler lacks


@dataclass(frozen=True)
class Supply:
    """Who can bear what, each of shape (h,)."""

    load: Floats  # expected work left, in the unit of effort
    capacity: Floats  # above 0
    places: Floats  # further cases allowed; infinite without a limit


def balanced(demand: Demand, supply: Supply, floor: float) -> Floats:
    """Chances of shape (g, h + 1); the last column is nobody's. Every row sums to one."""
    kind, first, size = _alike(demand, supply)
    alike = LinearProgram(
        Demand(demand.cases, demand.effort, demand.eligible[:, first], demand.lacked[:, first]),
        Supply(supply.load[first], supply.capacity[first], supply.places[first]),
        size,
        floor,
    )
    work = alike.solve()
    chances = np.column_stack([(work[:, :-1] / size)[:, kind], work[:, -1]])
    shares: Floats = chances / chances.sum(axis=1, keepdims=True)
    return shares


def _alike(demand: Demand, supply: Supply) -> tuple[Ints, Ints, Floats]:
    """Each handler's class, and of each class the first handler and the size."""
    facts = np.column_stack(
        [supply.load, supply.capacity, supply.places, demand.eligible.T, demand.lacked.T]
    )
    known: dict[bytes, int] = {}
    kind = np.array([known.setdefault(row.tobytes(), len(known)) for row in facts], np.int64)
    _, first, size = np.unique(kind, return_index=True, return_counts=True)
    return kind, first, size.astype(float)


@dataclass(frozen=True)
class LinearProgram:
    """The programme over `g` groups and `c` classes of `size` handlers each.

    Work is counted in cases of mean effort, capacity relative to its mean.
    """

    demand: Demand
    supply: Supply
    size: Floats
    floor: float

    def solve(self) -> Floats:
        """(g, c + 1) the work of each group that each class, and nobody, is to expect."""
        work, prices = self.search()
        even = self._most_even(work, prices <= TOLERANCE)
        even[:, :-1] += self.least
        return even

    def search(self) -> tuple[Floats, Floats]:
        """(g, c + 1) an optimum beyond the floor, and what more work there would cost."""
        pairs = self._first_pairs()
        while True:
            found = self._optimum(pairs)
            prices = self._reduced_costs(found)
            missing = np.where(self.demand.eligible & ~pairs, prices[:, :-1], 0.0)
            if missing.min(initial=0.0) >= -TOLERANCE:
                break
            best = np.argsort(missing, axis=1)[:, :MORE]
            added = np.zeros_like(pairs)
            np.put_along_axis(added, best, np.take_along_axis(missing < 0, best, 1), 1)
            pairs |= added
        work = np.zeros(prices.shape)
        used = int(pairs.sum())
        work[:, :-1][pairs] = found.x[:used]
        work[:, -1] = found.x[used : used + len(work)]
        return np.maximum(work, 0.0), prices

    @cached_property
    def case(self) -> float:
        """The effort of a usual case."""
        return float(self.demand.effort.sum() / self.demand.cases.sum())

    @cached_property
    def usual(self) -> Floats:
        """(c,) the work in a usual case of those that each class may take."""
        eligible = self.demand.eligible
        usual: Floats = (self.work @ eligible) / (self.demand.cases @ eligible)
        return usual

    @cached_property
    def work(self) -> Floats:
        """(g,) the work in each group."""
        return self.demand.effort / self.case

    @cached_property
    def cases_per_work(self) -> Floats:
        """(g,)."""
        return self.demand.cases / self.work

    @cached_property
    def least(self) -> Floats:
        """(g, c) the work each class keeps for the floor, as far as there are places."""
        even = self.floor / (self.demand.eligible @ self.size)
        least = self.demand.eligible * np.outer(self.work * even, self.size)
        wanted = self.cases_per_work @ least
        room = self.supply.places * self.size
        within: Floats = least * np.minimum(1.0, room / np.maximum(wanted, 1e-300))
        return within

    @cached_property
    def room(self) -> Floats:
        """(c,) cases that may be expected beyond the floor."""
        room: Floats = self.supply.places * self.size - self.cases_per_work @ self.least
        return room

    @cached_property
    def widths(self) -> Floats:
        """(k,) of pieces in usual cases: single ones, then ever longer, enough for all work."""
        cases = int(self.demand.cases.sum())
        single = min(cases, max(FEWEST_PIECES, PIECES // len(self.size)))
        longer = np.arange(1, (cases - single).bit_length() + 1)
        return np.concatenate([np.ones(single), 2.0**longer])

    @cached_property
    def relative(self) -> Floats:
        """(c,) capacity."""
        relative: Floats = self.supply.capacity / self.supply.capacity.mean()
        return relative

    @cached_property
    def slopes(self) -> Floats:
        """(c, k) cost of work in each piece: the load half-way through it per capacity."""
        half_way = np.cumsum(self.widths) - self.widths / 2
        loads = self.supply.load[:, None] / self.case + np.outer(self.usual, half_way)
        slopes: Floats = loads / self.relative[:, None]
        return slopes

    @cached_property
    def costs(self) -> Floats:
        """(g, c) further cost of work for lacking what is preferred."""
        return self.demand.lacked * self.usual / self.relative

    @cached_property
    def nobody(self) -> Floats:
        """(g,) cost of work left to nobody; for any case more than anybody could cost."""
        dearest = self.slopes.max() + self.costs.max()
        costs: Floats = 2 * dearest * self.cases_per_work / self.cases_per_work.min()
        return costs

    def _first_pairs(self) -> Flags:
        """Where the search begins: of lone cases, if there are many, some pairs here and there."""
        eligible, alone = self.demand.eligible, self.demand.cases[:, None] == 1
        share = PAIRS / max(PAIRS, int((eligible & alone).sum()))
        scattered = np.random.default_rng(0).random(eligible.shape) <= share
        first: Flags = eligible & (scattered | ~alone)
        return first

    def _optimum(self, pairs: Flags, method: str = SIMPLEX) -> OptimizeResult:
        """The optimum using only `pairs`. Variables: their work, nobody's, the pieces' work.

        Rows: the work of each group; the work of each class; the places of each class.
        """
        groups, classes = pairs.shape
        group, kind = np.nonzero(pairs)
        one = np.ones(len(group))
        take = sparse.coo_array((one, (group, np.arange(len(group)))), (groups, len(group)))
        give = sparse.coo_array((one, (kind, np.arange(len(group)))), (classes, len(group)))
        pieces = sparse.kron(sparse.eye_array(classes), np.ones((1, len(self.widths))))
        limited = np.flatnonzero(np.isfinite(self.room))
        counts = (give * self.cases_per_work[group]).tocsr()[limited]
        found = linprog(
            np.concatenate([self.costs[pairs], self.nobody, self.slopes.ravel()]),
            A_ub=sparse.hstack(
                [counts, sparse.csr_array((len(limited), groups + self.slopes.size))]
            ),
            b_ub=np.maximum(self.room[limited], 0.0),
            A_eq=sparse.block_array(
                [[take, sparse.eye_array(groups), None], [-give, None, pieces]], format="csc"
            ),
            b_eq=np.concatenate([self.work - self.least.sum(axis=1), self.least.sum(axis=0)]),
            bounds=self._bounds(len(group) + groups),
            method=method,
        )
        if found.status != 0 and method == SIMPLEX:  # rarely, of amounts of very unlike size
            return self._optimum(pairs, INTERIOR)
        if found.status != 0:
            raise PlumblineError(f"The cases could not be shared out: {found.message}")
        return found

    def _bounds(self, unlimited: int) -> Floats:
        upper = np.concatenate(
            [np.full(unlimited, np.inf), np.outer(self.size * self.usual, self.widths).ravel()]
        )
        return np.column_stack([np.zeros(len(upper)), upper])

    def _reduced_costs(self, found: OptimizeResult) -> Floats:
        """(g, c + 1) what a unit of work there would add to the cost; infinite if not eligible."""
        groups = len(self.work)
        level = found.eqlin.marginals
        scarcity = np.zeros(len(self.size))
        scarcity[np.isfinite(self.room)] = found.ineqlin.marginals
        costs = self.costs + level[groups:] - np.outer(self.cases_per_work, scarcity)
        costs[~self.demand.eligible] = np.inf
        prices: Floats = np.column_stack([costs, self.nobody]) - level[:groups, None]
        return prices

    def _most_even(self, drawn: Floats, allowed: Flags) -> Floats:
        """As even a table over the `allowed` pairs as has the sums of `drawn` and its places.

        Rows keep theirs exactly; columns nearly, where the sums force a pair to nought or places
        bind: in 400 random programmes the cost was at most 0.2 % above the optimum.
        """
        rows, columns = drawn.sum(axis=1), drawn.sum(axis=0)
        even = (allowed | (drawn > 0)) * np.append(self.size, 1.0)
        scarcity = np.zeros(len(self.size))
        for _ in range(ROUNDS):
            even *= _ratio(columns, even.sum(axis=0))
            scarcity += self._thin(even, scarcity)
            factor = _ratio(rows, even.sum(axis=1))
            even *= factor[:, None]
            if np.abs(factor - 1).max(initial=0.0, where=rows > 0) < TOLERANCE:
                break
        self._put_within_places(even)
        within: Floats = even
        return within

    def _thin(self, even: Floats, scarcity: Floats) -> Floats:
        """Take cases from classes with more than their places, in place; how much dearer each got.

        The entropy projection on the half-space of each class, by Newton's method; `scarcity` is
        what was taken before, and is given back where it is no longer needed (Censor and Lent
        1981, An iterative row-action method for interval convex programming).
        """
        some = np.flatnonzero((self._cases(even) > self.room) | (scarcity > 0))
        dearer = np.zeros(len(scarcity))
        if some.size:
            own, wanted = even[:, some], np.maximum(self.room[some], 0.0)
            step = -scarcity[some]
            for _ in range(NEWTON):
                cases = self.cases_per_work[:, None] * own * self._paid(step)
                slope = np.maximum(self.cases_per_work @ cases, 1e-300)
                step = np.maximum(step, step + (cases.sum(axis=0) - wanted) / slope)
            even[:, some] = own * self._paid(step)
            dearer[some] = step
        return dearer

    def _paid(self, price: Floats) -> Floats:
        """(g, c) what is left of work that costs `price` a case."""
        paid: Floats = np.exp(-np.outer(self.cases_per_work, price))
        return paid

    def _cases(self, work: Floats) -> Floats:
        """(c,) the cases in the work of each class."""
        cases: Floats = self.cases_per_work @ work[:, :-1]
        return cases

    def _put_within_places(self, even: Floats) -> None:
        """What fitting left above the places of a class goes to others of the group, in place.

        To those with places left, as many as they have; the rest to nobody.
        """
        for full in np.flatnonzero(self._cases(even) > self.room):
            share = max(self.room[full], 0.0) / self._cases(even)[full]
            freed = even[:, full] * (1 - share)
            even[:, full] *= share
            for group in np.flatnonzero(freed):
                free = np.where(even[group, :-1] > 0, self.room - self._cases(even), 0.0)
                free[full] = 0.0
                free = np.minimum(np.maximum(free, 0.0) / self.cases_per_work[group], freed[group])
                put = free * min(1.0, freed[group] / max(free.sum(), 1e-300))
                even[group, :-1] += put
                even[group, -1] += freed[group] - put.sum()


def _ratio(wanted: Floats, given: Floats) -> Floats:
    return np.divide(wanted, given, out=np.zeros_like(wanted), where=given > 0)
