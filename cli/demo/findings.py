"""What became of the defects that the demo's reviewers found: some at every stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from cases.language.messages import Sayable, say
from cli.demo.calendar import days_before
from cli.demo.people import Desk
from cli.demo.words import (
    AGREED,
    ANSWER,
    CHECK_PASSED,
    DONE,
    MEASURE,
    WITHDRAWN,
)
from policies.rectification import State
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.http.pages.rectifying.finding import PATH
from serving.use_cases.rectifying.findings import Followed, findings
from serving.work.rectifying import FindingKey

FRESH = 8  # days within which a finding can still be answered for a while
PLANNED, LATE, FINISHED = 16, 4, 3  # days before today
LASTS = timedelta(days=14)  # from a measure to its day
MOST_FINISHED, OVERDUE, UNPLANNED = 12, 2, 3


def handler_with_findings(made: pl.DataFrame) -> str | None:
    """The handler of the cases with most findings that can still be answered."""
    fresh = made.filter(pl.col("ago") <= FRESH, reading="first").drop_nulls("handler")
    counts: Counter[str] = Counter()
    for handler, dimensions in fresh.select("handler", "dimensions").iter_rows():
        counts[handler] += len(dimensions)
    most = max(counts.values(), default=0)
    return min((handler for handler, count in counts.items() if count == most), default=None)


@dataclass(frozen=True)
class Rectifying:
    """The people of the demo, and what they do with findings."""

    desk: Desk
    people: dict[Role, Caller]
    today: datetime

    def run(self) -> None:
        """Everything until today."""
        self._answer()
        final = [one for one in self._found() if one.state is State.FINAL]
        planned = days_before(self.today, PLANNED).date()
        early = [one for one in final if one.days.answer_until < planned]
        for one in early[:OVERDUE]:
            self._plan(one, PLANNED, days_before(self.today, LATE).date())
        # The newest are set aside first: chance decides how many of the others are finished.
        others = early[OVERDUE:] + final[len(early) :]
        aside, others = others[-1 - UNPLANNED :], others[: -1 - UNPLANNED]
        count = max(0, min(len(others), len(early) - OVERDUE))
        left = self._finish(others[:count]) + others[count:]
        self._check()
        for one in aside[:1]:
            self._send(one, Role.MANAGER, 0, do="withdraw", withdraw_text=WITHDRAWN)
        for one in left:
            self._plan(one, 0, self.today.date() + LASTS)

    def _found(self) -> list[Followed]:
        """All findings of today, the oldest first."""
        return sorted(
            findings(self.desk.current.context, self.today.date()),
            key=lambda one: (one.finding.found_on, one.key.case_id, one.key.dimension),
        )

    def _answer(self) -> None:
        """Of the handler's findings one waits for an answer, one is contested, others agreed to."""
        handler = self.people[Role.HANDLER].person
        mine = [one for one in self._found() if one.finding.handler == handler]
        to_answer = [one for one in mine if one.state is State.FOUND]
        for number, one in enumerate(to_answer[:-1]):
            yes, text = ("no", ANSWER) if number == 0 else ("yes", AGREED)
            self._send(one, Role.HANDLER, 0, do="answer", answer=yes, answer_text=text)

    def _plan(self, one: Followed, ago: int, due: date) -> None:
        """The handler of the case is to complete it by a day."""
        owner = one.finding.handler or ""
        plan = {"do": "plan", "owner": owner, "due": due.isoformat()}
        self._send(one, Role.MANAGER, ago, **plan, measure=MEASURE)

    def _finish(self, several: list[Followed]) -> list[Followed]:
        """Measures are done until chance has some checked and others not; which are left.

        The hash of a record draws that (`policies/rectification.py`), so it is another one in
        each demo.
        """
        states: set[State] = set()
        for number, one in enumerate(several):
            if {State.TO_CHECK, State.CLOSED} <= states or number == MOST_FINISHED:
                return several[number:]
            self._plan(one, PLANNED, days_before(self.today, LATE).date())
            self._send(one, Role.MANAGER, FINISHED, do="finish", finish_text=DONE)
            states |= {now.state for now in self._of([one.key])}
        return []

    def _check(self) -> None:
        """The reviewer has checked all but one of what is to be checked."""
        reviewer = self.people[Role.REVIEWER].person
        waiting = [
            one
            for one in self._found()
            if one.state is State.TO_CHECK and reviewer not in one.finding.handled_by
        ]
        for one in waiting[1:]:
            self._send(one, Role.REVIEWER, 1, do="check", check="yes", check_text=CHECK_PASSED)

    def _of(self, keys: Iterable[FindingKey]) -> list[Followed]:
        wanted = set(keys)
        return [one for one in self._found() if one.key in wanted]

    def _send(self, one: Followed, role: Role, ago: int, **sent: str | Sayable) -> None:
        """Send the form of a finding, so many days ago."""
        closed = one.key.closed_on.isoformat() if one.key.closed_on else ""
        query = {"case": one.key.case_id, "closed": closed, "dimension": one.key.dimension}
        at = days_before(self.today, ago) if ago else self.today
        texts = {name: say(text, self.desk.language) for name, text in sent.items()}
        self.desk.send(PATH, self.people[role], at, query, **texts)
