"""What can keep people from a case, in words: why not, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cases.language.messages import Message, Sayable, _


@dataclass(frozen=True)
class Obstacle:
    """Why somebody may not take a case; `{detail}` is filled with the fact that matters."""

    brief: Message  # of several people
    says: Message  # of one of them
    changes: Message  # what would have to be done


@dataclass(frozen=True)
class Takers:
    """Those to whom cases are given: what can keep them from one, and what is said of the draw.

    Of several obstacles the first counts: first what nobody may change (`lasting` of them), then
    what rarely changes. `no_room` and `drawn` are filled with how many are `eligible`, `drawn`
    also with the `probability`; `below_floor` and `left` with numbers of people and cases.
    `otherwise` says what to do where only lasting obstacles are in the way.
    """

    called: Message
    obstacles: Mapping[str, Obstacle]
    lasting: int
    nobody_there: Message
    drawn: Message
    no_room: Message
    below_floor: Message
    left: Message
    otherwise: Message | None = None

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the obstacles, in order."""
        return tuple(self.obstacles)

    def says(self, code: str, detail: str) -> Sayable:
        """Why somebody may not take the case; `detail` as `Eligibility.excluded` gives it."""
        return self.obstacles[code].says.filled(detail=detail)

    def changes(self, code: str, detail: str) -> Sayable:
        """What would have to be done so that somebody may take the case."""
        return self.obstacles[code].changes.filled(detail=detail)


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
TO_HANDLERS = Takers(
    called=_("the handlers"),
    obstacles=OBSTACLES,
    lasting=2,
    nobody_there=_("there are no handlers"),
    drawn=_(
        "drawn at random with a probability of {probability:.1%} (eligible handlers: {eligible})"
    ),
    no_room=_(
        "nobody has room left: with the other cases, every eligible handler ({eligible}) has as "
        "many open cases as allowed; raise most_open, or wait until a case closes"
    ),
    below_floor=_(
        "Handlers with little room left whose probability is less than the floor: {people}."
    ),
    left=_("Handlers have too little room left; cases left unassigned: {cases}."),
)
