"""Pairs of case facts among which defects concentrate more than chance allows.

Every pair of levels of two attributes is looked at, so some pair will always look bad. The
search is corrected for by permuting outcomes and asking how bad the worst pair then looks
(the max-T method of Westfall and Young 1993, section 2.3). Outcomes are permuted among the
cases of one reviewer only, and each pair is judged by Mantel and Haenszel's (1959) statistic
over reviewers, so that a severe reviewer of some kind of case is no finding.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from cases.language.messages import Sayable, _, sentences
from cases.numeric import Floats, Ints
from cases.office.model import Office
from evaluation.statistics.facts import DAYS_OPEN, Fact, fact
from evaluation.statistics.metrics import SEED, Figure, wilson
from evaluation.statistics.saying import TARGETED_ONLY, percent

PERMUTATIONS = 999
AT_ONCE = 50  # permutations, so that memory stays small
SMALLEST = 20  # cases of a pair
LEAST_EXPECTED = 5.0  # defects of a pair
SIGNIFICANT = 0.05
MOST_FACTS, MOST_CASES = 30, 10_000  # more would take minutes; the first, and the latest
MOST_SHOWN = 10
SAME = 0.5  # of two pairs that share more of their cases, the clearer represents both


@dataclass(frozen=True)
class Part:
    """One of the two facts: the attribute's meaning, its level, and the rate with it alone."""

    meaning: Sayable
    level: Sayable
    rate: float


@dataclass(frozen=True)
class Concentration:
    """A pair of facts: its reviewed `cases`, their `defects`, and how many were `expected`.

    `expected` is what the reviewers of these cases find in their other cases too. `rate` has
    Wilson's interval, not corrected for the search; `p`, the adjusted p-value, is.
    """

    first: Part
    second: Part
    cases: int
    defects: int
    expected: float
    rate: Figure
    p: float


@dataclass(frozen=True)
class Concentrations:
    """The pairs among `cases` reviewed cases that hold more defects than chance allows.

    `looked_at` pairs were compared and `held` hold more, also than either fact alone. The
    clearest stand in `found`, without those much the same as an earlier one.
    """

    cases: int
    looked_at: int
    held: int
    found: tuple[Concentration, ...]
    says: Sayable


@dataclass(frozen=True)
class Members:
    """Pairs of levels of different facts: `names` (fact, level) twice, `member` (pairs, cases)."""

    names: list[tuple[int, int, int, int]]
    member: csr_array


@dataclass(frozen=True)
class Pairs(Members):
    """Pairs, with the defects `expected` by chance and their standard deviation, `spread`."""

    expected: Floats
    spread: Floats


def concentrations(office: Office, reviewed: pl.DataFrame, *, surveyed: bool) -> Concentrations:
    """The pairs of facts in which more defects were found than chance allows.

    `reviewed` holds the columns of the case table, `y` (1 for a defect) and `reviewer`, in
    order of time; `surveyed` says whether these cases were drawn at random. Units, handlers
    and dates are left out.
    """
    cases = reviewed.tail(MOST_CASES)
    facts = _facts(office, cases)
    y = cases["y"].to_numpy()
    stratum = cases["reviewer"].fill_null("").rank("dense").to_numpy().astype(np.int64) - 1
    pairs = _large_enough(_pairs(facts), y, stratum)
    if not pairs.names:
        return Concentrations(cases.height, 0, 0, (), _say((), 0, 0, surveyed))
    score, p = _adjusted(pairs, y, stratum)
    significant = {
        index: _concentration(facts, pairs, index, y, float(p[index]))
        for index in np.argsort(-score, kind="stable").tolist()
        if p[index] <= SIGNIFICANT
    }
    held = [index for index, pair in significant.items() if _adds(pair)]
    shown = tuple(significant[index] for index in _distinct(pairs.member[held], held))
    says = _say(shown, len(held), len(pairs.names), surveyed)
    return Concentrations(cases.height, len(pairs.names), len(held), shown, says)


def _facts(office: Office, cases: pl.DataFrame) -> list[Fact]:
    own = [name for name, attribute in office.attributes.items() if attribute.type != "date"]
    return [fact(office, cases, name) for name in ("kind", DAYS_OPEN, *own)[:MOST_FACTS]]


def _pairs(facts: list[Fact]) -> Members:
    """Every pair of levels with enough cases, unless either of the two implies the other."""
    names, indices = [], []
    for a, b in itertools.combinations(range(len(facts)), 2):
        first, second = facts[a], facts[b]
        first_sizes, second_sizes = _sizes(first), _sizes(second)
        # A pair that holds all cases of one of its levels says no more than that level alone.
        for i, j in itertools.product(range(len(first.levels)), range(len(second.levels))):
            both = np.flatnonzero((first.level == i) & (second.level == j))
            if SMALLEST <= both.size < min(first_sizes[i], second_sizes[j]):
                names.append((a, i, b, j))
                indices.append(both)
    # The pairs as rows of a sparse matrix of ones: `member @ y` counts the defects of each.
    starts = np.cumsum([0, *map(len, indices)])
    flat = np.concatenate([*indices, np.array([], dtype=np.int64)])
    shape = (len(names), len(facts[0].level))
    return Members(names, csr_array((np.ones(flat.size), flat, starts), shape=shape))


