"""What somebody can do with findings, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from cases.errors import Refused
from cases.office.model import Office
from cases.tables.tables import Tables
from ledger.ledger import Entry
from policies.rectification import Move, Part, Someone, parts, possible, refusal
from serving.access.caller import Caller
from serving.access.denials import Forbidden
from serving.access.rules import Action, Reach, reach
from serving.use_cases.context import ServiceContext
from serving.use_cases.rectifying.findings import Followed, cases_in, follow, found_in
from serving.use_cases.remembered import name_of
from serving.work.rectifying import FindingKey, OfFinding, Reminded
from serving.work.step import step_entry
from serving.work.work import Work

CLOCK = frozenset([Part.CLOCK])  # a scheduled run


def parts_in(caller: Caller, several: Sequence[Followed]) -> Mapping[FindingKey, frozenset[Part]]:
    """What a caller is to each of these findings."""
    answer, rectify, review = (
        _cases_for(caller, action, several)
        for action in (Action.ANSWER, Action.RECTIFY, Action.RECORD_REVIEW)
    )
    reached = reach(caller.roles, Action.RECTIFY)
    found = {}
    for one in several:
        case_id = one.key.case_id
        someone = Someone(
            caller.id,
            caller.person,
            may_answer=case_id in answer,
            may_finish=reached > Reach.NONE,
            may_manage=reached > Reach.OWN and case_id in rectify,
            may_review=case_id in review,
        )
        finding = one.finding
        found[one.key] = parts(someone, one.standing, finding.finder, finding.handled_by)
    return found


def possible_for(
    caller: Caller, several: Sequence[Followed]
) -> Mapping[FindingKey, Sequence[Move]]:
    """What a caller can do now with each of these findings."""
    who = parts_in(caller, several)
    return {one.key: possible(one.state, who[one.key]) for one in several}


def step_of(context: ServiceContext, caller: Caller, one: Followed, step: OfFinding) -> Entry:
    """What is recorded of a step of this caller; `Refused` with the reason if they cannot take it.

    Whether it counted is known once it is recorded: somebody may have been quicker.
    """
    return _recorded(context.office, one, step, parts_in(caller, [one])[one.key], caller.id)


def reminders(tables: Tables, work: Work, today: date) -> list[Entry]:
    """What a scheduled run records: of each measure that is due soon or overdue, once a due day."""
    several = follow(found_in(tables), tables, work, today)
    return [
        _recorded(tables.office, one, _reminder(one), CLOCK, None)
        for one in several
        if one.is_to_remind
    ]


def _reminder(one: Followed) -> Reminded:
    due = one.standing.due
    assert due is not None  # noqa: S101  what is under way has a day
    return Reminded(**one.key._asdict(), day=one.today, due=due)


def _recorded(
    office: Office, one: Followed, step: OfFinding, who: frozenset[Part], by: str | None
) -> Entry:
    if (reason := refusal(step.move, one.state, who)) is not None:
        raise Refused(reason)
    return step_entry(name_of(office), step, by)


def _cases_for(caller: Caller, action: Action, several: Sequence[Followed]) -> frozenset[str]:
    """The cases of these findings that a caller may do this with."""
    try:
        return cases_in(caller.scope(action), several)
    except Forbidden:
        return frozenset()
