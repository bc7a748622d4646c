"""One grade of two that differ: both side by side, and why it is the one that counts."""

from __future__ import annotations

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.office.reviews import CONSOLIDATED, FIRST, SECOND
from serving.http.pages.reviewing.found import found_grades
from serving.http.pages.reviewing.grade import of_form
from serving.http.pages.reviewing.grade_fields import REASON, GradeFields, SentGrade, read_grade
from serving.http.pages.reviewing.opened import OpenedCase, opened_case, plan_name
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit
from serving.memory.grades import record_grade
from serving.use_cases.reviewing.grading import check_consolidates
from serving.use_cases.reviewing.progress import CaseProgress
from serving.work.reviewing import Graded

WHY = _("Say why this grade and not the other.")


def show(visit: Visit) -> Shown:
    """Both grades and the form."""
    opened, one = _asked(visit)
    link = address("/case", id=opened.case_id, plan=one.plan.plan_id)
    try:
        check_consolidates(visit.context, visit.caller, one, opened.case_id)
    except Refused as error:
        why = {"link": link, "why": None if visit.faults else error.message}
        return Shown("reviewing/not_graded.html", opened.case_id, why)
    fields = GradeFields.of(visit.context.office, opened.file, visit.now.date())
    both = [grade for grade in found_grades(visit, opened) if grade.reading in (FIRST, SECOND)]
    values = {
        "trail": [(link, opened.case_id)],
        "plan_name": plan_name(one.plan),
        "fields": fields,
        "choices": [(grade.code, grade.meaning, None) for grade in fields.grades],
        "given": fields.filled(visit.sent),
        "both": both[::-1],
        "action": address("/case/consolidate", id=opened.case_id, plan=one.plan.plan_id),
    }
    title = _("One grade of two: case {case}", case=opened.case_id)
    return Shown("reviewing/consolidate.html", title, values)


def _asked(visit: Visit) -> tuple[OpenedCase, CaseProgress]:
    opened = opened_case(visit)
    if opened.one is None:
        raise NotFound
    return opened, opened.one


def act(visit: Visit) -> GoTo:
    """Save the one grade."""
    opened, one = _asked(visit)
    check_consolidates(visit.context, visit.caller, one, opened.case_id)
    fields = GradeFields.of(visit.context.office, opened.file, visit.now.date())
    step = _step(visit, opened, one, read_grade(fields, visit.sent))
    try:
        record_grade(visit.latest, visit.record, step, visit.now, one.probability, visit.caller.id)
    except BadInput as error:
        raise BadInput([of_form(fault) for fault in error.faults]) from None
    return GoTo(address("/case", id=opened.case_id, plan=one.plan.plan_id), "consolidated")


def _step(visit: Visit, opened: OpenedCase, one: CaseProgress, sent: SentGrade) -> Graded:
    if not sent.reason:
        raise BadInput([Fault(REASON, _("is blank."), WHY, column="reason")])
    return Graded(
        plan=one.plan.plan_id,
        case_id=opened.case_id,
        reading=CONSOLIDATED,
        reviewer=visit.caller.person or visit.caller.id,
        risk_shown=True,
        **sent._asdict(),
    )
