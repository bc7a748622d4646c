"""An office that follows what becomes of its findings, and the people who work in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ledger.records import Record
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.memory.current import Current
from serving.use_cases.context import ServiceContext
from serving.use_cases.rectifying.doing import step_of
from serving.use_cases.rectifying.findings import Followed, findings
from serving.work.rectifying import (
    Answered,
    Checked,
    Decided,
    FindingKey,
    Finished,
    OfFinding,
    Planned,
)
from tests.factories.fakes import HANDLERS, FakeModel, InMemory
from tests.factories.office import OFFICE, office, tables

TODAY = date(2026, 3, 6)
CASES = """
case_id | opened_at  | closed_at  | kind  | unit | handler
a       | 2026-01-01 | 2026-02-01 | theft | u1   | h1
b       | 2026-01-01 | 2026-02-02 | theft | u2   | h2
c       | 2026-01-01 | 2026-02-03 | fraud | u2   | h1
d       | 2026-01-01 | 2026-02-04 | fraud | u2   | h2
e       | 2026-01-01 | 2026-02-05 | fraud | u2   | h2
f       | 2025-01-01 | 2025-02-05 | fraud | u2   | h2
"""
REVIEWS = """
case_id | reviewed_at | reviewer | kind   | grade | dimensions
a       | {day}       | r1       | random | bad   | facts;evidence
b       | {day}       | -        | random | bad   | -
c       | {day}       | r1       | random | good  | evidence
d       | {day}       | r1       | random | good  | -
e       | {day}       | r1       | random | good  | -
e       | {later}     | r2       | double | bad   | facts
f       | {before}    | r1       | random | bad   | facts
"""
EVENTS = """
case_id | at         | activity | actor
b       | 2026-01-05 | returned | h9
"""


def caller(role: Role, person: str | None = None, *units: str) -> Caller:
    """Somebody of a role, of all units if none is given."""
    of = frozenset(units) or None
    return Caller(f"u-{role.value}-{person}", frozenset([role]), of, person)


HANDLER = caller(Role.HANDLER, "h1")
REVIEWER, OTHER_REVIEWER = caller(Role.REVIEWER, "r1"), caller(Role.REVIEWER, "r2")
MANAGER = caller(Role.MANAGER, "m1")
EVIDENCE = FindingKey("a", date(2026, 2, 1), "evidence")
ABOUT = EVIDENCE._asdict()  # as a step names it


def office_at(found: date = date(2026, 3, 1), **changes: Any) -> ServiceContext:
    """Five cases reviewed on the day `found`: a and b are bad, c is good but for its evidence."""
    days = {
        "day": found,
        "later": found + timedelta(days=1),
        "before": found - timedelta(days=100),
    }
    described = {
        "reviews": OFFICE["reviews"] | {"maturity_days": 10},
        "rectification": {"since": found - timedelta(days=9), "check_share": 1.0},
    }
    made = tables(CASES, EVENTS, REVIEWS.format(**days), HANDLERS)
    return ServiceContext(replace(made, office=office(**described | changes)), FakeModel())


class Work:
    """People at work in an office, whose ledger remembers what they do."""

    def __init__(self, of: ServiceContext | None = None, today: date = TODAY) -> None:
        self.ledger, self.today = InMemory(), today
        self._current = Current(of or office_at(), self.ledger)

    @property
    def context(self) -> ServiceContext:
        """The office as it is now."""
        return self._current.context

    @property
    def record(self) -> Callable[..., list[Record]]:
        """What appends to its ledger."""
        return self._current.record_all

    def one(self, key: FindingKey = EVIDENCE) -> Followed:
        """A finding as it stands now."""
        return next(one for one in findings(self.context, self.today) if one.key == key)

    def does(self, who: Caller, kind: type[OfFinding], **fields: Any) -> Followed:
        """Somebody takes a step with the finding of the evidence; how it stands after that."""
        step = kind(**ABOUT, day=self.today, **fields)
        self._current.record(step_of(self.context, who, self.one(), step))
        return self.one()

    def answered(self, who: Caller = HANDLER, *, agrees: bool = False) -> Followed:
        """The handler answers."""
        return self.does(who, Answered, agrees=agrees, text="It is in the file.")

    def decided(self, who: Caller = REVIEWER, *, upheld: bool = True) -> Followed:
        """Somebody decides whether it stands."""
        return self.does(who, Decided, upheld=upheld, text="Looked again.")

    def planned(self, who: Caller = MANAGER, owner: str = "h1", days: int = 7) -> Followed:
        """It gets an owner, a measure and a date."""
        due = self.today + timedelta(days=days)
        return self.does(who, Planned, owner=owner, measure="Hear the witness.", due=due)

    def finished(self, who: Caller = HANDLER, share: float = 1.0) -> Followed:
        """Somebody says that it is done."""
        return self.does(who, Finished, text="Heard.", check_share=share)

    def checked(self, who: Caller = REVIEWER, *, passed: bool = True) -> Followed:
        """Somebody checks it."""
        return self.does(who, Checked, passed=passed, text="Read the record.")
