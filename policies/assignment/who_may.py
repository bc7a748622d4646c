"""Who may take which of the drawn cases, with which probability, and who may not and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cases.language.messages import Sayable
from policies.assignment.eligibility import Hindrance
from policies.assignment.obstacles import Takers
from policies.assignment.result import DrawnAssignment

Why = tuple[str, str]  # the code of an obstacle, and the fact that matters


@dataclass(frozen=True)
class Excluded:
    """Handlers who may not take a case, for one reason, and what would change it."""

    says: Sayable
    changes: Sayable
    handlers: tuple[str, ...]


@dataclass(frozen=True)
class WhoMay:
    """Cases for which all of this is the same: eligible handlers with their probability."""

    case_ids: tuple[str, ...]
    eligible: tuple[tuple[str, float], ...]
    excluded: tuple[Excluded, ...]


def who_may(assignment: DrawnAssignment) -> Iterator[WhoMay]:
    """Who may take which of the drawn cases; cases for which it is the same stand together."""
    chances = assignment.chances
    groups = dict(zip(chances["case_id"], chances["group"], strict=True))
    eligible = _eligible(chances)
    takers = assignment.undecided.takers
    names = assignment.undecided.handlers["handler"].to_list()
    numbers, alike = assignment.undecided.alike
    excluded = [_by_reason(takers, who, names) for who in alike]
    together: dict[tuple[Any, ...], list[str]] = {}
    for case_id, number in zip(assignment.undecided.cases["case_id"], numbers, strict=True):
        facts = eligible.get(groups.get(case_id), ()), excluded[number]
        together.setdefault(facts, []).append(case_id)
    for (handlers, obstacles), case_ids in together.items():
        without = (
            Excluded(takers.says(*why), takers.changes(*why), others) for why, others in obstacles
        )
        yield WhoMay(tuple(case_ids), handlers, tuple(without))


def _eligible(chances: pl.DataFrame) -> dict[int | None, tuple[tuple[str, float], ...]]:
    """Of each group of cases the eligible handlers with their probability."""
    by_group: dict[int | None, dict[str, float]] = {}
    pairs = zip(chances["group"].to_list(), chances["handler"].to_list(), strict=True)
    for (group, handler), probability in dict(
        zip(pairs, chances["probability"].to_list(), strict=True)
    ).items():
        if handler is not None:
            by_group.setdefault(group, {})[handler] = probability
    return {group: tuple(sorted(found.items())) for group, found in by_group.items()}


def _by_reason(
    takers: Takers, who: Sequence[Hindrance], names: list[str]
) -> tuple[tuple[Why, tuple[str, ...]], ...]:
    """The excluded handlers by why they are, in the order of the obstacles."""
    found: dict[Why, list[str]] = {}
    for one in who:
        found.setdefault((one.reason, one.detail), []).append(names[one.handler])
    ordered = sorted(found.items(), key=lambda one: (takers.codes.index(one[0][0]), one[0][1]))
    return tuple((why, tuple(handlers)) for why, handlers in ordered)
