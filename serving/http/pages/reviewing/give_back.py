"""`/case/give-back`: a reviewer cannot make a reading; `/case/take-back`: a manager knows so."""

from __future__ import annotations

from contextlib import suppress

from cases.errors import Refused
from cases.language.messages import _
from cases.office.reviews import FIRST, Reading
from serving.http.pages.planning.fields import reason_of
from serving.http.pages.reviewing.card import AskedCase, Card, asked_for, record_step, show_card
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.use_cases.reviewing.giving_back import NOT_TO_TAKE, others_reading, own_reading
from serving.work.reviewing import GivenBack

GIVE, TAKE = _("Give the reading back"), _("Take the reading back")
HINT = _(
    "As short as can be, for example “ill until May” or “conflict of interest”. Managers and "
    "auditors read it; it can be erased."
)
GIVEN = (
    _("It is nobody's then, and another reviewer can take it."),
    _("You cannot take it again, nor another reading of this case."),
    _("A draft that you have begun of it is deleted."),
)
TAKEN = (
    _("It is nobody's then, and another reviewer can take it."),
    _("Who has it now cannot take it again, nor another reading of this case."),
    _("A draft that they have begun of it is deleted."),
)


def show(visit: Visit) -> Shown:
    """The card for who has the reading."""
    asked = asked_for(visit)
    try:
        reading = own_reading(visit.caller, asked.one)
    except Refused as error:
        return show_card(visit, asked, GIVE, None, error.message)
    second = _("You have the second reading of this case.")
    card = Card(
        _("You have the first reading of this case.") if reading == FIRST else second,
        GIVEN,
        _("Why can you not review this case?"),
        HINT,
        _("Give it back"),
        _("Keep it"),
        address("/case/give-back", id=asked.case_id, plan=asked.plan_id),
    )
    return show_card(visit, asked, GIVE, card)


def act(visit: Visit) -> GoTo:
    """Give it back."""
    asked = asked_for(visit)
    _give_back(visit, asked, own_reading(visit.caller, asked.one))
    return GoTo("/work", "given_back")


def show_to_manager(visit: Visit) -> Shown:
    """The card for who takes it from its reviewer."""
    asked = asked_for(visit)
    try:
        reading = _of_another(visit, asked)
    except Refused as error:
        return show_card(visit, asked, TAKE, None, error.message)
    reader = asked.one.readers[reading]
    second = _("{reviewer} has the second reading of this case.", reviewer=reader)
    first = _("{reviewer} has the first reading of this case.", reviewer=reader)
    card = Card(
        first if reading == FIRST else second,
        TAKEN,
        _("Why do you take it back?"),
        HINT,
        _("Take it back"),
        _("Leave it"),
        address("/case/take-back", id=asked.case_id, plan=asked.plan_id, reading=reading),
        {"given": _given(visit, asked, reading)},
    )
    return show_card(visit, asked, TAKE, card)


def act_as_manager(visit: Visit) -> GoTo:
    """Take it back from the reviewer whom the card named."""
    asked = asked_for(visit)
    reading = _of_another(visit, asked)
    if visit.sent.get("given") != _given(visit, asked, reading):
        raise Refused(NOT_TO_TAKE)
    _give_back(visit, asked, reading)
    return GoTo(asked.page, "given_back")


def _of_another(visit: Visit, asked: AskedCase) -> Reading:
    named = visit.query.get("reading", "")
    return others_reading(visit.context, visit.caller, asked.one, asked.case_id, named)


def _given(visit: Visit, asked: AskedCase, reading: Reading) -> str:
    """The record by which somebody has a reading: of the next one who has it, it is another."""
    reviewing = visit.context.remembered.work.reviewing
    last = reviewing.last_step(asked.plan_id, asked.case_id, reading)
    return "" if last is None else str(last.record)


def _give_back(visit: Visit, asked: AskedCase, reading: Reading) -> None:
    step = GivenBack(
        plan=asked.plan_id,
        case_id=asked.case_id,
        reading=reading,
        reviewer=asked.one.readers[reading],
        reason=reason_of(visit),
    )
    record_step(visit, step)
    with suppress(Refused):  # it is given back; a draft of it is shown to nobody any more
        visit.rooms.drafts.drop_of_reading(asked.plan_id, asked.case_id, reading)
