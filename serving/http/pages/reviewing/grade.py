"""Grade a case: by who has a reading of it; what is begun is kept as a draft."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.office.reviews import Reading
from serving.http.pages.reviewing.grade_fields import GradeFields, SentGrade, read_grade
from serving.http.pages.reviewing.one_case import why_of
from serving.http.pages.reviewing.opened import OpenedCase, opened_case, plan_name
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.memory.grades import record_grade
from serving.use_cases.reviewing.grading import NOT_YOURS, obstacle
from serving.use_cases.reviewing.knowing import oversees
from serving.use_cases.reviewing.progress import READ_AS, CaseProgress
from serving.work.drafts.drafts import Place
from serving.work.reviewing import Graded

DRAFT = "draft"  # the value of the button that keeps one


class Asked(NamedTuple):
    """A reading that this person has to grade."""

    opened: OpenedCase
    one: CaseProgress
    reading: Reading
    fields: GradeFields

    def place(self, visit: Visit) -> Place:
        """Where its draft is."""
        return Place(visit.caller.id, self.one.plan.plan_id, self.opened.case_id, self.reading)

    @property
    def case(self) -> str:
        """The address of the page of the case."""
        return address("/case", id=self.opened.case_id, plan=self.one.plan.plan_id)


def show(visit: Visit) -> Shown | GoTo:
    """The form, with what was sent or kept in it."""
    asked = _asked(visit)
    if asked is None:
        return _nothing_to_grade(visit)
    kept = None if visit.sent else visit.rooms.drafts.of(asked.place(visit))
    values = {
        "trail": [(asked.case, asked.opened.case_id)],
        "asked": asked,
        "read_as": READ_AS[asked.reading],
        "plan_name": plan_name(asked.one.plan),
        "choices": [(grade.code, grade.meaning, None) for grade in asked.fields.grades],
        "given": asked.fields.filled(visit.sent or (kept.fields if kept else {})),
        "is_draft": kept is not None,
        "why": why_of(asked.opened),
        "later": asked.opened.knows.later,
        "case": asked.case,
        "action": address("/case/grade", id=asked.opened.case_id, plan=asked.one.plan.plan_id),
    }
    return Shown("reviewing/grade.html", _("Grade case {case}", case=asked.opened.case_id), values)


def _asked(visit: Visit) -> Asked | None:
    """What the address asks to grade; None if that is not this person's, or graded."""
    opened = opened_case(visit)
    one, person = opened.one, visit.caller.person
    reading = None if one is None else one.waits_for(person)
    if one is None or reading is None:
        return None
    if obstacle(visit.context, visit.caller, one, opened.case_id, reading) is not None:
        return None
    fields = GradeFields.of(visit.context.office, opened.file, visit.now.date())
    return Asked(opened, one, reading, fields)


def _nothing_to_grade(visit: Visit) -> Shown | GoTo:
    """The page of the case; after a form was sent, why it was not saved."""
    opened = opened_case(visit)
    plan = None if opened.one is None else opened.one.plan.plan_id
    link = address("/case", id=opened.case_id, plan=plan)
    if not visit.faults:
        return GoTo(link)
    return Shown("reviewing/not_graded.html", opened.case_id, {"link": link, "why": None})


def act(visit: Visit) -> GoTo:
    """Save the grade, or keep a draft of it.

    What was written is kept as a draft, too, where it cannot be saved as it is.
    """
    asked = _asked(visit)
    if asked is None:
        raise Refused(NOT_YOURS)
    place, sent = asked.place(visit), asked.fields.sent(visit.sent)
    if visit.sent.get("do") == DRAFT:
        visit.rooms.drafts.keep(place, sent)
        return GoTo("/work", "draft")
    try:
        step = _step(visit, asked, read_grade(asked.fields, visit.sent))
        record_grade(
            visit.latest, visit.record, step, visit.now, asked.one.probability, visit.caller.id
        )
    except BadInput as error:
        visit.rooms.drafts.keep(place, sent)
        raise BadInput([of_form(fault) for fault in error.faults]) from None
    with suppress(Refused):  # the grade is saved; a draft of it is shown to nobody any more
        visit.rooms.drafts.drop(place)
    return GoTo(asked.case, "graded")


def _step(visit: Visit, asked: Asked, sent: SentGrade) -> Graded:
    """The grade with what was known when it was given."""
    return Graded(
        plan=asked.one.plan.plan_id,
        case_id=asked.opened.case_id,
        reading=asked.reading,
        reviewer=str(visit.caller.person),
        risk_shown=_risk_shown(visit, asked),
        **sent._asdict(),
    )


def _risk_shown(visit: Visit, asked: Asked) -> bool | None:
    """Whether the reviewer saw the risk; not known of who sees whole plans, and so may have.

    That is so whether the risk is hidden or not: else, of these readers, the cases in which it is
    shown alone would be compared with those of others (`evaluation.surveys.anchoring`).
    """
    return None if oversees(visit.caller) else asked.opened.knows.why


def of_form(fault: Fault) -> Fault:
    """A fault that names a field of the form, or none where it is of the row of the table."""
    column = fault.column or ""
    return replace(fault, column=None) if column.startswith("reviews[") else fault
