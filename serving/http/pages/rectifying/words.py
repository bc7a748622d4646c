"""How pages call findings, their states, and what was done about them."""

from __future__ import annotations

from collections.abc import Mapping

from cases.language.messages import Sayable, _
from cases.language.values import Value, round_share
from cases.office.model import Office
from policies.rectification import State
from serving.use_cases.rectifying.findings import Followed
from serving.work.rectifying import (
    Answered,
    Checked,
    Decided,
    Finished,
    OfFinding,
    Planned,
    Reminded,
)

STATES: Mapping[State, Sayable] = {
    State.FOUND: _("to be answered"),
    State.ANSWERED: _("answered, to be decided"),
    State.FINAL: _("needs a measure"),
    State.UNDER_WAY: _("under way"),
    State.TO_CHECK: _("done, to be checked"),
    State.CLOSED: _("rectified"),
    State.WITHDRAWN: _("withdrawn"),
}
COLOURS: Mapping[State, str] = {
    State.FOUND: "blue",
    State.ANSWERED: "blue",
    State.FINAL: "amber",
    State.UNDER_WAY: "amber",
    State.TO_CHECK: "blue",
    State.CLOSED: "green",
}
OVERDUE, DUE_SOON = _("overdue"), _("due soon")
UNNAMED = _("no dimension named")


def dimension_of(office: Office, one: Followed) -> Sayable | str:
    """In what respect it was found."""
    code = one.key.dimension
    return office.dimension_names.get(code, code) or UNNAMED


def grade_of(office: Office, one: Followed) -> Sayable | str:
    """The grade that it comes from."""
    code = one.finding.grade
    grades = office.reviews.grades if office.reviews else ()
    return next((grade.meaning for grade in grades if grade.code == code), code)


def told(step: OfFinding) -> tuple[Sayable, str]:
    """What a step did with the finding, and the words of who took it."""
    if isinstance(step, Answered):
        agreed = _("The handler agrees."), _("The handler does not agree.")
        return agreed[not step.agrees], step.text
    if isinstance(step, Decided):
        decided = _("The finding is upheld."), _("The finding is withdrawn.")
        return decided[not step.upheld], step.text
    if isinstance(step, Planned):
        planned = _("{owner} is to do this by {due}.", owner=step.owner, due=Value(step.due))
        return planned, step.measure
    if isinstance(step, Reminded):
        return _("The owner was reminded that it is due on {due}.", due=Value(step.due)), ""
    if isinstance(step, Finished):
        share = round_share(step.check_share)
        return _("It is done. Of such work, {share} is checked.", share=share), step.text
    assert isinstance(step, Checked)  # noqa: S101  the last kind
    checked = _("The check was passed."), _("The check was not passed: it is open again.")
    return checked[not step.passed], step.text


def due_said(one: Followed) -> Sayable | None:
    """By when the next step is to be made; None where none is."""
    due = one.due
    if due is None:
        return None
    day = Value(due)
    if one.state is State.FOUND:
        return _("The handler can answer until {day}.", day=day)
    if one.is_overdue:
        return _("It was due on {day}.", day=day)
    return _("It is due on {day}.", day=day)
