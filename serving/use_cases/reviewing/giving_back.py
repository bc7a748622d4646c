"""Who may give a reading back, take it back from a reviewer, or let one reading be enough."""

from __future__ import annotations

from datetime import date

from cases.errors import Refused
from cases.language.messages import _, ngettext
from cases.office.reviews import FIRST, SECOND, Reading
from serving.access.caller import Caller, handled_by
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.grading import eligible
from serving.use_cases.reviewing.progress import CaseProgress

NOT_TO_GIVE = _("You have no reading of this case that is still to be graded.")
NOT_TO_TAKE = _("Nobody has this reading any more, or it is graded.")
NOT_TO_WAIVE = _("No reading of this case is left over: none is needed, or a reviewer has it.")
HANDLED = _("You handle or handled this case: another manager decides who reviews it.")
READS = _("You review this case yourself: another manager decides whether one reading is enough.")


def own_reading(caller: Caller, one: CaseProgress) -> Reading:
    """The reading that a caller has and can give back; `Refused` if there is none."""
    reading = one.waits_for(caller.person)
    if reading is None or reading not in one.open_readings:
        raise Refused(NOT_TO_GIVE)
    return reading


def others_reading(
    context: ServiceContext, caller: Caller, one: CaseProgress, case_id: str, asked: str
) -> Reading:
    """The reading that is asked for; `Refused` unless this manager may take it from who has it."""
    if caller.person in handled_by(context.tables, case_id):
        raise Refused(HANDLED)
    for reading in one.open_readings:
        if reading == asked and reading in one.readers:
            return reading
    raise Refused(NOT_TO_TAKE)


def left_over(one: CaseProgress) -> Reading | None:
    """The reading of a case read twice that nobody has and that the case could do without.

    The second one; the first one only once the second is graded, so that one is made for certain.
    """
    if len(one.wanted) == 1:
        return None
    if SECOND in one.free_readings:
        return SECOND
    return FIRST if FIRST in one.free_readings and one.grade(SECOND) is not None else None


def waivable(
    context: ServiceContext, caller: Caller, one: CaseProgress, case_id: str, day: date
) -> Reading:
    """The reading that this manager may do without.

    `Refused` while a reviewer of the table could take it: whether a case is read twice was drawn,
    and nobody is to choose that once one grade is known.
    """
    reading = left_over(one)
    if caller.person in handled_by(context.tables, case_id):
        raise Refused(HANDLED)
    if reading is None:
        raise Refused(NOT_TO_WAIVE)
    if caller.person in one.readers.values() or one.has_graded(caller.person):
        raise Refused(READS)
    count = len(eligible(context, one, case_id, day) or ())
    if count:
        raise Refused(
            ngettext(
                "{count:,} reviewer of the office can take this reading now. Ask them; one who "
                "cannot is entered as absent in the table of reviewers.",
                "{count:,} reviewers of the office can take this reading now. Ask them; one who "
                "cannot is entered as absent in the table of reviewers.",
                count,
            )
        )
    return reading
