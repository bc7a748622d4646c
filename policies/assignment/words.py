"""Why a case goes where it goes, or nowhere: the sentences of an assignment."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cases.language.messages import Joined, Sayable, _, listed, pgettext, sentences
from policies.assignment.eligibility import Eligibility, Hindrance
from policies.assignment.obstacles import CODES, OBSTACLES, changes, says

LESS = 1e-8  # a probability this much below the floor is below it


def drawn(probability: float, eligible: int) -> Sayable:
    """Why a case goes to the handler it was drawn for."""
    return _(
        "drawn at random with a probability of {probability:.1%} (eligible handlers: {eligible})",
        probability=probability,
        eligible=eligible,
    )


def designated(reason: str, obstacles: Sequence[Hindrance]) -> Sayable:
    """Why a case was designated, and what stands against it by the rules."""
    for first in obstacles[:1]:
        return _(
            "designated: {reason} (although the handler {obstacle})",
            reason=reason,
            obstacle=says(first.reason, first.detail),
        )
    return _("designated: {reason}", reason=reason)


def no_room(eligible: int) -> Sayable:
    """Why a case that somebody may take goes to nobody."""
    return _(
        "nobody has room left: with the other cases, every eligible handler ({eligible}) has as "
        "many open cases as allowed; raise most_open, or wait until a case closes",
        eligible=eligible,
    )


def nobody(eligibility: Eligibility, case: int) -> Sayable:
    """Why nobody may take case number `case`, and what would change that soonest."""
    names = eligibility.handlers["handler"]
    return sentences(
        _("nobody is eligible: {obstacles}.", obstacles=_counts(eligibility, case)),
        *(
            _(
                "Nearest is {handler}: {changes}.",
                handler=names[obstacles[0].handler],
                changes=_all_of(obstacles),
            )
            for obstacles in eligibility.nearest(case)
        ),
    )


def _all_of(obstacles: Sequence[Hindrance]) -> Sayable:
    """Everything that would have to be done about the obstacles."""
    steps = [changes(one.reason, one.detail) for one in obstacles]
    return Joined(tuple(steps), pgettext("between two things to do", "; and "))


def _counts(eligibility: Eligibility, case: int) -> Sayable:
    """How many handlers each obstacle keeps away."""
    if eligibility.handlers.is_empty():
        return _("there are no handlers")
    first = eligibility.obstacles[:, case].argmax(axis=0).tolist()
    return listed(
        _("{handlers} {obstacle}", handlers=first.count(number), obstacle=OBSTACLES[code].brief)
        for number, code in enumerate(CODES)
        if number in first
    )


def notes_on(probabilities: pl.DataFrame, floor: float, unassigned: int) -> tuple[Sayable, ...]:
    """What had to give way because handlers have little room left."""
    notes: list[Sayable] = []
    somebody = pl.col("handler").is_not_null()
    even = floor / somebody.sum().over("case_id")
    less = somebody & (pl.col("probability") < even - LESS)
    below = probabilities.select(pl.col("handler").filter(less).n_unique()).item()
    if below:
        notes.append(
            _(
                "Handlers with little room left whose probability is less than the floor: "
                "{handlers}.",
                handlers=below,
            )
        )
    if unassigned:
        notes.append(
            _(
                "Handlers have too little room left; cases left unassigned: {cases}.",
                cases=unassigned,
            )
        )
    return tuple(notes)
