"""Who asks, and which cases this person or program may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cases.tables.tables import Tables
from serving.access.denials import WHOLE_OFFICE, Forbidden
from serving.access.rules import Action, Reach, Role, reach

LEARN_GRADES = (Action.RECORD_REVIEW, Action.ANSWER, Action.RECTIFY, Action.SCORE)


@dataclass(frozen=True)
class Scope:
    """The cases of these units (none: none), and those that a person handles."""

    units: frozenset[str] = frozenset()
    handler: str | None = None

    def of(self, cases: pl.DataFrame) -> pl.DataFrame:
        """Of rows of the case table those in scope; a case without a unit is in nobody's."""
        mine = pl.col("unit").is_in(sorted(self.units))
        if self.handler is not None:
            mine |= pl.col("handler") == self.handler
        return cases.filter(mine)


@dataclass(frozen=True)
class Caller:
    """A user or a machine key.

    `id` says nothing of the person. `units` None means all of the office; `person` is how the
    office's tables call this person, where they do.
    """

    id: str
    roles: frozenset[Role]
    units: frozenset[str] | None = None
    person: str | None = None

    def scope(self, action: Action) -> Scope | None:
        """The cases that this caller may do it with; None for all. `Forbidden` for none."""
        reached = reach(self.roles, action)
        if reached is Reach.NONE:
            raise Forbidden
        if reached is Reach.OFFICE and self.units is not None:
            raise Forbidden(WHOLE_OFFICE)
        if reached is Reach.OWN:
            return Scope(handler=self.person)
        return None if self.units is None else Scope(self.units)


def graded_scopes(caller: Caller) -> list[Scope | None]:
    """The cases of which a caller learns settled grades; none of them for a clerk.

    They are those that a caller reviews, answers for, has put right, or may score.
    """
    return [caller.scope(action) for action in LEARN_GRADES if may(caller, action)]


def may(caller: Caller, action: Action) -> bool:
    """Whether a caller may do this with any case at all."""
    try:
        caller.scope(action)
    except Forbidden:
        return False
    return True


def handled_by(tables: Tables, case_id: str) -> frozenset[str]:
    """All who handle or handled a case: its handler, and who did something in it."""
    return who_handled(tables, [case_id]).get(case_id, frozenset())


def who_handled(tables: Tables, case_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """As `handled_by`, of each of several cases in which somebody did something."""
    handlers = tables.of_cases("cases", case_ids).select("case_id", "handler")
    actors = tables.of_cases("events", case_ids).select("case_id", handler="actor")
    found: dict[str, set[str]] = {}
    for case_id, name in pl.concat([handlers, actors]).drop_nulls().iter_rows():
        found.setdefault(case_id, set()).add(name)
    return {case_id: frozenset(names) for case_id, names in found.items()}


def may_review(tables: Tables, person: str | None, case_id: str) -> bool:
    """Whether a person may review a case: nobody reviews what they handle or handled.

    Who is not known by a name of the tables (None) reviews nothing.
    """
    return person is not None and person not in handled_by(tables, case_id)
