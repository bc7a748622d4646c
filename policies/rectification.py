"""What becomes of a finding: answered, decided, rectified, checked again. One table says it all.

A finding is a respect in which a review found a case wanting. Its handler may answer before it is
final; then a manager gives it an owner, a measure and a date; a random share of what is said to
be done is checked by somebody else. Dates are days on the office's calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum, unique
from functools import cache
from typing import NamedTuple, Protocol

from cases.integrity.canonical import Domain
from cases.language.messages import Sayable, _
from policies.tickets import tickets


@unique
class State(StrEnum):
    """How a finding stands."""

    FOUND = "found"
    ANSWERED = "answered"
    FINAL = "final"
    UNDER_WAY = "under_way"
    TO_CHECK = "to_check"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@unique
class Move(StrEnum):
    """What can be done with a finding."""

    ACCEPT = "accept"
    ANSWER = "answer"
    UPHOLD = "uphold"
    WITHDRAW = "withdraw"
    PLAN = "plan"
    REMIND = "remind"
    FINISH = "finish"
    PASS = "pass"  # noqa: S105  a check that was passed
    REOPEN = "reopen"


@unique
class Part(StrEnum):
    """What somebody is to a finding."""

    HANDLER = "handler"  # of the case
    FINDER = "finder"  # the reviewer whose finding it is
    MANAGER = "manager"  # of the case's unit or of the office
    JUDGE = "judge"  # a manager who did not handle the case
    OWNER = "owner"  # who is to put it right
    CHECKER = "checker"  # who may check what another did
    CLOCK = "clock"  # a scheduled run


class Rule(NamedTuple):
    """From which states a move leads to which, who may make it, and what others are told."""

    at: frozenset[State]
    by: frozenset[Part]
    to: State
    else_said: Sayable


def _rule(at: str, by: str, to: State, else_said: Sayable) -> Rule:
    return Rule(frozenset(map(State, at.split())), frozenset(map(Part, by.split())), to, else_said)


_ANSWERS = _("Only the handler of the case can answer.")
_JUDGES = _(
    "The reviewer who found it decides on an answer, or a manager who did not handle the case."
)
_WITHDRAWS = _("Only the reviewer who found it, or a manager who did not handle the case, can.")
_PLANS = _("Only a manager gives a finding an owner, a measure and a date.")
_REMINDS = _("Reminders are sent by scheduled runs.")
_FINISHES = _("Only its owner or a manager can say that it is done.")
_CHECKS = _(
    "It is checked by somebody else: not by its owner, not by who said that it is done, and not "
    "by who handled the case."
)

TABLE: Mapping[Move, Rule] = {
    Move.ACCEPT: _rule("found", "handler", State.FINAL, _ANSWERS),
    Move.ANSWER: _rule("found", "handler", State.ANSWERED, _ANSWERS),
    Move.UPHOLD: _rule("answered", "finder judge", State.FINAL, _JUDGES),
    Move.WITHDRAW: _rule("answered final", "finder judge", State.WITHDRAWN, _WITHDRAWS),
    Move.PLAN: _rule("final under_way", "manager", State.UNDER_WAY, _PLANS),
    Move.REMIND: _rule("under_way", "clock", State.UNDER_WAY, _REMINDS),
    Move.FINISH: _rule("under_way", "owner manager", State.TO_CHECK, _FINISHES),
    Move.PASS: _rule("to_check", "checker", State.CLOSED, _CHECKS),
    Move.REOPEN: _rule("to_check", "checker", State.FINAL, _CHECKS),
}
ENDED = frozenset({State.CLOSED, State.WITHDRAWN})
NO_LONGER = _("This is not possible any more: somebody was quicker, or the time for it is over.")
ANSWER_FIRST = _("Its handler can still answer it; what is to be done is said after that.")


class Terms(Protocol):
    """The days of the office file; `cases.office.work.rectification` says it in full."""

    @property
    def answer_days(self) -> int:
        """From the review to the last day on which its handler can answer."""

    @property
    def days(self) -> int:
        """From the review to the day by which it is to be rectified."""

    @property
    def reminder_days(self) -> int:
        """How many days before a day is due it is due soon."""


@dataclass(frozen=True)
class Standing:
    """How a finding stands after what was done.

    `owner` is a name of the office's tables, `done_by` an id; `due` is the day of the measure,
    `done_on` the day on which it was said to be done, while that holds. `reminded` has the due
    days that the owner was reminded of, `reopened` counts failed checks.
    """

    state: State = State.FOUND
    owner: str | None = None
    due: date | None = None
    done_by: str | None = None
    done_on: date | None = None
    reminded: frozenset[date] = frozenset()
    reopened: int = 0

    def fits(self, move: Move) -> bool:
        """Whether the move can follow; whether the time to answer was over is known before."""
        at = TABLE[move].at
        return self.state in at or (self.state is State.FOUND and State.FINAL in at)

    def moved(self, move: Move) -> Standing:
        """After a move that fits; what else it sets is not set yet."""
        return replace(self, state=TABLE[move].to)

    def reminded_of(self, day: date) -> Standing:
        """After a reminder of the day that the measure is due; of another day nothing changes."""
        return replace(self, reminded=self.reminded | {day}) if day == self.due else self

    def again(self) -> Standing:
        """After a failed check: it needs a measure and a date again."""
        anew = replace(self.moved(Move.REOPEN), due=None, done_by=None, done_on=None)
        return replace(anew, reopened=self.reopened + 1)


@dataclass(frozen=True)
class Days:
    """The days of one finding that was found on a day."""

    found: date
    terms: Terms

    @property
    def answer_until(self) -> date:
        """The last day on which its handler can answer."""
        return self.found + timedelta(days=self.terms.answer_days)

    @property
    def last(self) -> date:
        """The day by which it is to be rectified."""
        return self.found + timedelta(days=self.terms.days)

    def state(self, standing: Standing, today: date) -> State:
        """How it stands today: final once nobody has answered in time."""
        over = standing.state is State.FOUND and today > self.answer_until
        return State.FINAL if over else standing.state

    def due(self, standing: Standing, today: date) -> date | None:
        """By which day the next step is to be made; None where none is to be made any more."""
        state = self.state(standing, today)
        if state in ENDED:
            return None
        if state is State.FOUND:
            return self.answer_until
        return standing.due if state is State.UNDER_WAY and standing.due else self.last

    def is_overdue(self, standing: Standing, today: date) -> bool:
        """Whether that day is past."""
        due = self.due(standing, today)
        return due is not None and due < today

    def is_due_soon(self, standing: Standing, today: date) -> bool:
        """Whether that day has come or comes within the days of a reminder."""
        due = self.due(standing, today)
        return due is not None and today <= due <= today + timedelta(days=self.terms.reminder_days)

    def is_to_remind(self, standing: Standing, today: date) -> bool:
        """Whether the owner of a measure is to be reminded now: of each due day once."""
        is_near = self.is_due_soon(standing, today) or self.is_overdue(standing, today)
        return (
            standing.state is State.UNDER_WAY and is_near and standing.due not in standing.reminded
        )


class Someone(NamedTuple):
    """Who wants to do something: an id, how the tables call this person, and what they may do."""

    id: str
    person: str | None
    may_answer: bool  # findings of this case
    may_finish: bool  # what they own
    may_manage: bool
    may_review: bool


def parts(
    someone: Someone, standing: Standing, finder: str | None, handled_by: Iterable[str]
) -> frozenset[Part]:
    """What somebody is to a finding of the reviewer `finder`, of a case that these handled.

    A reviewer whom the tables do not know by a name may have handled it, and checks nothing.
    """
    person = someone.person
    may_review = someone.may_review and person is not None
    handled = person is not None and person in handled_by
    is_owner = person is not None and person == standing.owner
    did = is_owner or someone.id == standing.done_by
    found = {
        Part.HANDLER: someone.may_answer,
        Part.FINDER: may_review and not handled and person == finder,
        Part.MANAGER: someone.may_manage,
        Part.JUDGE: someone.may_manage and not handled,
        Part.OWNER: someone.may_finish and is_owner,
        Part.CHECKER: (someone.may_manage or may_review) and not handled and not did,
    }
    return frozenset(part for part, holds in found.items() if holds)


def refusal(move: Move, state: State, who: frozenset[Part]) -> Sayable | None:
    """Why somebody cannot make a move in this state of today; None if they can."""
    rule = TABLE[move]
    if state not in rule.at:
        waits = state is State.FOUND and State.FINAL in rule.at
        return ANSWER_FIRST if waits else NO_LONGER
    return None if rule.by & who else rule.else_said


@cache
def possible(state: State, who: frozenset[Part]) -> tuple[Move, ...]:
    """The moves that somebody can make in this state of today, in the order of the table."""
    return tuple(move for move in TABLE if refusal(move, state, who) is None)


def is_checked(standing: Standing, share: float, seed: str, case_id: str) -> bool:
    """Whether what was said to be done is checked: with probability `share`, by its ticket.

    `seed` is the hash of the record that says so: nobody knows it before, everybody after.
    What failed a check once is always checked again.
    """
    ticket = tickets(Domain.RECTIFICATION_CHECK, seed, [case_id])[0, 0]
    return standing.reopened > 0 or bool(ticket < share)
