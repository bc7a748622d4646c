"""`/case/one-reading`: nobody can make a reading of a case that was to be read twice."""

from __future__ import annotations

from cases.errors import Refused
from cases.language.messages import _
from cases.office.reviews import FIRST, Reading
from serving.http.pages.planning.fields import reason_of
from serving.http.pages.reviewing.card import AskedCase, Card, asked_for, record_step, show_card
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.use_cases.reviewing.giving_back import waivable
from serving.work.reviewing import Waived

TITLE = _("One reading is enough")
MEANS = (
    _("The reading is not made any more, and nobody can take it."),
    _("The case is settled by the grade of its other reading alone."),
    _("It says nothing then about how far two reviewers agree."),
)


def show(visit: Visit) -> Shown:
    """The card."""
    asked = asked_for(visit)
    try:
        reading = _left_over(visit, asked)
    except Refused as error:
        return show_card(visit, asked, TITLE, None, error.message)
    second = _("Nobody has the second reading of this case.")
    card = Card(
        _("Nobody has the first reading of this case.") if reading == FIRST else second,
        MEANS,
        _("Why is one reading enough?"),
        _("Name no person."),
        TITLE,
        _("Leave it open"),
        address("/case/one-reading", id=asked.case_id, plan=asked.plan_id),
    )
    return show_card(visit, asked, TITLE, card)


def act(visit: Visit) -> GoTo:
    """Do without it."""
    asked = asked_for(visit)
    reading, reason = _left_over(visit, asked), reason_of(visit)
    step = Waived(plan=asked.plan_id, case_id=asked.case_id, reading=reading, reason=reason)
    record_step(visit, step)
    return GoTo(asked.page, "waived")


def _left_over(visit: Visit, asked: AskedCase) -> Reading:
    today = visit.now.date()
    return waivable(visit.context, visit.caller, asked.one, asked.case_id, today)
