"""The page of one finding: what was found, what was done about it, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cases.language.messages import Sayable, _
from cases.office.reviews import CONSOLIDATED
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.rectifying.forms import CHOICES, TEXT_NAMES, Form, day_of, forms_of
from serving.http.pages.rectifying.words import (
    COLOURS,
    OVERDUE,
    STATES,
    dimension_of,
    due_said,
    grade_of,
    told,
)
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit
from serving.use_cases.rectifying.doing import possible_for, step_of
from serving.use_cases.rectifying.findings import Followed, seen_one, terms_of
from serving.work.rectifying import FindingKey, OfFinding, Planned
from serving.work.reviewing import Graded
from serving.work.step import Taken

LIST, PATH = "/rectification", "/rectification/finding"
QUICKER = _(
    "This is recorded, but it changes nothing: somebody else was quicker. How the finding stands "
    "now is below."
)
SAVED = _("Saved.")


@dataclass(frozen=True)
class Entry:
    """Something that happened to a finding: when, what, in whose words, and by which record."""

    at: object
    what: Sayable
    text: str
    record: int | None


def path_of(one: Followed, **query: object) -> str:
    """The address of the page of a finding."""
    key = one.key
    closed = key.closed_on.isoformat() if key.closed_on else None
    return address(PATH, case=key.case_id, closed=closed, dimension=key.dimension, **query)


def show(visit: Visit) -> Shown:
    """The page."""
    one = _asked(visit)
    office, moves = visit.context.office, possible_for(visit.caller, [one])[one.key]
    dimension, graded = dimension_of(office, one), _graded(visit, one)
    return Shown(
        "rectifying/finding.html",
        _("{case} · {dimension}", case=one.key.case_id, dimension=dimension),
        {
            "trail": [(LIST, _("Rectification"))],
            "status": (STATES[one.state], COLOURS.get(one.state, "")),
            "overdue": OVERDUE if one.is_overdue else None,
            "due": due_said(one),
            "facts": list(_facts(visit, one, dimension)),
            "found": _found(one, graded),
            "history": [*_history(visit, one), *_beginning(visit, one, graded)],
            "forms": forms_of(moves),
            "answers": {name: _choices(name) for name in CHOICES},
            "questions": {name: question for name, (question, _all) in CHOICES.items()},
            "texts": TEXT_NAMES,
            "owners": [(owner, owner) for owner in _owners(visit, one)],
            "sent": {**_suggested(one), **visit.sent},
            "outcome": _outcome(visit, one),
            "to_case": _to_case(visit, one),
            "to_records": may(visit.caller, Action.SEE_LEDGER),
            "here": path_of(one),
        },
    )


def act(visit: Visit) -> GoTo:
    """Record what was filled in."""
    one, share = _asked(visit), terms_of(visit.context.office).check_share
    step = Form(visit.sent, one, _owners(visit, one), share).step()
    (record,) = visit.record(step_of(visit.context, visit.caller, one, step))
    return GoTo(path_of(one, recorded=record.number))


def _asked(visit: Visit) -> Followed:
    """The finding that the address names; `NotFound` if there is none that this caller may see."""
    query, context = visit.query, visit.context
    if context.office.rectification is None:
        raise NotFound
    closed = day_of(query.get("closed", ""))
    key = FindingKey(query.get("case", ""), closed, query.get("dimension", ""))
    one = seen_one(context, visit.caller, visit.now.date(), key)
    if one is None:
        raise NotFound
    return one


def _facts(visit: Visit, one: Followed, dimension: Sayable | str) -> Iterator[tuple[Sayable, Any]]:
    """What is known of the finding, each with its name."""
    finding, standing, office = one.finding, one.standing, visit.context.office
    yield _("Case"), finding.key.case_id
    yield _("Kind"), finding.kind
    yield _("Unit"), finding.unit
    yield _("Dimension"), dimension
    yield _("Grade"), grade_of(office, one)
    yield _("Found on"), finding.found_on
    if standing.owner is not None and standing.due is not None:
        yield _("Owner"), standing.owner
        yield _("Due on"), standing.due
    if standing.done_on is not None:
        yield _("Done on"), standing.done_on


def _to_case(visit: Visit, one: Followed) -> str | None:
    """The address of the page of its case; None for an owner who may not see that."""
    case_id = one.key.case_id
    return address("/case", id=case_id) if visit.context.known([case_id]) else None


def _graded(visit: Visit, one: Followed) -> Taken | None:
    """The step in which its reviewer said what was found; None for a grade from elsewhere."""
    several = visit.context.remembered.work.reviewing.graded.get(one.key.case_id, ())
    for taken in reversed(several):
        if isinstance(taken.step, Graded) and _finder(taken.step) == one.finding.finder:
            return taken
    return None


def _finder(step: Graded) -> str | None:
    """Whose grade it is: a consolidated one is nobody's alone."""
    return None if step.reading == CONSOLIDATED else step.reviewer


def _found(one: Followed, graded: Taken | None) -> str:
    """In the words of the reviewer: of the dimension, else of the grade."""
    if graded is None or not isinstance(graded.step, Graded):
        return ""
    return graded.step.remarks.get(one.key.dimension) or graded.step.reason


def _history(visit: Visit, one: Followed) -> Iterator[Entry]:
    """What was done about it, newest first."""
    office = visit.context.office
    for taken in reversed(one.course.taken):
        assert isinstance(taken.step, OfFinding)  # noqa: S101  a course has no others
        what, text = told(taken.step)
        yield Entry(on_clock(office, taken.at), what, text, taken.record)


def _beginning(visit: Visit, one: Followed, graded: Taken | None) -> Iterator[Entry]:
    grade = grade_of(visit.context.office, one)
    what = _("A review found it. The grade of the case is: {grade}.", grade=grade)
    yield Entry(one.finding.found_on, what, "", None if graded is None else graded.record)


def _choices(name: str) -> list[tuple[str, Sayable, None]]:
    _question, answers = CHOICES[name]
    return [(code, text, None) for code, text in answers.items()]


def _owners(visit: Visit, one: Followed) -> Sequence[str]:
    """Who can be given it: its handler, who asks, and the handlers of its unit."""
    handlers = visit.context.tables.handler_rows
    of_unit = handlers.filter(unit=one.finding.unit)["handler"].sort().to_list()
    first = (one.standing.owner, one.finding.handler, visit.caller.person)
    return list(dict.fromkeys(name for name in (*first, *of_unit) if name))


def _suggested(one: Followed) -> dict[str, str]:
    """What stands in the fields before somebody has written there."""
    last = one.course.last(Planned)
    planned = last.step if last is not None else None
    measure = planned.measure if isinstance(planned, Planned) else ""
    due = one.standing.due or max(one.days.last, one.today + timedelta(days=1))
    return {"measure": measure, "due": due.isoformat()}


def _outcome(visit: Visit, one: Followed) -> tuple[Sayable, bool] | None:
    """What became of the step that was recorded before this page was shown, and if it counted."""
    recorded = visit.whole_number("recorded")
    if recorded is None:
        return None
    counted = any(taken.record == recorded for taken in one.course.taken)
    return (SAVED, True) if counted else (QUICKER, False)
