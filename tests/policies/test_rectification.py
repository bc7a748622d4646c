"""What becomes of a finding: who may do what in which state, by which day, and what is checked."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cases.office.work.rectification import Rectification
from policies.rectification import (
    ANSWER_FIRST,
    NO_LONGER,
    TABLE,
    Days,
    Move,
    Part,
    Someone,
    Standing,
    State,
    is_checked,
    parts,
    possible,
    refusal,
)

# state of today -> who -> what they can do; nobody else can do anything there.
CAN = """
found      | handler         | accept answer
answered   | finder judge    | uphold withdraw
final      | manager         | plan
final      | finder judge    | withdraw
under_way  | manager         | plan finish
under_way  | owner           | finish
under_way  | clock           | remind
to_check   | checker         | pass reopen
"""
EXPECTED = {
    (State(state.strip()), Part(part), Move(move))
    for state, who, moves in (line.split("|") for line in CAN.strip().splitlines())
    for part in who.split()
    for move in moves.split()
}
TERMS = Rectification(since=date(2026, 1, 1), days=30, reminder_days=5)
DAYS = Days(date(2026, 3, 1), TERMS)


def day(month: int, of_month: int) -> date:
    """A day of 2026."""
    return date(2026, month, of_month)


def test_the_decision_table() -> None:
    """Every state, part and move: what the table above allows, and nothing else."""
    every = itertools.product(State, Part, Move)
    found = {
        (state, part, move)
        for state, part, move in every
        if refusal(move, state, frozenset([part])) is None
    }
    assert found == EXPECTED


@pytest.mark.parametrize(
    ("move", "state", "said"),
    [
        (Move.PLAN, State.FOUND, ANSWER_FIRST),
        (Move.ANSWER, State.FINAL, NO_LONGER),
        (Move.PASS, State.CLOSED, NO_LONGER),
        (Move.ANSWER, State.FOUND, TABLE[Move.ANSWER].else_said),
        (Move.PASS, State.TO_CHECK, TABLE[Move.PASS].else_said),
    ],
)
def test_a_refusal_says_why(move: Move, state: State, said: object) -> None:
    """Too early, too late, or not this person's."""
    assert refusal(move, state, frozenset()) is said


def test_what_is_possible_is_what_is_not_refused() -> None:
    """In the order of the table; nothing once it has ended."""
    assert possible(State.FINAL, frozenset([Part.MANAGER, Part.JUDGE])) == (
        Move.WITHDRAW,
        Move.PLAN,
    )
    assert possible(State.CLOSED, frozenset(Part)) == ()


# who: person, may answer, finish, manage, review -> what they are to a finding of r1 in h1's case
SOMEONE = """
handler of the case           | h1 | yes | yes | -   | -   | handler
its reviewer                  | r1 | -   | -   | -   | yes | finder checker
another reviewer              | r2 | -   | -   | -   | yes | checker
a manager                     | m1 | -   | yes | yes | -   | manager judge checker
a manager without a name      | -  | -   | yes | yes | -   | manager judge checker
a manager who handled it      | h1 | yes | yes | yes | -   | handler manager
a reviewer who handled it     | h2 | -   | -   | -   | yes | -
owner                         | o1 | -   | yes | -   | -   | owner
owner who lost the role       | o1 | -   | -   | -   | -   | -
a manager who owns it         | o1 | -   | yes | yes | -   | manager judge owner
a reviewer who said it's done | d1 | -   | -   | -   | yes | -
nobody                        | -  | -   | -   | -   | -   | -
"""


@pytest.mark.parametrize("line", SOMEONE.strip().splitlines())
def test_what_somebody_is_to_a_finding(line: str) -> None:
    """Who handled a case decides and checks nothing in it; who did the work does not check it."""
    who, person, *may, expected = (cell.strip() for cell in line.split("|"))
    rights = (flag == "yes" for flag in may)
    ident = "u-done" if who == "a reviewer who said it's done" else "u-other"
    someone = Someone(ident, None if person == "-" else person, *rights)
    standing = Standing(State.TO_CHECK, owner="o1", done_by="u-done")
    found = parts(someone, standing, "r1", ["h1", "h2"])
    assert found == {Part(part) for part in expected.split() if part != "-"}


