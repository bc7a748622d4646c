"""A case: why it is here, what moves its risk, its facts and course, what was found, the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cases.errors import Refused
from cases.language.messages import Sayable, _
from cases.office.reviews import FIRST, SECOND
from evaluation.pages.plan.drawn_cases import as_shown, why_listed
from evaluation.statistics.saying import band
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.planning.of_plan import is_in_scope, of_folder
from serving.http.pages.reviewing.found import dimension_names, found_grades, grade_name
from serving.http.pages.reviewing.opened import (
    OpenedCase,
    opened_case,
    plan_asked_for,
    plan_name,
    plans,
)
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.case_file import MOST_EVENTS, Pointed, pointed, to_check
from serving.use_cases.reviewing.giving_back import left_over
from serving.use_cases.reviewing.grading import TAKEN, check_consolidates, obstacle, to_take
from serving.use_cases.reviewing.knowing import oversees
from serving.use_cases.reviewing.my_work import to_grade
from serving.use_cases.reviewing.progress import READ_AS, STATES, CaseProgress
from serving.use_cases.reviewing.similar import similar
from serving.work.reviewing import Assigned, GivenBack, Waived
from serving.work.step import Taken, step_entry

TAKE_BACK = {FIRST: _("Take the first reading back"), SECOND: _("Take the second reading back")}


@dataclass(frozen=True)
class Why:
    """Why a case is on the list, what its risk is, and what moves that."""

    says: Sayable
    risk: Sayable | None
    reasons: list[Pointed]


@dataclass(frozen=True)
class Actions:
    """What a reader can do with a case now: addresses, and of which reading; None where not.

    `refused` says why a reading that is theirs cannot be graded; `others` are the ways to readings
    that others have, or nobody, with what they are called.
    """

    grade: str | None = None
    take: str | None = None
    give_back: str | None = None
    consolidate: str | None = None
    reading: Sayable | None = None
    refused: Sayable | None = None
    others: tuple[tuple[str, Sayable], ...] = ()


def _override(visit: Visit, opened: OpenedCase) -> str | None:
    """The way to depart from the draw; None for who may not, and where somebody has.

    Of a plan of other units, too, it is for who plans for all of them.
    """
    if not may(visit.caller, Action.OVERRIDE):
        return None
    under_way = plans(visit)
    asked = plan_asked_for(visit, under_way) if opened.one is None else opened.one.plan
    if asked is None:
        return None
    overridden = visit.context.remembered.work.deciding.overridden
    is_decided = (asked.plan_id, opened.case_id) in overridden
    if is_decided or not is_in_scope(visit, of_folder(visit, asked.plan_id)):
        return None
    return address("/case/override", id=opened.case_id, plan=asked.plan_id)


def show(visit: Visit) -> Shown:
    """The page."""
    opened = opened_case(visit, visit.whole_number("skip") or 0)
    file, one = opened.file, opened.one
    sees_plan = one is not None and may(visit.caller, Action.SEE_DRAWN)
    values = {
        "file": file,
        "plan_name": plan_name(one.plan) if one is not None and sees_plan else None,
        "list_link": address("/cases", plan=one.plan.plan_id) if one is not None else None,
        "state": STATES[one.state] if one is not None and sees_plan else None,
        "actions": _actions(visit, opened),
        "why": why_of(opened),
        "later": opened.knows.later,
        "past": list(_past(visit, opened)),
        "checked": list(to_check(visit.context.office, file, visit.now.date()).values()),
        "found": found_grades(visit, opened),
        "records": list(_records(visit, opened)) if sees_plan else [],
        "override": _override(visit, opened),
        "next": _next(visit, opened),
        "earlier": _earlier(visit, opened),
        "may_work": may(visit.caller, Action.RECORD_REVIEW),
        "sees_ledger": may(visit.caller, Action.SEE_LEDGER),
    }
    return Shown("reviewing/case.html", file.case_id, values)


def why_of(opened: OpenedCase) -> Why | None:
    """What the reader may know of it now; None if nothing."""
    if opened.one is None or not opened.knows.why:
        return None
    line, shown = opened.one.line, opened.one.plan.shown
    if opened.one.is_added:
        return Why(_("It was not drawn: somebody added it, with a reason."), None, [])
    reasons = pointed(opened.one.plan, line, opened.file)
    risk = _("Estimated risk: {band}.", band=band(line["risk_low"], line["risk_high"]))
    return Why(why_listed(shown, line), risk, reasons)


def _past(visit: Visit, opened: OpenedCase) -> Iterator[dict[str, Any]]:
    """Similar past cases, for who may know which facts stand out."""
    if opened.one is None or opened.one.is_added or not opened.knows.why:
        return
    office, plan = visit.context.office, opened.one.plan
    reasons, as_of = plan.shown.reasons_of(opened.case_id), plan.parameters.as_of
    for past in similar(visit.context, opened.case_id, reasons, as_of, plan.facts):
        yield {
            "case_id": past.case_id,
            "link": address("/case", id=past.case_id),
            "closed": past.closed_at,
            "grade": grade_name(office, past.grade),
            "is_defect": past.grade in office.defect_grades,
            "dimensions": dimension_names(office, past.dimensions),
        }


def _actions(visit: Visit, opened: OpenedCase) -> Actions:
    one, caller, case_id = opened.one, visit.caller, opened.case_id
    if one is None or not may(caller, Action.RECORD_REVIEW):
        return Actions()
    named = {"id": case_id, "plan": one.plan.plan_id}
    both = address("/case/consolidate", **named) if _consolidates(visit, one, case_id) else None
    actions = Actions(consolidate=both, others=tuple(_others(visit, one, named)))
    reading = one.waits_for(caller.person)
    if reading is not None:
        refused = obstacle(visit.context, caller, one, case_id, reading)
        return replace(
            actions,
            grade=address("/case/grade", **named) if refused is None else None,
            give_back=address("/case/give-back", **named) if reading in one.open_readings else None,
            reading=READ_AS[reading],
            refused=refused,
        )
    free = to_take(visit.context, caller, one, case_id, visit.now.date())
    if free is not None:
        return replace(actions, take=address("/case", **named), reading=READ_AS[free])
    return actions


def _others(
    visit: Visit, one: CaseProgress, named: Mapping[str, str]
) -> Iterator[tuple[str, Sayable]]:
    """What a manager can do about readings that others have, or nobody."""
    if not may(visit.caller, Action.CONSOLIDATE):
        return
    for reading in one.open_readings:
        if one.readers.get(reading, visit.caller.person) != visit.caller.person:
            yield address("/case/take-back", **named, reading=reading), TAKE_BACK[reading]
    if left_over(one) is not None:
        yield address("/case/one-reading", **named), _("One reading is enough")


def _consolidates(visit: Visit, one: CaseProgress, case_id: str) -> bool:
    if one.state != "differ" or not may(visit.caller, Action.CONSOLIDATE):
        return False
    try:
        check_consolidates(visit.context, visit.caller, one, case_id)
    except Refused:
        return False
    return True


def _next(visit: Visit, opened: OpenedCase) -> str | None:
    """The next case of who has just graded this one."""
    person = visit.caller.person
    if person is None or not any(one.has_graded(person) for one in opened.plans):
        return None
    for row in to_grade(visit.context, person, [*reversed(plans(visit))]).iter_rows(named=True):
        return address("/case", id=row["case_id"], plan=row["plan"])
    return None


def _records(
    visit: Visit, opened: OpenedCase
) -> Iterator[tuple[Sayable | str, Sayable, int, str | None]]:
    """The records of the ledger that are about this case: when, what, the number, and why.

    Who still reads the case does not learn from them what another found. Why a reading was given
    back, or is not needed, is for those who plan and audit.
    """
    reviewing = visit.context.remembered.work.reviewing
    began = [reviewing.plans[one.plan.plan_id] for one in opened.plans]
    steps: list[Taken] = [*began, *reviewing.reading_steps.get(opened.case_id, ())]
    learns_why = opened.knows.grades and oversees(visit.caller)
    if opened.knows.grades:
        steps += reviewing.graded.get(opened.case_id, ())
        steps += reviewing.again.get(opened.case_id, ())
    once = {(taken.record, taken.step.code): taken for taken in steps}
    for taken in sorted(once.values(), key=lambda taken: taken.record):
        at = on_clock(visit.context.office, taken.at)
        step, minute = taken.step, as_shown(at.replace(second=0, microsecond=0))
        why = step.reason if learns_why and isinstance(step, GivenBack | Waived) else None
        yield minute, step.says, taken.record, why


def _earlier(visit: Visit, opened: OpenedCase) -> tuple[Sayable, str] | None:
    """The way to events for which there is no room."""
    if not opened.file.earlier:
        return None
    skip = (visit.whole_number("skip") or 0) + MOST_EVENTS
    link = address("/case", **dict(visit.query) | {"skip": skip})
    return _("Earlier: {count:,} more.", count=opened.file.earlier), link


def take(visit: Visit) -> GoTo:
    """Take a reading that nobody has."""
    opened = opened_case(visit)
    one, caller = opened.one, visit.caller
    reading = (
        None
        if one is None
        else to_take(visit.context, caller, one, opened.case_id, visit.now.date())
    )
    if one is None or reading is None or caller.person is None:
        raise Refused(TAKEN)
    step = Assigned(
        plan=one.plan.plan_id, case_id=opened.case_id, reading=reading, reviewer=caller.person
    )
    visit.record(step_entry(name_of(visit.context.office), step, caller.id))
    now = visit.latest().remembered.work.reviewing
    if (
        now.reader(one.plan.plan_id, opened.case_id, reading) != caller.person
    ):  # another one was first
        raise Refused(TAKEN)
    return GoTo(address("/case", id=opened.case_id, plan=one.plan.plan_id), "taken")
