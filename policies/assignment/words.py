"""Why a case goes where it goes, or nowhere: the sentences of an assignment."""

from __future__ import annotations

import polars as pl

from cases.language.catalogues import Language
from cases.language.messages import _
from cases.language.texts import Text
from policies.assignment.eligibility import CODES, OBSTACLES, Eligibility, say

DRAWN = _("drawn by lot with a chance of {chance:.3g} % (eligible handlers: {eligible})")
DESIGNATED = _("designated: {reason}")
THOUGH = _(" (though the handler {says})")
NOBODY = _("nobody is eligible: {counts}")
COUNT = _("{many} {brief}")
NO_HANDLERS = _("there are no handlers")
NEAREST = _(". Nearest is {handler}: {changes}")
NO_PLACE = _(
    "no place is left: with the other cases, everybody eligible ({eligible}) has as many open cases as allowed; raise most_open, or wait until a case closes"
)
COMMA = {"en": ", ", "zh": "，"}
SEMICOLON = {"en": "; and ", "zh": "；并"}


def drawn(language: Language, chance: float, eligible: int) -> str:
    """Why a case goes to the handler it was drawn for."""
    return DRAWN.say(language).format(chance=100 * chance, eligible=eligible)


def designated(language: Language, reason: str, obstacles: pl.DataFrame) -> str:
    """Why a case was designated, and what stands against it by the rules."""
    sentence = DESIGNATED.say(language).format(reason=reason)
    for says in say(obstacles, language)["says"].head(1):
        sentence += THOUGH.say(language).format(says=says)
    return sentence


def no_place(language: Language, eligible: int) -> str:
    """Why a case that somebody may take goes to nobody."""
    return NO_PLACE.say(language).format(eligible=eligible)


def nobody(language: Language, who: Eligibility, case: int) -> str:
    """Why nobody may take case number `case`, and what would change that soonest."""
    sentence = NOBODY.say(language).format(counts=_counts(language, who, case))
    nearest = say(who.nearest(case), language)
    for (handler,), own in nearest.group_by("handler", maintain_order=True):
        changes = SEMICOLON[language].join(own["changes"])
        sentence += NEAREST.say(language).format(handler=handler, changes=changes)
    return sentence


def _counts(language: Language, who: Eligibility, case: int) -> str:
    """How many handlers each obstacle keeps away."""
    if who.handlers.is_empty():
        return NO_HANDLERS.say(language)
    first = who.obstacles[:, case].argmax(axis=0).tolist()
    return COMMA[language].join(
        COUNT.say(language).format(
            many=first.count(number), brief=OBSTACLES[code].brief.say(language)
        )
        for number, code in enumerate(CODES)
        if number in first
    )


def notes_on(chances: pl.DataFrame, floor: float, unplaced: int) -> tuple[Text, ...]:
    """What had to give way because places are few."""
    notes = []
    somebody = chances.filter(pl.col("handler").is_not_null())
    even = floor / pl.len().over("case_id")
    kept_from = somebody.filter(pl.col("probability") < even - 1e-8)["handler"].n_unique()
    if kept_from:
        notes.append(
            Text(
                en=f"Handlers with few places left who have less than the floor: {kept_from}.",
                zh=f"{kept_from}名承办人所余名额很少，其概率低于保底比例。",
            )
        )
    if unplaced:
        notes.append(
            Text(
                en=f"There are too few places; cases left unassigned: {unplaced}.",
                zh=f"名额不足：{unplaced}件案件未能分配。",
            )
        )
    return tuple(notes)
