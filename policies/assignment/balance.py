"""The linear program: which probability each handler gets, so that expected work is balanced.

One linear program for all cases that come in together. Cases that the same handlers may
take stand in it as one group, handlers who are the same in every respect as one class, so
equal cases and equal handlers have equal probabilities.

- The cost of a handler's load L at capacity c rises by L / c with every unit of work. It is
  piecewise linear with pieces of one usual case (of those the handler may take), the first
  starting at the handler's present load: handlers get whole cases, and as the draw
  (`rounding.py`) gives the expected number rounded up or down, such a cost is the expected
  cost of what is drawn, if the cases are of equal effort.
- Every eligible handler keeps `floor` of an even draw, as far as there are slots.
- For each preferred skill that is lacked, a case costs as if one more usual case were open.
- `slots` bound the expected number of cases. Where they run out, nobody gets the rest.

Of all optima with the same loads the most even one is taken: the duals say which pairs an
optimum may use, and iterative proportional fitting spreads the work over them (Deming and
Stephan 1940; it maximises the entropy, Csiszár 1975). Otherwise the solver and not the random
draw would decide who gets which of several cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from cases.errors import PlumblineError
from cases.language.messages import _
from cases.numeric import Flags, Floats, Ints

PIECES = 20_000  # about so many pieces of one case, all handlers together
FEWEST_PIECES = 4
MORE_PIECES = 4  # times as many as before, where they are used up
PAIRS = 20_000  # the program begins with about so many pairs of group and class
MORE = 16  # classes it adds to a group at a time, where they would lower the cost
TOLERANCE = 1e-6  # of reduced costs, in loads of a usual case
ROUNDS = 200  # of proportional fitting at most
SIMPLEX, INTERIOR = "highs-ds", "highs-ipm"
NEWTON = 8  # steps in each of them towards the slots of a class


@dataclass(frozen=True)
class Demand:
    """What is to be shared out: `g` groups of cases, against `h` handlers."""

    cases: Floats  # (g,) how many
    effort: Floats  # (g,) of all of them together, above 0
    eligible: Flags  # (g, h) at least one handler for every group
    lacked: Ints  # (g, h) preferred skills the handler lacks


@dataclass(frozen=True)
class Supply:
    """Who can bear what, each of shape (h,)."""

    load: Floats  # expected work left, in the unit of effort
    capacity: Floats  # above 0
    slots: Floats  # further cases allowed; infinite without a limit


def balanced(demand: Demand, supply: Supply, floor: float) -> Floats:
    """Probabilities, shape (g, h + 1); the last column is nobody's. Every row sums to one."""
    # Step 1: equal handlers become one class, so that they get equal probabilities.
    kind, first, size = _classes(demand, supply)
    program = LinearProgram(
        Demand(demand.cases, demand.effort, demand.eligible[:, first], demand.lacked[:, first]),
        Supply(supply.load[first], supply.capacity[first], supply.slots[first]),
        size,
        floor,
    )
    # Step 2: the work each class is to expect of each group.
    work = program.solve()
    # Step 3: a class's work is shared equally by its handlers; shares of a group's work are the
    # probabilities of its cases.
    shares = np.column_stack([(work[:, :-1] / size)[:, kind], work[:, -1]])
    probabilities: Floats = shares / shares.sum(axis=1, keepdims=True)
    return probabilities


def _classes(demand: Demand, supply: Supply) -> tuple[Ints, Ints, Floats]:
    """Each handler's class, and of each class the first handler and the size."""
    facts = np.column_stack(
        [supply.load, supply.capacity, supply.slots, demand.eligible.T, demand.lacked.T]
    )
    known: dict[bytes, int] = {}
    kind = np.array([known.setdefault(row.tobytes(), len(known)) for row in facts], np.int64)
    _kinds, first, size = np.unique(kind, return_index=True, return_counts=True)
    return kind, first, size.astype(float)


