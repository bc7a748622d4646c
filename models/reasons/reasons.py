"""Why a case is estimated as it is: facts that move the estimate, in sentences.

A reviewer wants to know what to look at, so a reason names a fact of the case that can be opened
and checked. It must pass two tests. Its group of features adds to the score, by exact additive
contributions against the cases compared with (`parts.py`). And with the usual values in place of
the case's own, all else as it is, the model itself says otherwise by at least `LEAST_CHANGE`: with
those of the whole group, and with that of the fact named alone. What is as usual, and what is the
same for every case of the day, counts in the sum and is no reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np
import polars as pl

from cases.language.messages import Sayable
from cases.numeric import Floats
from models.estimators.scorer import Scorer
from models.reasons.parts import Parts, parts
from models.reasons.substitution import Substitution, substituted
from models.reasons.wording import Wording

LEAST_CHANGE = 0.005  # of the probability
# Candidates that are tried beyond the reasons wanted: some are not confirmed.
SPARE = 4


@dataclass(frozen=True)
class Reason:
    """A group of features that moves the estimate of one case.

    `feature` is the one of the group that the sentence is about, `contribution` what the whole
    group adds to the log-odds, and `without` the estimated probability if the group were as usual.
    """

    feature: str
    contribution: float
    without: float
    sentence: Sayable

    @property
    def raises(self) -> bool:
        """Whether it raises the estimate or lowers it."""
        return self.contribution > 0


@dataclass(frozen=True)
class Explained:
    """What reasons are made from.

    `model` is the sum, `probability` what its score becomes, shape (rows,), and `says` makes
    a sentence of a fact, the probability without it and that with it. `either_way`: what lowers
    the estimate is as much a reason as what raises it. If not, a case that scores no higher than
    the cases compared with has no reason that raises.
    """

    model: Scorer
    probability: Callable[[pl.DataFrame], Floats]
    says: Callable[[Sayable, float, float], Sayable]
    either_way: bool = False


@dataclass(frozen=True)
class Candidate:
    """A group that may be a reason for a row, what it adds, and the feature it is said by."""

    row: int
    contribution: float
    named: str
    group: tuple[str, ...]

    @property
    def substitutions(self) -> tuple[Substitution, Substitution]:
        """The whole group as usual, and the fact named alone."""
        return Substitution(self.row, self.group), Substitution(self.row, (self.named,))


def explain(
    explained: Explained,
    x: pl.DataFrame,
    wording: Wording,
    reference: Floats,
    top: int,
    against: int = 0,
) -> list[tuple[Reason, ...]]:
    """Per row of `x` at most `top` reasons that raise, then `against` that lower the estimate.

    Either way, `top` in all. What moves the estimate most comes first. `reference` are the mean
    contributions of the cases compared with, shape (columns,). `ArithmeticError` if contributions
    do not sum to a row's score.
    """
    summed = parts(explained.model, x, reference)
    found = [
        candidate
        for row in range(x.height)
        for direction, wanted in _wanted(explained, summed.above[row] > 0, top, against)
        for candidate in islice(_candidates(summed, x, wording, row, direction), wanted + SPARE)
    ]
    # The cases as they are and with each substitution, in one batch.
    own = [Substitution(row) for row in range(x.height)]
    tried = list(dict.fromkeys([*own, *(one for each in found for one in each.substitutions)]))
    answers = substituted(explained.probability, x, wording.usual, tried).tolist()
    p = dict(zip(tried, answers, strict=True))
    reasons: list[list[Reason]] = [[] for _row in range(x.height)]
    for candidate in found:
        change = [p[own[candidate.row]] - p[one] for one in candidate.substitutions]
        if min(change if candidate.contribution > 0 else [-by for by in change]) >= LEAST_CHANGE:
            reasons[candidate.row].append(_reason(explained, x, wording, candidate, p))
    return [
        tuple(_strongest(given, p[as_it_is], explained, top, against))
        for given, as_it_is in zip(reasons, own, strict=True)
    ]


def _wanted(
    explained: Explained, above: bool, top: int, against: int
) -> Iterator[tuple[Literal[1, -1], int]]:
    """The directions to look in, with how many reasons of each."""
    if above or explained.either_way:
        yield 1, top
    if against or explained.either_way:
        yield -1, top if explained.either_way else against


def _candidates(
    summed: Parts, x: pl.DataFrame, wording: Wording, row: int, direction: Literal[1, -1]
) -> Iterator[Candidate]:
    """The groups that move the score of a row in a direction, the strongest first.

    Named is the member that adds most of those whose value is not the usual one.
    """
    total, columns = direction * summed.total[row], direction * summed.columns[row]
    for position in np.argsort(-total, kind="stable"):
        if total[position] <= 0:
            return
        group = summed.groups[position]
        for column in sorted(group, key=lambda column: -columns[column]):
            name = summed.names[column]
            if columns[column] > 0 and not wording.is_usual(name, x[name][row]):
                members = tuple(summed.names[member] for member in group)
                yield Candidate(row, float(summed.total[row, position]), name, members)
                break


def _reason(
    explained: Explained,
    x: pl.DataFrame,
    wording: Wording,
    candidate: Candidate,
    p: Mapping[Substitution, float],
) -> Reason:
    """A candidate as a reason; `p` has the probability as the case is and without the group."""
    without = p[candidate.substitutions[0]]
    fact = wording.fact(candidate.named, x[candidate.named][candidate.row])
    sentence = explained.says(fact, without, p[Substitution(candidate.row)])
    return Reason(candidate.named, candidate.contribution, without, sentence)


def _strongest(
    reasons: list[Reason], p: float, explained: Explained, top: int, against: int
) -> Iterator[Reason]:
    ordered = sorted(reasons, key=lambda reason: -abs(p - reason.without))
    if explained.either_way:
        yield from ordered[:top]
        return
    yield from [reason for reason in ordered if reason.raises][:top]
    yield from [reason for reason in ordered if not reason.raises][:against]
