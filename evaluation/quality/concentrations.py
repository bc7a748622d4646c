"""Pairs of case facts with more defects than chance and both facts together explain.

Every pair of levels of two attributes is looked at, so some pair will always look bad; and a
fact that matters by itself makes every pair with it look bad. Each pair is therefore tested
next to the main effects of all facts and of the reviewers, and the search over all pairs is
corrected for (`evaluation/quality/interactions.py`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from cases.language.messages import Sayable, _, sentences
from cases.numeric import Floats, Ints
from cases.office.model import Office
from evaluation.quality.interactions import MainEffects
from evaluation.statistics.facts import DAYS_OPEN, Fact, fact
from evaluation.statistics.known_probability import share_among
from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import TARGETED_ONLY, percent

SMALLEST = 20  # cases of a pair
LEAST_EXPECTED = 5.0  # defects of a pair
SIGNIFICANT = 0.03  # asked for, so that no simulated setting exceeds 5 % (docs/evaluation.md)
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

    `expected` is what reviewers and all facts, each by itself, foresee in these cases. `rate` is
    weighted by 1 / inclusion probability where reviews were drawn, and its interval not
    corrected for the search; `p`, the p-value, is.
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
    """The pairs among `cases` reviewed cases that hold more defects than both facts explain.

    `looked_at` pairs were compared and `held` hold more. The clearest stand in `found`, without
    those much the same as an earlier one.
    """

    cases: int
    looked_at: int
    held: int
    found: tuple[Concentration, ...]
    says: Sayable


@dataclass(frozen=True)
class Pairs:
    """Pairs of levels of different facts: `names` (fact, level) twice, `member` (pairs, cases)."""

    names: list[tuple[int, int, int, int]]
    member: csr_array


def concentrations(office: Office, reviewed: pl.DataFrame, *, surveyed: bool) -> Concentrations:
    """The pairs of facts in which more defects were found than both facts together explain.

    `reviewed` holds the columns of the case table, `y` (1 for a defect), `reviewer` and
    `inclusion_probability`, in order of time. `surveyed` says whether these cases were drawn at
    random; each then counts for 1 / probability cases. Units, handlers and dates are left out.
    """
    cases = reviewed.tail(MOST_CASES)
    if not surveyed:
        cases = cases.with_columns(inclusion_probability=pl.lit(1.0))
    facts = _facts(office, cases)
    main, pairs = _main_effects(facts, cases), _pairs(facts)
    if main is not None:
        pairs = _large_enough(pairs, main)
    if main is None or not pairs.names:
        return Concentrations(cases.height, 0, 0, (), _say((), 0, 0, surveyed))
    score, p = main.excess(pairs.member)
    significant = {
        index: _concentration(facts, pairs, index, cases, main.p, float(p[index]))
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


def _pairs(facts: list[Fact]) -> Pairs:
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
    return Pairs(names, csr_array((np.ones(flat.size), flat, starts), shape=shape))


def _sizes(levels: Fact) -> Ints:
    return np.bincount(levels.level[levels.level >= 0], minlength=len(levels.levels))


def _main_effects(facts: list[Fact], cases: pl.DataFrame) -> MainEffects | None:
    """None where all cases have the same outcome."""
    y, probability = cases["y"].to_numpy(), cases["inclusion_probability"].to_numpy()
    if cases["y"].n_unique() <= 1:
        return None
    reviewer = cases["reviewer"].fill_null("").rank("dense").to_numpy().astype(np.int64) - 1
    return MainEffects.of(y, 1 / probability, [fact.level for fact in facts], reviewer)


def _large_enough(pairs: Pairs, main: MainEffects) -> Pairs:
    """The pairs in which the main effects foresee enough defects."""
    kept = np.flatnonzero(pairs.member @ main.p >= LEAST_EXPECTED)
    return Pairs([pairs.names[index] for index in kept], pairs.member[kept])


def _adds(pair: Concentration) -> bool:
    """Whether the rate is above that with either fact alone: else it is no place to look."""
    return pair.rate.value is not None and pair.rate.value > max(pair.first.rate, pair.second.rate)


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
    facts: list[Fact], pairs: Pairs, index: int, cases: pl.DataFrame, foreseen: Floats, p: float
) -> Concentration:
    a, i, b, j = pairs.names[index]
    inside = (facts[a].level == i) & (facts[b].level == j)
    of_pair = cases.filter(pl.Series(inside))
    return Concentration(
        _part(facts[a], i, cases),
        _part(facts[b], j, cases),
        of_pair.height,
        int(of_pair["y"].sum()),
        float(foreseen[inside].sum()),
        share_among(of_pair),
        p,
    )


def _part(of: Fact, level: int, cases: pl.DataFrame) -> Part:
    held = cases.filter(pl.Series(of.level == level))
    rate = np.average(held["y"], weights=1 / held["inclusion_probability"])
    return Part(of.meaning, of.levels[level], float(rate))


def _say(shown: tuple[Concentration, ...], held: int, looked_at: int, surveyed: bool) -> Sayable:
    if not looked_at:
        return _("Too few reviewed cases to look for pairs of facts in which defects concentrate.")
    said = _say_clearest(shown[0], held, looked_at) if shown else _say_none(looked_at)
    return said if surveyed else sentences(said, TARGETED_ONLY)


def _say_none(looked_at: int) -> Sayable:
    return _(
        "Of {looked_at:,} pairs of case facts none holds more defects than chance and both facts "
        "together explain.",
        looked_at=looked_at,
    )


def _say_clearest(clearest: Concentration, held: int, looked_at: int) -> Sayable:
    return _(
        "Of {looked_at:,} pairs of case facts {held:,} hold more defects than chance and both "
        "facts together explain; the clearest is {first} with {second}: {rate} of {cases:,} "
        "cases.",
        looked_at=looked_at,
        held=held,
        first=_named(clearest.first),
        second=_named(clearest.second),
        rate=percent(clearest.rate),
        cases=clearest.cases,
    )


def _named(part: Part) -> Sayable:
    return _("{attribute} ({value})", attribute=part.meaning, value=part.level)
