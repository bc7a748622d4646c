"""What can keep a handler from a case, in words: why not, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cases.language.messages import Message, Sayable, _


@dataclass(frozen=True)
class Obstacle:
    """Why a handler may not take a case; `{detail}` is filled with the fact that matters."""

    brief: Message  # of several handlers
    says: Message  # of one handler
    changes: Message  # what would have to be done


# Of several obstacles the first counts: what nobody may change, then what rarely changes.
OBSTACLES: Mapping[str, Obstacle] = {
    "recused_case": Obstacle(
        _("recused from the case"),
        _("is recused from this case"),
        _("a recusal cannot be changed"),
    ),
    "recused_party": Obstacle(
        _("recused from a party"),
        _("is recused from a party to this case"),
        _("a recusal cannot be changed"),
    ),
    "no_unit": Obstacle(
        _("without a unit"),
        _("has no unit on record"),
        _("enter the handler's unit in the handler table"),
    ),
    "other_unit": Obstacle(
        _("of another unit"),
        _("belongs to unit {detail}"),
        _("send the case to unit {detail}"),
    ),
    "kind": Obstacle(
        _("not taking this kind"),
        _("does not take cases of kind {detail}"),
        _("add {detail} to the handler's kinds"),
    ),
    "skill": Obstacle(
        _("lacking a skill"),
        _("lacks a skill the case needs: {detail}"),
        _("enter the skill {detail} for the handler"),
    ),
    "capacity": Obstacle(
        _("with a working capacity of 0"),
        _("has a working capacity of 0"),
        _("give the handler a working capacity above 0"),
    ),
    "absent": Obstacle(
        _("absent"),
        _("is absent: {detail}"),
        _("wait for the handler's return (absent: {detail})"),
    ),
    "most_open": Obstacle(
        _("with the most open cases"),
        _("already has as many open cases as allowed: {detail}"),
        _("raise the handler's most_open, or wait until one of the cases closes"),
    ),
}
CODES = tuple(OBSTACLES)
LASTING = 2  # the first so many cannot be changed


def says(code: str, detail: str) -> Sayable:
    """Why the handler may not take the case; `detail` as `Eligibility.excluded` gives it."""
    return _filled(OBSTACLES[code].says, detail)


def changes(code: str, detail: str) -> Sayable:
    """What would have to be done so that the handler may take the case."""
    return _filled(OBSTACLES[code].changes, detail)


def _filled(message: Message, detail: str) -> Message:
    return replace(message, values={"detail": detail})
