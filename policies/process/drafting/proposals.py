"""What rules a log suggests: a function for each sort of rule that can be seen in one.

Each looks at shares over the cases of a `Log`; what it proposes is tried afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from cases.numeric import Flags, Floats
from cases.office.work.process import CLOSED, OPENED, Demand, Role
from policies.process.drafting.log import Log, Times, days_between, end_of

FEWEST = 30  # cases that a rule must have been tried on
HOLDS = 0.97  # share of them in which it must hold
CLEAR = 0.5  # share of them in which one step was surely before the other
MOST_KINDS = 12  # of cases, that are looked at one by one
MOST_OF_A_SORT = 12  # rules
RARELY = 0.05  # of how often two steps would meet in a case by chance
BY_CHANCE = 20  # cases in which they would have to meet
AGAIN = 0.01  # share of the cases in which a step is done again
MOST_TIMES = 5
QUANTILE = 0.99  # of the days, and of how often


class Proposal(NamedTuple):
    """A rule by its sort and its keys, and the cases that it was tried on."""

    rule: Demand
    keys: Mapping[str, Any]
    tried: Flags


class Proposals:
    """What the log suggests; `roles` are those of the office file."""

    def __init__(self, log: Log, roles: Mapping[str, Role]) -> None:
        self._log = log
        self._roles = roles
        self._has = log.has()
        self._names = log.activities

    def all(self) -> Iterator[Proposal]:
        """Of each sort those that were tried most."""
        for of_sort in (
            self._must_happen(),
            self._precedence(),
            self._within(),
            self._not_after(),
            self._exclusive(),
            self._at_most(),
            self._by(),
            self._recorded_within(),
        ):
            found = sorted(of_sort, key=lambda one: -one.tried.sum())
            yield from found[:MOST_OF_A_SORT]

    @cached_property
    def _kinds(self) -> dict[str, Flags]:
        """The cases of each kind, where there are few."""
        kinds = self._log.cases["kind"]
        names = kinds.drop_nulls().value_counts().filter(pl.col("count") >= FEWEST)["kind"]
        if not 1 < len(names) <= MOST_KINDS:
            return {}
        return {name: (kinds == name).fill_null(value=False).to_numpy() for name in sorted(names)}

    @cached_property
    def _before(self) -> Flags:
        """Of each pair whether the one comes before the other wherever there is the other."""
        places = range(len(self._names))
        found = np.zeros((len(places), len(places)), bool)
        ends = end_of(self._log.first)
        for one in places:
            for other in places:
                found[one, other] = one != other and self._is_before(one, other, ends)
        return found

    def _is_before(self, one: int, other: int, ends: Times) -> bool:
        with_other = self._has[:, other]
        if with_other.sum() < FEWEST:
            return False
        first = self._log.first[with_other]
        may_be = first[:, one] <= ends[with_other, other]
        surely = ends[with_other, one] < first[:, other]
        return bool(may_be.mean() >= HOLDS and surely.mean() >= CLEAR)

    @cached_property
    def _next(self) -> list[tuple[int, int]]:
        """The pairs of `_before` without a third step between them."""
        before = self._before
        between = (before.astype(np.int64) @ before.astype(np.int64)) > 0
        return [(int(one), int(other)) for one, other in np.argwhere(before & ~between)]

    @cached_property
    def _always(self) -> dict[int, tuple[str, ...]]:
        """The activities that nearly all cases have, or all of some kinds; no kinds means all."""
        closed = self._log.cases["closed_at"].to_numpy()
        done = self._log.first <= closed[:, None]
        found: dict[int, tuple[str, ...]] = {}
        for place in range(len(self._names)):
            if done[:, place].mean() >= HOLDS:
                found[place] = ()
            elif kinds := [k for k, of in self._kinds.items() if done[of, place].mean() >= HOLDS]:
                found[place] = tuple(kinds)
        return found

    def _must_happen(self) -> Iterator[Proposal]:
        """Steps that nearly all cases have; not those that another such step needs before it."""
        every = np.ones(self._log.cases.height, bool)
        if len(every) < FEWEST:
            return
        for place, kinds in self._always.items():
            implied = (o for o, same in self._always.items() if same == kinds)
            if any(self._before[place, other] for other in implied):
                continue
            tried = np.any([self._kinds[kind] for kind in kinds], axis=0) if kinds else every
            keys = {"activity": self._names[place]} | ({"kinds": kinds} if kinds else {})
            yield Proposal("must_happen", keys, tried)

    def _precedence(self) -> Iterator[Proposal]:
        """A step before another: each time if it was done as often, else the first time."""
        for one, other in self._next:
            keys = {"activity": self._names[one], "before": self._names[other]}
            tried = self._has[:, other]
            counts = self._log.counts[tried]
            if (counts[:, one] >= counts[:, other]).mean() >= HOLDS:
                yield Proposal("must_precede", keys, tried)
            if (counts[:, other] > 1).mean() >= AGAIN:
                yield Proposal("must_happen", keys, tried)

    def _within(self) -> Iterator[Proposal]:
        """What nearly always follows, in the days that all but one in a hundred took."""
        first = self._log.first
        opened, closed = (self._log.cases[name].to_numpy() for name in ("opened_at", "closed_at"))
        every = np.ones(len(opened), bool)
        for one, other in self._next:
            yield from self._days(other, one, first[:, one], first[:, other], self._has[:, one])
        followed = {other for _one, other in self._next}
        leads = {one for one, _other in self._next}
        for place, kinds in self._always.items():
            if kinds:
                continue
            if place not in followed:
                yield from self._days(place, None, opened, first[:, place], every)
            if place not in leads:
                yield from self._days(None, place, first[:, place], closed, self._has[:, place])

    def _days(
        self, step: int | None, start: int | None, begins: Times, ends: Times, tried: Flags
    ) -> Iterator[Proposal]:
        """The rule that a step (None: the closing) follows a start (None: the opening) in days."""
        if tried.sum() < FEWEST:
            return
        days = days_between(begins[tried], ends[tried])
        days = days[days >= 0]
        if len(days) >= HOLDS * tried.sum():
            keys = {
                "activity": CLOSED if step is None else self._names[step],
                "after": OPENED if start is None else self._names[start],
                "days": _most(days),
            }
            yield Proposal("within", keys, tried)

    def _not_after(self) -> Iterator[Proposal]:
        """A step that is done several times, and no more once the next one has come."""
        for one, other in self._next:
            both = self._has[:, one] & self._has[:, other]
            again = (self._log.counts[both, one] > 1).mean()
            over = self._log.last[both, one] <= end_of(self._log.first[both, other])
            if again >= AGAIN and over.mean() >= HOLDS:
                keys = {"activity": self._names[one], "after": self._names[other]}
                yield Proposal("not_after", keys, self._has[:, other])

    def _exclusive(self) -> Iterator[Proposal]:
        """Groups of steps of which a case has one, though by chance many would have several."""
        pairs = combinations(range(len(self._names)), 2)
        apart = self._not_implied({pair for pair in pairs if self._are_apart(*pair)})
        left = sorted(
            {place for pair in apart for place in pair}, key=lambda p: -self._has[:, p].sum()
        )
        groups: list[list[int]] = []
        for number, place in enumerate(left):
            group = [place]
            for other in left[number + 1 :]:
                if all((min(other, one), max(other, one)) in apart for one in group):
                    group.append(other)
            if len(group) > 1 and not any({*group} <= {*wider} for wider in groups):
                groups.append(group)
        for group in groups:
            names = tuple(self._names[place] for place in group)
            yield Proposal("exclusive", {"activities": names}, self._with_any(group))

    def _with_any(self, places: Iterable[int]) -> Flags:
        """The cases that have one of these activities at least."""
        found: Flags = self._has[:, [*places]].max(axis=1, initial=False)
        return found

    def _not_implied(self, apart: set[tuple[int, int]]) -> set[tuple[int, int]]:
        """The pairs of which neither step needs one before it that excludes the other as well."""

        def is_implied(one: int, other: int) -> bool:
            needed = (int(place) for place in self._before[:, one].nonzero()[0])
            return any((min(place, other), max(place, other)) in apart for place in needed)

        return {(a, b) for a, b in apart if not is_implied(a, b) and not is_implied(b, a)}

    def _are_apart(self, one: int, other: int) -> bool:
        """Whether two steps meet far less often than by chance among cases of the same kind."""
        meet = (self._has[:, one] & self._has[:, other]).sum()
        groups = self._kinds.values() or [np.ones(len(self._has), bool)]
        shares = (
            (of.sum(), self._has[of, one].mean(), self._has[of, other].mean()) for of in groups
        )
        chance = sum(cases * first * second for cases, first, second in shares)
        fewer = min(self._has[:, one].sum(), self._has[:, other].sum())
        return bool(chance >= BY_CHANCE and meet <= RARELY * chance and meet <= (1 - HOLDS) * fewer)

    def _at_most(self) -> Iterator[Proposal]:
        """How often a step is done in all but one in a hundred of the cases that have it."""
        for place, name in enumerate(self._names):
            tried = self._has[:, place]
            times = (
                _most(self._log.counts[tried, place]) if tried.sum() >= FEWEST else MOST_TIMES + 1
            )
            if times <= MOST_TIMES:
                yield Proposal("at_most", {"activity": name, "times": times}, tried)

    def _by(self) -> Iterator[Proposal]:
        """Steps that are nearly always done by a role, by the narrowest such."""
        done = (
            self._log.events.drop_nulls("actor").group_by("activity", "actor").agg(times=pl.len())
        )
        actors = done["actor"].unique()
        members = {
            role: {actor for actor in actors if declared.has(actor)}
            for role, declared in self._roles.items()
        }
        for place, name in enumerate(self._names):
            of_step = done.filter(pl.col("activity") == place)
            if self._has[:, place].sum() < FEWEST or of_step.is_empty():
                continue
            for role in sorted(members, key=lambda role: len(members[role])):
                own = of_step.filter(pl.col("actor").is_in(members[role]))["times"].sum()
                if float(own) >= HOLDS * float(of_step["times"].sum()):
                    yield Proposal("by", {"activity": name, "role": role}, self._has[:, place])
                    break

    def _recorded_within(self) -> Iterator[Proposal]:
        """The days in which all but one in a hundred of the cases had every step entered."""
        events = self._log.events
        late = (pl.col("recorded_at").dt.date() - pl.col("at").dt.date()).dt.total_days()
        days = events.group_by("case").agg(days=late.max())["days"].to_numpy()
        every = range(len(self._names))
        if len(days) >= FEWEST and (days > 0).mean() >= AGAIN:
            yield Proposal("recorded_within", {"days": _most(days)}, self._with_any(every))


def _most(values: Floats | np.ndarray[Any, Any]) -> int:
    """The least whole number that all but one in a hundred do not exceed."""
    return int(np.ceil(np.quantile(values, QUANTILE, method="higher")))
