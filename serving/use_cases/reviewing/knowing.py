"""What somebody may know of a case while it is being reviewed: decided here, before it is shown.

Who has a reading to grade sees no grade of the case, and where the plan hides its risk, neither
that nor how the case was chosen; nor does anybody who might still be given a reading of it.
Who plans or audits sees everything, except of the cases they are to grade themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from serving.access.caller import Caller, may, may_review
from serving.access.rules import Action
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.progress import SETTLED, CaseProgress
from serving.work.readings import unread_elsewhere


@dataclass(frozen=True)
class Knows:
    """What somebody may know: why a case is on the list and its risk; all grades, or one's own.

    `later`: what is hidden now is shown once their grade is saved.
    """

    why: bool = False
    grades: bool = False
    later: bool = False


def oversees(caller: Caller) -> bool:
    """Whether somebody sees how cases were chosen whoever reviews them."""
    return may(caller, Action.SCORE)


def knows(
    context: ServiceContext, caller: Caller, case_id: str, plans: Sequence[CaseProgress]
) -> Knows:
    """What a caller may know of a case that these plans under way have drawn."""
    person = caller.person
    elsewhere = read_elsewhere(context, case_id, plans)
    if person is not None and person in elsewhere:
        return Knows()
    mine = [one for one in plans if one.waits_for(person)]
    if mine:
        is_hidden = any(_hides(context, one, case_id) for one in mine)
        return Knows(why=not is_hidden, later=is_hidden)
    if oversees(caller):
        return Knows(why=True, grades=True)
    if not may(caller, Action.RECORD_REVIEW) or not may_review(context.tables, person, case_id):
        return Knows()
    if elsewhere:
        return Knows()
    ahead = [one for one in plans if one.open_readings and not one.has_graded(person)]
    is_hidden = any(_hides(context, one, case_id) for one in ahead)
    return Knows(why=not is_hidden, grades=not ahead and not _waiting(plans), later=is_hidden)


def read_elsewhere(
    context: ServiceContext, case_id: str, plans: Sequence[CaseProgress]
) -> frozenset[str | None]:
    """Who still reads a case for a plan that is not among these, as its folder cannot be read.

    None stands for who may take a reading that was given back.
    """
    known = {one.plan.plan_id for one in plans}
    work, days = context.remembered.work, context.remembered.days
    return frozenset(unread_elsewhere(work, days, context.tables, known, case_id)["reviewer"])


def _hides(context: ServiceContext, one: CaseProgress, case_id: str) -> bool:
    return one.plan.hides(context.office, case_id)


def _waiting(plans: Sequence[CaseProgress]) -> bool:
    return any(one.open_readings for one in plans)


def findings_are_final(
    context: ServiceContext, case_id: str, plans: Sequence[CaseProgress]
) -> bool:
    """Whether the grade of a case is settled: all readings are done, and they agree or are one."""
    is_settled = all(one.state in SETTLED for one in plans)
    return is_settled and not read_elsewhere(context, case_id, plans)
