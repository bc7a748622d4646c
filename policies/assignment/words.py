"""Why a case goes where it goes, or nowhere: the sentences of an assignment."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cases.language.messages import Joined, Sayable, _, listed, pgettext, sentences
from policies.assignment.eligibility import Eligibility, Hindrance
from policies.assignment.obstacles import TO_HANDLERS, Takers

LESS = 1e-8  # a probability this much below the floor is below it


def designated(reason: str, obstacles: Sequence[Hindrance]) -> Sayable:
    """Why a case was designated, and what stands against it by the rules."""
    for first in obstacles[:1]:
        return _(
            "designated: {reason} (although the handler {obstacle})",
            reason=reason,
            obstacle=TO_HANDLERS.says(first.reason, first.detail),
        )
    return _("designated: {reason}", reason=reason)


def nobody(eligibility: Eligibility, case: int) -> Sayable:
    """Why nobody may take case number `case`, and what would change that soonest."""
    names, takers = eligibility.handlers["handler"], eligibility.takers
    nearest = eligibility.nearest(case)
    otherwise = () if nearest or takers.otherwise is None else (takers.otherwise,)
    return sentences(
        _("nobody is eligible: {obstacles}.", obstacles=_counts(eligibility, case)),
        *(
            _(
                "Nearest is {handler}: {changes}.",
                handler=names[obstacles[0].handler],
                changes=_all_of(takers, obstacles),
            )
            for obstacles in nearest
        ),
        *otherwise,
    )


def _all_of(takers: Takers, obstacles: Sequence[Hindrance]) -> Sayable:
    """Everything that would have to be done about the obstacles."""
    steps = [takers.changes(one.reason, one.detail) for one in obstacles]
    return Joined(tuple(steps), pgettext("between two things to do", "; and "))


def _counts(eligibility: Eligibility, case: int) -> Sayable:
    """How many people each obstacle keeps away."""
    takers = eligibility.takers
    if eligibility.handlers.is_empty():
        return takers.nobody_there
    first = eligibility.obstacles[:, case].argmax(axis=0).tolist()
    return listed(
        _(
            "{handlers} {obstacle}",
            handlers=first.count(number),
            obstacle=takers.obstacles[code].brief,
        )
        for number, code in enumerate(takers.codes)
        if number in first
    )


def notes_on(
    takers: Takers, probabilities: pl.DataFrame, floor: float, unassigned: int
) -> tuple[Sayable, ...]:
    """What had to give way because people have little room left."""
    notes: list[Sayable] = []
    somebody = pl.col("handler").is_not_null()
    even = floor / somebody.sum().over("case_id")
    less = somebody & (pl.col("probability") < even - LESS)
    below = probabilities.select(pl.col("handler").filter(less).n_unique()).item()
    if below:
        notes.append(takers.below_floor.filled(people=below))
    if unassigned:
        notes.append(takers.left.filled(cases=unassigned))
    return tuple(notes)