def _sizes(levels: Fact) -> Ints:
    return np.bincount(levels.level[levels.level >= 0], minlength=len(levels.levels))


def _large_enough(members: Members, y: Floats, stratum: Ints) -> Pairs:
    """The pairs with enough expected defects, and whose number of defects could vary."""
    expected, variance = _by_chance(members.member, y, stratum)
    kept = np.flatnonzero((expected >= LEAST_EXPECTED) & (variance > 0))
    names = [members.names[index] for index in kept]
    return Pairs(names, members.member[kept], expected[kept], np.sqrt(variance[kept]))


def _adjusted(pairs: Pairs, y: Floats, stratum: Ints) -> tuple[Floats, Floats]:
    """Each pair's score, and its p-value adjusted for the search; both of shape (pairs,)."""
    # Mantel and Haenszel: (observed - expected) / standard deviation, over reviewers.
    score = (pairs.member @ y - pairs.expected) / pairs.spread
    # maxT: the largest score of all pairs under each permutation; p counts those that reach it.
    expected, spread = pairs.expected[:, None], pairs.spread[:, None]
    largest = np.concatenate(
        [
            ((pairs.member @ permuted - expected) / spread).max(axis=0)
            for permuted in _permuted(y, stratum)
        ]
    )
    p = (1 + (largest >= score[:, None] - 1e-9).sum(axis=1)) / (1 + PERMUTATIONS)
    return score, p


def _by_chance(member: csr_array, y: Floats, stratum: Ints) -> tuple[Floats, Floats]:
    """Expected defects of each pair and their variance, if a reviewer's rate is one everywhere.

    With m of a reviewer's n cases in the pair, of which d are defective in all, the number in
    the pair is hypergeometric: mean m d / n, variance m (n - m) / (n - 1) * d / n * (1 - d / n).
    """
    total = np.bincount(stratum).astype(np.float64)
    defects = np.bincount(stratum, weights=y)
    rate = defects / np.maximum(total, 1)
    of_reviewer = csr_array(
        (np.ones(y.size), (np.arange(y.size), stratum)), shape=(y.size, total.size)
    )
    cases = (member @ of_reviewer).toarray()
    variance = cases * (total - cases) / np.maximum(total - 1, 1) * rate * (1 - rate)
    return cases @ rate, variance.sum(axis=1)


def _permuted(y: Floats, stratum: Ints) -> Iterator[Floats]:
    """Outcomes permuted within strata, shape (cases, some permutations)."""
    rng = np.random.default_rng(SEED)
    at_stratum = np.argsort(stratum, kind="stable")
    for done in range(0, PERMUTATIONS, AT_ONCE):
        size = min(AT_ONCE, PERMUTATIONS - done)
        order = np.argsort(stratum[:, None] + rng.random((y.size, size)), axis=0)
        drawn = np.empty((y.size, size))
        drawn[at_stratum] = y[order]
        yield drawn


def _adds(pair: Concentration) -> bool:
    """Whether there are more defects than with either fact alone."""
    return pair.rate.surely_above(max(pair.first.rate, pair.second.rate))


def _distinct(member: csr_array, held: list[int]) -> list[int]:
    """Of pairs in falling order of score those unlike all before them, few enough to read."""
    shown: list[int] = []
    sizes = member.sum(axis=1)
    for row in range(len(held)):
        shared = (member[shown] @ member[[row]].T).toarray().ravel() if shown else np.zeros(0)
        if (shared <= SAME * (sizes[shown] + sizes[row] - shared)).all():
            shown.append(row)
        if len(shown) == MOST_SHOWN:
            break
    return [held[row] for row in shown]


def _concentration(
    facts: list[Fact], pairs: Pairs, index: int, y: Floats, p: float
) -> Concentration:
    a, i, b, j = pairs.names[index]
    inside = (facts[a].level == i) & (facts[b].level == j)
    return Concentration(
        _part(facts[a], i, y),
        _part(facts[b], j, y),
        int(inside.sum()),
        int(y[inside].sum()),
        float(pairs.expected[index]),
        wilson(y[inside]),
        p,
    )


def _part(levels: Fact, level: int, y: Floats) -> Part:
    return Part(levels.meaning, levels.levels[level], float(y[levels.level == level].mean()))


def _say(shown: tuple[Concentration, ...], held: int, looked_at: int, surveyed: bool) -> Sayable:
    if not looked_at:
        return _("Too few reviewed cases to look for pairs of facts in which defects concentrate.")
    said = _say_clearest(shown[0], held, looked_at) if shown else _say_none(looked_at)
    return said if surveyed else sentences(said, TARGETED_ONLY)


def _say_none(looked_at: int) -> Sayable:
    return _(
        "Of {looked_at:,} pairs of case facts none holds more defects than chance allows.",
        looked_at=looked_at,
    )


def _say_clearest(clearest: Concentration, held: int, looked_at: int) -> Sayable:
    return _(
        "Of {looked_at:,} pairs of case facts {held:,} hold more defects than chance and either "
        "fact alone allow; the clearest is {first} with {second}: {rate} of {cases:,} cases.",
        looked_at=looked_at,
        held=held,
        first=_named(clearest.first),
        second=_named(clearest.second),
        rate=percent(clearest.rate),
        cases=clearest.cases,
    )


def _named(part: Part) -> Sayable:
    return _("{attribute} ({value})", attribute=part.meaning, value=part.level)
