"""Why a case goes where it goes, or nowhere: the sentences of an assignment."""

from __future__ import annotations

import polars as pl

from cases.language.messages import Joined, Sayable, _, listed, pgettext, sentences
from policies.assignment.eligibility import Eligibility
from policies.assignment.obstacles import CODES, OBSTACLES, changes, says

LESS = 1e-8  # a probability this much below the floor is below it


def drawn(probability: float, eligible: int) -> Sayable:
    """Why a case goes to the handler it was drawn for."""
    return _(
        "drawn at random with a probability of {probability:.1%} (eligible handlers: {eligible})",
        probability=probability,
        eligible=eligible,
    )


def designated(reason: str, obstacles: pl.DataFrame) -> Sayable:
    """Why a case was designated, and what stands against it by the rules."""
    for code, detail in obstacles.select("reason", "detail").head(1).iter_rows():
        return _(
            "designated: {reason} (although the handler {obstacle})",
            reason=reason,
            obstacle=says(code, detail),
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
    nearest = eligibility.nearest(case)
    return sentences(
        _("nobody is eligible: {obstacles}.", obstacles=_counts(eligibility, case)),
        *(
            _("Nearest is {handler}: {changes}.", handler=handler, changes=_all_of(obstacles))
            for (handler,), obstacles in nearest.group_by("handler", maintain_order=True)
        ),
    )


def _all_of(obstacles: pl.DataFrame) -> Sayable:
    """Everything that would have to be done about the obstacles."""
    steps = [changes(*obstacle) for obstacle in obstacles.select("reason", "detail").iter_rows()]
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
    somebody = probabilities.filter(pl.col("handler").is_not_null())
    even = floor / pl.len().over("case_id")
    below = somebody.filter(pl.col("probability") < even - LESS)["handler"].n_unique()
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