def test_without_names_nobody_is_finder_or_owner() -> None:
    """A review without a reviewer, and a finding without an owner, are nobody's."""
    someone = Someone(
        "u", None, may_answer=False, may_finish=True, may_manage=False, may_review=True
    )
    assert parts(someone, Standing(), None, []) == set()


# state | due of the measure | today -> state of today, due, overdue, soon
DUE = """
found     | -    | 3-01 | found     | 3-11 | -   | -
found     | -    | 3-06 | found     | 3-11 | -   | yes
found     | -    | 3-11 | found     | 3-11 | -   | yes
found     | -    | 3-12 | final     | 3-31 | -   | -
answered  | -    | 3-27 | answered  | 3-31 | -   | yes
final     | -    | 4-01 | final     | 3-31 | yes | -
under_way | 3-20 | 3-14 | under_way | 3-20 | -   | -
under_way | 3-20 | 3-15 | under_way | 3-20 | -   | yes
under_way | 3-20 | 3-21 | under_way | 3-20 | yes | -
to_check  | 3-20 | 3-21 | to_check  | 3-31 | -   | -
closed    | 3-20 | 5-01 | closed    | -    | -   | -
withdrawn | -    | 5-01 | withdrawn | -    | -   | -
"""


@pytest.mark.parametrize("line", DUE.strip().splitlines())
def test_when_it_is_due(line: str) -> None:
    """Found on 1 March, to be answered by the 11th, to be put right by the 31st."""
    state, measure, today, now, due, overdue, soon = (cell.strip() for cell in line.split("|"))

    def of(text: str) -> date | None:
        return None if text == "-" else day(*map(int, text.split("-")))

    standing, then = Standing(State(state), due=of(measure)), of(today)
    assert then is not None
    assert DAYS.state(standing, then) == now
    assert DAYS.due(standing, then) == of(due)
    assert DAYS.is_overdue(standing, then) == (overdue == "yes")
    assert DAYS.is_due_soon(standing, then) == (soon == "yes")


def test_the_owner_is_reminded_once_of_each_day() -> None:
    """Of another day again; of a finding that is not under way never."""
    standing = Standing(State.UNDER_WAY, due=day(3, 20))
    assert not DAYS.is_to_remind(standing, day(3, 14))
    assert DAYS.is_to_remind(standing, day(3, 15))
    assert DAYS.is_to_remind(standing, day(4, 15))
    reminded = standing.reminded_of(day(3, 20))
    assert not DAYS.is_to_remind(reminded, day(3, 16))
    assert reminded.reminded_of(day(3, 1)) == reminded
    assert DAYS.is_to_remind(replace(reminded, due=day(3, 25)), day(3, 22))
    assert not DAYS.is_to_remind(replace(standing, state=State.TO_CHECK), day(3, 16))


def test_a_failed_check_opens_it_again() -> None:
    """Without a date and without what was said to be done; the owner stays."""
    done = Standing(State.TO_CHECK, "o", day(3, 20), done_by="u", done_on=day(3, 19))
    assert done.again() == Standing(State.FINAL, "o", reopened=1)


@pytest.mark.parametrize(
    ("share", "changes", "checked"),
    [(0.0, {}, False), (1.0, {}, True), (0.0, {"reopened": 1}, True)],
)
def test_none_all_or_what_failed_before_is_checked(
    share: float, changes: dict[str, Any], checked: bool
) -> None:
    """A share of nothing checks nothing, but what failed once is always checked."""
    assert is_checked(Standing(State.UNDER_WAY, **changes), share, "seed", "c1") is checked


def test_the_share_is_drawn_by_the_hash_of_the_record() -> None:
    """4,000 records: the share comes out within four standard errors, and the same each time."""
    seeds = [hashlib.sha256(str(at).encode()).hexdigest() for at in range(4_000)]
    standing = Standing(State.UNDER_WAY)
    drawn = [is_checked(standing, 0.2, seed, "c1") for seed in seeds]
    assert abs(sum(drawn) / 4_000 - 0.2) < 4 * (0.2 * 0.8 / 4_000) ** 0.5
    assert drawn == [is_checked(standing, 0.2, seed, "c1") for seed in seeds]