@dataclass(frozen=True)
class LinearProgram:
    """The program over `g` groups and `c` classes of `size` handlers each.

    Work is counted in cases of mean effort, capacity relative to its mean.
    """

    demand: Demand
    supply: Supply
    size: Floats
    floor: float

    def solve(self) -> Floats:
        """(g, c + 1) the work of each group that each class, and nobody, is to expect."""
        if len(self.work) == 1:
            return self._of_one_group()
        work, prices = self.search()
        # Complementary slackness: an optimum may use exactly the pairs whose reduced cost is
        # zero. Among these the work is spread as evenly as the loads allow.
        even = self._most_even(work, prices <= TOLERANCE)
        even[:, :-1] += self.least
        return even

    def _of_one_group(self) -> Floats:
        """What `solve` gives of a single group: it fills the cheapest pieces in turn.

        Every class may take it: who may take nothing stands in no program.
        """
        beyond = self.work - self.least.sum(axis=1)
        # Of each class what lies between its floor and what its slots allow, piece by piece.
        ends = np.cumsum(np.outer(self.size * self.usual, self.widths), axis=1)
        first, last = (
            self.least[0],
            self.least[0] + np.maximum(self.room, 0.0) / self.cases_per_work,
        )
        edges = np.clip(np.column_stack([np.zeros(len(first)), ends]).T, first, last).T
        pieces = np.diff(edges, axis=1)
        cheapest = np.argsort((self.slopes + self.costs[0][:, None]).ravel(), kind="stable")
        before = np.cumsum(pieces.ravel()[cheapest]) - pieces.ravel()[cheapest]
        filled = np.zeros(pieces.size)
        filled[cheapest] = np.clip(beyond - before, 0.0, pieces.ravel()[cheapest])
        given = self.least[0] + filled.reshape(pieces.shape).sum(axis=1)
        return np.append(given, np.maximum(self.work - given.sum(), 0.0))[None, :]

    def search(self) -> tuple[Floats, Floats]:
        """(g, c + 1) an optimum beyond the floor, and what more work there would cost."""
        # Column generation (Dantzig and Wolfe 1960): solve with some pairs, then add those of
        # negative reduced cost, as only they can lower the cost, until there are none. As pieces
        # become ever dearer, those behind one that nobody uses are not needed either.
        pairs, pieces = self._first_pairs(), self._first_pieces()
        while True:
            # The restricted program over the pairs there are, and the prices it gives.
            optimum = self._optimum(pairs, pieces)
            prices = self._reduced_costs(optimum)
            # Pairs left out whose reduced cost is negative, and classes that use the last piece
            # there is; without any the optimum is that of the whole program.
            missing = np.where(self.demand.eligible & ~pairs, prices[:, :-1], 0.0)
            in_pieces = optimum.x[-pieces * len(self.size) :].reshape(-1, pieces)
            enough = pieces == len(self.widths) or not in_pieces[:, -1].any()
            if enough and missing.min(initial=0.0) >= -TOLERANCE:
                break
            pieces = pieces if enough else min(MORE_PIECES * pieces, len(self.widths))
            # Of each group only the cheapest few are added: most pairs are never needed.
            best = np.argsort(missing, axis=1)[:, :MORE]
            added = np.zeros_like(pairs)
            np.put_along_axis(added, best, np.take_along_axis(missing < 0, best, 1), 1)
            pairs |= added
        # The optimum as a table: work of the pairs, and in the last column work for nobody.
        work = np.zeros(prices.shape)
        used = int(pairs.sum())
        work[:, :-1][pairs] = optimum.x[:used]
        work[:, -1] = optimum.x[used : used + len(work)]
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
        """(g, c) the work each class keeps for the floor, as far as there are slots."""
        even = self.floor / (self.demand.eligible @ self.size)
        least = self.demand.eligible * np.outer(self.work * even, self.size)
        # Where the floors of all groups together exceed the slots, they shrink by one factor.
        wanted = self.cases_per_work @ least
        room = self.supply.slots * self.size
        within: Floats = least * np.minimum(1.0, room / np.maximum(wanted, 1e-300))
        return within

    @cached_property
    def room(self) -> Floats:
        """(c,) how many cases may be expected beyond the floor."""
        room: Floats = self.supply.slots * self.size - self.cases_per_work @ self.least
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
        """(g,) cost of work left to nobody; for any case more than any handler could cost."""
        dearest = self.slopes.max() + self.costs.max()
        costs: Floats = 2 * dearest * self.cases_per_work / self.cases_per_work.min()
        return costs

    def _first_pairs(self) -> Flags:
        """Where the search begins: of groups of one case, if there are many, only some pairs.

        Chosen at random with a fixed seed; the optimum does not depend on them.
        """
        eligible, single = self.demand.eligible, self.demand.cases[:, None] == 1
        share = PAIRS / max(PAIRS, int((eligible & single).sum()))
        scattered = np.random.default_rng(0).random(eligible.shape) <= share
        first: Flags = eligible & (scattered | ~single)
        return first

    def _first_pieces(self) -> int:
        """With how many pieces the search begins: several times an even share of the cases."""
        even = int(self.demand.cases.sum() / self.size.sum())
        return min(MORE_PIECES * (even + FEWEST_PIECES), len(self.widths))

    def _optimum(self, pairs: Flags, pieces: int, method: str = SIMPLEX) -> OptimizeResult:
        """The optimum using only `pairs` and the first `pieces` of each class.

        Variables: the work of the pairs, nobody's, the pieces' work.

        Rows: the work of each group; the work of each class; the slots of each class.
        """
        groups = len(pairs)
        group, kind = np.nonzero(pairs)
        counts, room = self._slot_rows(group, kind, pieces)
        optimum = linprog(
            np.concatenate([self.costs[pairs], self.nobody, self.slopes[:, :pieces].ravel()]),
            A_ub=counts,
            b_ub=room,
            A_eq=self._work_rows(group, kind, pieces),
            b_eq=np.concatenate([self.work - self.least.sum(axis=1), self.least.sum(axis=0)]),
            bounds=self._bounds(len(group) + groups, pieces),
            method=method,
        )
        if optimum.status != 0 and method == SIMPLEX:  # rarely, of amounts of very unlike size
            return self._optimum(pairs, pieces, INTERIOR)
        if optimum.status != 0:
            reason = str(optimum.message)
            raise PlumblineError(_("The cases could not be shared out: {reason}", reason=reason))
        return optimum

    def _work_rows(self, group: Ints, kind: Ints, pieces: int) -> sparse.csc_array:
        """Equalities: a group's work goes to classes or nobody; a class's fills its pieces."""
        groups, classes, pairs = len(self.work), len(self.size), len(group)
        ones, columns = np.ones(pairs), np.arange(pairs)
        of_group = sparse.coo_array((ones, (group, columns)), (groups, pairs))
        of_class = sparse.coo_array((ones, (kind, columns)), (classes, pairs))
        filled = sparse.kron(sparse.eye_array(classes), np.ones((1, pieces)))
        rows = [[of_group, sparse.eye_array(groups), None], [-of_class, None, filled]]
        return sparse.block_array(rows, format="csc")

    def _slot_rows(self, group: Ints, kind: Ints, pieces: int) -> tuple[sparse.csr_array, Floats]:
        """Upper bounds: the expected cases of each class with a limit stay within its slots."""
        groups, classes, pairs = len(self.work), len(self.size), len(group)
        limited = np.flatnonzero(np.isfinite(self.room))
        per_pair = self.cases_per_work[group]
        counts = sparse.coo_array((per_pair, (kind, np.arange(pairs))), (classes, pairs))
        others = sparse.csr_array((len(limited), groups + classes * pieces))
        return sparse.hstack([counts.tocsr()[limited], others]), np.maximum(self.room[limited], 0.0)

    def _bounds(self, unlimited: int, pieces: int) -> Floats:
        """(variables, 2) the first have no bound; a piece holds its width for each handler."""
        filled = np.outer(self.size * self.usual, self.widths[:pieces])
        upper = np.concatenate([np.full(unlimited, np.inf), filled.ravel()])
        return np.column_stack([np.zeros(len(upper)), upper])

    def _reduced_costs(self, optimum: OptimizeResult) -> Floats:
        """(g, c + 1) what a unit of work there would add to the cost; infinite if not eligible."""
        # Reduced cost = cost - the duals of the rows the pair stands in: its group's work, its
        # class's work (with a minus there) and its class's slots.
        groups = len(self.work)
        level = optimum.eqlin.marginals
        scarcity = np.zeros(len(self.size))
        scarcity[np.isfinite(self.room)] = optimum.ineqlin.marginals
        costs = self.costs + level[groups:] - np.outer(self.cases_per_work, scarcity)
        costs[~self.demand.eligible] = np.inf
        prices: Floats = np.column_stack([costs, self.nobody]) - level[:groups, None]
        return prices

    def _most_even(self, work: Floats, allowed: Flags) -> Floats:
        """The most even table over the `allowed` pairs with the sums of `work` and its slots.

        Rows keep their sums exactly; columns nearly, where the sums force a pair to zero or slots
        bind: in 400 random programs the cost was at most 0.2 % above the optimum.
        """
        rows, columns = work.sum(axis=1), work.sum(axis=0)
        # Iterative proportional fitting (Deming and Stephan 1940): from an even table, scale
        # columns and rows in turn to their sums; in between, slots are kept.
        even = (allowed | (work > 0)) * np.append(self.size, 1.0)
        scarcity = np.zeros(len(self.size))
        for _round in range(ROUNDS):
            even *= _ratio(columns, even.sum(axis=0))
            scarcity += self._thin(even, scarcity)
            factor = _ratio(rows, even.sum(axis=1))
            even *= factor[:, None]
            if np.abs(factor - 1).max(initial=0.0, where=rows > 0) < TOLERANCE:
                break
        self._keep_within_slots(even)
        within: Floats = even
        return within

    def _thin(self, even: Floats, scarcity: Floats) -> Floats:
        """Take cases from classes with more than their slots (changes `even`); by which prices.

        The entropy projection on the half-space of each class, by Newton's method; `scarcity` is
        what was taken before, and is given back where it is no longer needed (Censor and Lent
        1981, An iterative row-action method for interval convex programming).
        """
        full = np.flatnonzero((self._cases(even) > self.room) | (scarcity > 0))
        dearer = np.zeros(len(scarcity))
        if full.size:
            before, room = even[:, full], np.maximum(self.room[full], 0.0)
            cases_before, per_work = self.cases_per_work[:, None] * before, -self.cases_per_work
            # Newton: find the price at which sum(cases * exp(-price * cases per work)) = room,
            # never below the price at which all that was taken before is given back.
            step = -scarcity[full]
            for _step in range(NEWTON):
                cases = cases_before * np.exp(per_work[:, None] * step)
                slope = np.maximum(self.cases_per_work @ cases, 1e-300)
                further = np.maximum(step, step + (cases.sum(axis=0) - room) / slope)
                if (further == step).all():
                    break
                step = further
            even[:, full] = before * np.exp(per_work[:, None] * step)
            dearer[full] = step
        return dearer

    def _cases(self, work: Floats) -> Floats:
        """(c,) the cases in the work of each class."""
        cases: Floats = self.cases_per_work @ work[:, :-1]
        return cases

    def _keep_within_slots(self, even: Floats) -> None:
        """What fitting left above a class's slots goes to others of the group (changes `even`).

        To those with slots left, as many as they have; the rest to nobody.
        """
        room = np.maximum(self.room, 0.0)  # which rounding leaves below zero where all is taken
        for full in np.flatnonzero(self._cases(even) > room):
            # Every group gives up the same share of its work with the class.
            share = room[full] / self._cases(even)[full]
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
