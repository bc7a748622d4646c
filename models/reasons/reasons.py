"""Why a case is estimated as it is: facts that move the estimate, in sentences.

A reviewer wants to know what to look at, so a reason names a fact of the case that can be opened
and checked. It must pass two tests. Its group of features adds to the score, by exact additive
contributions against the cases compared with (`parts.py`). And with the usual values in place of
the case's own, all else as it is, the model itself says otherwise by at least `LEAST_CHANGE`: with
those of the whole group, and with that of the fact named alone. What is as usual, and what is the
same for every case of the day, counts in the sum and is no reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import expit

from cases.language.messages import Message, Sayable
from cases.numeric import Floats
from features.online.features import FeatureRows
from models.estimators.scorer import Scorer
from models.reasons.parts import Parts, parts
from models.reasons.substitution import substituted
from models.reasons.usual import Value
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

    `model` is the sum, whose score is the log-odds of the estimate, and `says` makes a sentence
    of a fact, the probability without it and that with it. `either_way`: what lowers
    the estimate is as much a reason as what raises it. If not, a case that scores no higher than
    the cases compared with has no reason that raises.
    """

    model: Scorer
    says: Callable[[Sayable, float, float], Sayable]
    either_way: bool = False


class Candidate(NamedTuple):
    """A group that may be a reason for a row, what it adds, and the feature it is said by.

    `named` is a column, `group` are those of all its features.
    """

    row: int
    contribution: float
    named: int
    group: tuple[int, ...]


def explain(
    explained: Explained,
    x: FeatureRows,
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
    model = explained.model
    matrix = model.columns.matrix(x)
    summed, facts = parts(model, matrix, reference), Facts(x, model.columns.names, wording)
    found = list(_found(explained, summed, facts, top, against))
    own = expit(summed.raw).tolist()
    confirmed: list[list[tuple[Candidate, float]]] = [[] for _row in own]
    answers = zip(*_without(model, matrix, wording, found), strict=True)
    for each, (group, alone) in zip(found, answers, strict=True):
        change = own[each.row] - group, own[each.row] - alone
        if (min(change) if each.contribution > 0 else -max(change)) >= LEAST_CHANGE:
            confirmed[each.row].append((each, group))
    return [
        tuple(
            Reason(
                facts.names[each.named],
                each.contribution,
                without,
                explained.says(facts.said(each.named, each.row), without, as_it_is),
            )
            for each, without in _strongest(of_row, as_it_is, explained, top, against)
        )
        for of_row, as_it_is in zip(confirmed, own, strict=True)
    ]


def _without(
    model: Scorer, matrix: Floats, wording: Wording, found: Sequence[Candidate]
) -> tuple[list[float], list[float]]:
    """The probability with each candidate's whole group as usual, and with the fact named alone.

    All in one batch; most groups are of one feature, and asked about once.
    """
    several = [at for at, each in enumerate(found) if len(each.group) > 1]
    rows = [each.row for each in found]
    changed = [(each.named,) for each in found] + [found[at].group for at in several]
    asked = np.array(rows + [rows[at] for at in several], dtype=np.int64)
    answers = substituted(model, matrix, wording.usual, asked, changed)
    alone = answers[: len(found)]
    group = alone.copy()
    group[several] = answers[len(found) :]
    return group.tolist(), alone.tolist()


class Facts:
    """The values of the cases explained, and how they are said; each is looked at once."""

    def __init__(self, x: FeatureRows, names: Sequence[str], wording: Wording) -> None:
        self.names = names
        self._x, self._wording = x, wording
        self._values: dict[int, list[Value]] = {}
        self._usual: dict[int, dict[Value, bool]] = {}
        self._said: dict[tuple[int, Value], Message] = {}

    def is_usual(self, column: int, row: int) -> bool:
        """Whether a value is said as the usual one is."""
        if column not in self._values:
            self._values[column] = self._x[self.names[column]].to_list()
            self._usual[column] = {}
        value, known = self._values[column][row], self._usual[column]
        if value not in known:
            known[value] = self._wording.is_usual(self.names[column], value)
        return known[value]

    def said(self, column: int, row: int) -> Message:
        """A value of a column that was looked at, and what is usual."""
        fact = column, self._values[column][row]
        if fact not in self._said:
            self._said[fact] = self._wording.fact(self.names[column], fact[1])
        return self._said[fact]


def _found(
    explained: Explained, summed: Parts, facts: Facts, top: int, against: int
) -> Iterator[Candidate]:
    """The groups that may be reasons of any row, a row after the other."""
    # Of each row the groups that add most, and those that take away most.
    strongest = {way: np.argsort(-way * summed.total, axis=1, kind="stable") for way in (1, -1)}
    for row, above in enumerate((summed.above > 0).tolist()):
        for direction, wanted in _wanted(explained, above, top, against):
            groups = strongest[direction][row].tolist()
            found = _candidates(summed, facts, row, direction, groups)
            yield from islice(found, wanted + SPARE)


def _wanted(
    explained: Explained, above: bool, top: int, against: int
) -> Iterator[tuple[Literal[1, -1], int]]:
    """The directions to look in, with how many reasons of each."""
    if above or explained.either_way:
        yield 1, top
    if against or explained.either_way:
        yield -1, top if explained.either_way else against


def _candidates(
    summed: Parts, facts: Facts, row: int, direction: Literal[1, -1], groups: Sequence[int]
) -> Iterator[Candidate]:
    """Those of the `groups`, the strongest first, that move the score of a row in a direction.

    Named is the member that adds most of those whose value is not the usual one.
    """
    total = summed.total[row].tolist()
    for position in groups:
        if direction * total[position] <= 0:
            return
        group = summed.groups[position]
        # A group of one adds more than 0, and it is the one named.
        members = group if len(group) == 1 else _falling(group, direction * summed.columns[row])
        for column in members:
            if not facts.is_usual(column, row):
                yield Candidate(row, total[position], column, group)
                break


def _falling(group: tuple[int, ...], adds: Floats) -> list[int]:
    """The columns of a group that add more than 0, the most first."""
    order = sorted(group, key=lambda column: -adds[column])
    return [column for column in order if adds[column] > 0]


def _strongest(
    confirmed: list[tuple[Candidate, float]],
    p: float,
    explained: Explained,
    top: int,
    against: int,
) -> list[tuple[Candidate, float]]:
    """Those shown, with the probability without each; `p` is that of the case as it is."""
    ordered = sorted(confirmed, key=lambda each: -abs(p - each[1]))
    if explained.either_way:
        return ordered[:top]
    raising = [each for each in ordered if each[0].contribution > 0]
    lowering = [each for each in ordered if each[0].contribution <= 0]
    return raising[:top] + lowering[:against]
