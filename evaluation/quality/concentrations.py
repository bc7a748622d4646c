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

from cases.language.catalogues import Language
from cases.language.texts import Text
from cases.numeric import Floats, Ints
from cases.office.model import Office
from evaluation.statistics.facts import Fact, fact
from evaluation.statistics.metrics import SEED, Figure, wilson
from evaluation.statistics.saying import percent

PERMUTATIONS = 999
AT_ONCE = 50  # permutations, so that memory stays small
SMALLEST = 20  # cases of a pair
LEAST_EXPECTED = 5.0  # defects of a pair
SIGNIFICANT = 0.05
MOST_FACTS, MOST_CASES = 30, 10_000  # more would take minutes; the first, and the latest
MOST_SHOWN = 10
SAME = 0.5  # of two pairs that share more of their cases, the clearer stands for both


@dataclass(frozen=True)
class Part:
    """One of the two facts: the attribute's meaning, its level, and the rate with it alone."""

    meaning: Text
    level: Text
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
    clearest stand in `found`, none much the same as one before it.
    """

    cases: int
    looked_at: int
    held: int
    found: tuple[Concentration, ...]
    says: Text


@dataclass(frozen=True)
class Pairs:
    """Pairs of levels of different facts: `names` (fact, level) twice, `member` (pairs, cases)."""

    names: list[tuple[int, int, int, int]]
    member: csr_array


def concentrations(office: Office, reviewed: pl.DataFrame, *, surveyed: bool) -> Concentrations:
    """The pairs of facts in which more defects were found than chance allows.

    `reviewed` holds the columns of the case table, `y` (1 for a defect) and `reviewer`, in
    order of time; `surveyed` says whether these cases were drawn by chance. Units, handlers
    and dates are left out.
    """
    cases = reviewed.tail(MOST_CASES)
    own = [name for name, one in office.attributes.items() if one.type != "date"]
    facts = [fact(office, cases, name) for name in ("kind", "days_open", *own)[:MOST_FACTS]]
    y = cases["y"].to_numpy()
    stratum = cases["reviewer"].fill_null("").rank("dense").to_numpy().astype(np.int64) - 1
    pairs = _pairs(facts)
    expected, variance = _by_chance(pairs.member, y, stratum)
    kept = np.flatnonzero((expected >= LEAST_EXPECTED) & (variance > 0))
    if not kept.size:
        return Concentrations(cases.height, 0, 0, (), _say((), 0, 0, surveyed))
    member, names = pairs.member[kept], [pairs.names[place] for place in kept]
    expected, spread = expected[kept], np.sqrt(variance[kept])
    score = (member @ y - expected) / spread
    worst = np.concatenate(
        [((member @ some - expected[:, None]) / spread[:, None]).max(axis=0)
         for some in _permuted(y, stratum)]
    )  # fmt: skip
    p = (1 + (worst >= score[:, None] - 1e-9).sum(axis=1)) / (1 + PERMUTATIONS)
    told = {
        place: _told(facts, names[place], y, float(expected[place]), float(p[place]))
        for place in np.argsort(-score, kind="stable").tolist()
        if p[place] <= SIGNIFICANT
    }
    held = [place for place, one in told.items() if _adds(one)]
    found = tuple(told[place] for place in _distinct(member[held], held))
    says = _say(found, len(held), len(names), surveyed)
    return Concentrations(cases.height, len(names), len(held), found, says)


def _pairs(facts: list[Fact]) -> Pairs:
    """Every pair of levels with enough cases, unless one of the two implies the other."""
    names, places = [], []
    for a, b in itertools.combinations(range(len(facts)), 2):
        one, other = facts[a], facts[b]
        sizes, others = _sizes(one), _sizes(other)
        for i, j in itertools.product(range(len(one.levels)), range(len(other.levels))):
            both = np.flatnonzero((one.level == i) & (other.level == j))
            if SMALLEST <= both.size < min(sizes[i], others[j]):
                names.append((a, i, b, j))
                places.append(both)
    starts = np.cumsum([0, *(len(each) for each in places)])
    flat = np.concatenate([*places, np.array([], dtype=np.int64)])
    shape = (len(names), len(facts[0].level))
    return Pairs(names, csr_array((np.ones(flat.size), flat, starts), shape=shape))


def _sizes(one: Fact) -> Ints:
    return np.bincount(one.level[one.level >= 0], minlength=len(one.levels))


def _by_chance(member: csr_array, y: Floats, stratum: Ints) -> tuple[Floats, Floats]:
    """Expected defects of each pair and their variance, if reviewers find them anywhere alike."""
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


def _adds(one: Concentration) -> bool:
    """Whether there are more defects than with either fact alone."""
    return (one.rate.low or 0.0) > max(one.first.rate, one.second.rate)


def _distinct(member: csr_array, held: list[int]) -> list[int]:
    """Of pairs in falling order of score those much like none before them, few enough to read."""
    shown: list[int] = []
    sizes = member.sum(axis=1)
    for row in range(len(held)):
        shared = (member[shown] @ member[[row]].T).toarray().ravel() if shown else np.zeros(0)
        if (shared <= SAME * (sizes[shown] + sizes[row] - shared)).all():
            shown.append(row)
        if len(shown) == MOST_SHOWN:
            break
    return [held[row] for row in shown]


def _told(
    facts: list[Fact], name: tuple[int, int, int, int], y: Floats, expected: float, p: float
) -> Concentration:
    a, i, b, j = name
    inside = (facts[a].level == i) & (facts[b].level == j)
    return Concentration(
        _part(facts[a], i, y),
        _part(facts[b], j, y),
        int(inside.sum()),
        int(y[inside].sum()),
        expected,
        wilson(y[inside]),
        p,
    )


def _part(one: Fact, level: int, y: Floats) -> Part:
    return Part(one.meaning, one.levels[level], float(y[one.level == level].mean()))


def _say(found: tuple[Concentration, ...], held: int, looked_at: int, surveyed: bool) -> Text:
    if not looked_at:
        en = "Too few reviewed cases to look for pairs of facts in which defects concentrate."
        zh = "评查的案件太少，无法寻找质量问题集中的事实组合。"
    elif not found:
        en = f"Of {looked_at:,} pairs of case facts none holds more defects than chance allows."
        zh = f"在 {looked_at:,} 组案件事实组合中，没有一组的质量问题多于偶然。"
    else:
        one = found[0]
        en = (
            f"Of {looked_at:,} pairs of case facts {held:,} hold more defects than chance and "
            f"either fact alone allow; the clearest is {_named(one.first, 'en')} with "
            f"{_named(one.second, 'en')}: {percent(one.rate, 'en')} of {one.cases:,} cases."
        )
        zh = (
            f"在 {looked_at:,} 组案件事实组合中，{held:,} 组的质量问题多于偶然，"
            "也多于单一事实所能解释；最明显的是"
            f"{_named(one.first, 'zh')}且{_named(one.second, 'zh')}："
            f"{one.cases:,} 件案件中 {percent(one.rate, 'zh')}。"
        )
    if looked_at and not surveyed:
        en += " Among targeted reviews only, biased."
        zh += "仅基于有针对性的评查，有偏差。"
    return Text(en=en, zh=zh)


def _named(part: Part, language: Language) -> str:
    meaning, level = part.meaning.say(language), part.level.say(language)
    return f"{meaning}为{level}" if language == "zh" else f"{meaning} ({level})"
