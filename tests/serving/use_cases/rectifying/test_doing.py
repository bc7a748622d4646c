"""What people do with a finding is recorded, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases.errors import Refused
from ledger.ledger import Entry
from policies.rectification import ANSWER_FIRST, NO_LONGER, TABLE, Move, State
from serving.access.caller import Caller
from serving.access.rules import Role
from serving.use_cases.rectifying.doing import possible_for, reminders, step_of
from serving.work.rectifying import Answered, Decided, Reminded
from tests.serving.use_cases.rectifying.following import (
    ABOUT,
    HANDLER,
    MANAGER,
    OTHER_REVIEWER,
    REVIEWER,
    Work,
    caller,
)

ELSEWHERE = caller(Role.MANAGER, "m2", "u2")
AUDITOR = caller(Role.AUDITOR, "x")
CHIEF = Caller("u-chief", frozenset([Role.MANAGER, Role.HANDLER]), None, "h1")  # handles case a
OWNER = caller(Role.HANDLER, "h5")


def test_the_whole_way() -> None:
    """Answered, upheld, planned, done, checked: each by who may, each seen by the next."""
    work = Work()
    assert work.answered().state is State.ANSWERED
    assert work.decided().state is State.FINAL
    assert work.planned().state is State.UNDER_WAY
    assert work.finished().state is State.TO_CHECK
    assert work.checked(passed=False).state is State.FINAL
    work.planned()
    assert work.finished(share=0.0).state is State.TO_CHECK  # what failed once is checked again
    done = work.checked(OTHER_REVIEWER)
    assert done.state is State.CLOSED
    assert len(done.course.taken) == 8


@pytest.mark.parametrize(
    ("way", "step", "move"),
    [
        ((), lambda work: work.answered(MANAGER), Move.ANSWER),
        ((), lambda work: work.answered(caller(Role.HANDLER, "h2")), Move.ANSWER),
        (("answered",), lambda work: work.decided(OTHER_REVIEWER), Move.UPHOLD),
        (("answered",), lambda work: work.decided(HANDLER), Move.UPHOLD),
        (("answered",), lambda work: work.decided(CHIEF), Move.UPHOLD),
        (("answered",), lambda work: work.decided(ELSEWHERE), Move.UPHOLD),
        (("answered", "decided"), lambda work: work.planned(HANDLER), Move.PLAN),
        (("answered", "decided"), lambda work: work.planned(AUDITOR), Move.PLAN),
        (("answered", "decided", "planned"), lambda work: work.finished(OWNER), Move.FINISH),
        (
            ("answered", "decided", "planned", "finished"),
            lambda work: work.checked(HANDLER),
            Move.PASS,
        ),
        (
            ("answered", "decided", "planned", "finished"),
            lambda work: work.checked(CHIEF),
            Move.PASS,
        ),
    ],
)
def test_who_may_not_is_told_who_may(
    way: tuple[str, ...], step: Callable[[Work], object], move: Move
) -> None:
    """And nothing is recorded."""
    work = Work()
    for name in way:
        getattr(work, name)()
    before = len(work.ledger.lines)
    with pytest.raises(Refused) as refused:
        step(work)
    assert refused.value.message is TABLE[move].else_said
    assert len(work.ledger.lines) == before


def test_a_measure_waits_for_the_answer() -> None:
    """Until its handler agrees or the time is over."""
    work = Work()
    with pytest.raises(Refused) as refused:
        work.planned()
    assert refused.value.message is ANSWER_FIRST
    late = Work(today=work.today.replace(day=12))
    assert late.planned().state is State.UNDER_WAY
    with pytest.raises(Refused) as refused:
        late.answered()
    assert refused.value.message is NO_LONGER


def test_the_owner_says_that_it_is_done() -> None:
    """Also one who does not handle the case; the handler then may not."""
    work = Work()
    work.answered(agrees=True)
    work.planned(owner="h5")
    with pytest.raises(Refused):
        work.finished(HANDLER)
    assert work.finished(OWNER).standing.done_by == OWNER.id


def test_who_said_it_is_done_does_not_check_it() -> None:
    """A manager who says so for the owner leaves the check to another."""
    work = Work()
    work.answered(agrees=True)
    work.planned(MANAGER)
    work.finished(MANAGER)
    with pytest.raises(Refused):
        work.checked(MANAGER)
    assert work.checked(caller(Role.MANAGER, "m3")).state is State.CLOSED


def test_of_two_at_once_the_first_counts() -> None:
    """Both were possible when they were checked, and both are recorded."""
    work = Work()
    work.answered()
    one, context = work.one(), work.context
    work.decided(upheld=False)
    later = work.one()
    assert later.state is State.WITHDRAWN
    step = Decided(**ABOUT, day=work.today, upheld=True, text="It stands.")
    (record,) = work.ledger.append(step_of(context, MANAGER, one, step))
    assert work.one().state is State.WITHDRAWN
    assert record.number not in {taken.record for taken in work.one().course.taken}


def test_a_scheduled_run_reminds() -> None:
    """Once of each due day, without a person; nobody else does."""
    work = Work()
    work.answered(agrees=True)
    assert _reminders(work) == []
    one = work.planned(days=3)
    (entry,) = _reminders(work)
    step = Reminded(**ABOUT, day=work.today, due=one.standing.due)
    with pytest.raises(Refused):
        step_of(work.context, MANAGER, one, step)
    work.ledger.append(entry)
    assert work.one().course.taken[-1].by is None
    assert _reminders(work) == []
    work.planned(days=4)
    assert len(_reminders(work)) == 1


def _reminders(work: Work) -> list[Entry]:
    context = work.context
    return reminders(context.tables, context.remembered.work, work.today)


def test_what_is_possible_for_whom() -> None:
    """Each sees the forms of their own steps; who only looks on sees none."""
    work = Work()
    callers = (HANDLER, REVIEWER, MANAGER, AUDITOR)

    def each() -> list[tuple[Move, ...]]:
        one = work.one()
        return [tuple(possible_for(who, [one])[one.key]) for who in callers]

    assert each() == [(Move.ACCEPT, Move.ANSWER), (), (), ()]
    work.answered()
    decide = (Move.UPHOLD, Move.WITHDRAW)
    assert each() == [(), decide, decide, ()]
    work.decided()
    assert each() == [(), (Move.WITHDRAW,), (Move.WITHDRAW, Move.PLAN), ()]
    work.planned()
    assert each() == [(Move.FINISH,), (), (Move.PLAN, Move.FINISH), ()]


def test_what_names_people_and_cases_stands_beside_the_record() -> None:
    """The record says which step it was, and who took it by an id."""
    work = Work()
    work.answered()
    record = work.ledger.lines[-1]
    assert record.content == {
        "office": "Test office",
        "step": Answered.code,
        "plan": None,
        "by": HANDLER.id,
    }
