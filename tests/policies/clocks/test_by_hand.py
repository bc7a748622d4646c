"""Clocks of cases worked out by hand, with a calendar of 2024 beside it.

Monday is 1 January (a holiday), 8, 15, 22 and 29 January, 5, 12, 19 and 26 February, 4 March. Of
February the 10th to the 17th are holidays, and Sunday the 4th and Sunday the 18th are worked.
2024 has a 29 February. Cases are opened and asked about at six in the evening, events are at noon.
"""

from __future__ import annotations

from datetime import date

import pytest

from policies.clocks.clocks import clocks_of
from policies.clocks.days import Calendar
from tests.policies.clocks.made import judge, limit, moment, tables

# The limits stand in `made.LIMITS`: their days, and what starts, stops and extends them.
# used/allowed; the last day, if it goes on running; days beyond it.
WORKED = """
about                                | limit   | opened      | happened                                                           | asked       | state       | used/allowed | due   | over
the day of the start                 | seven   | 01-02       |                                                                    | 01-02       | running     | 0/7          | 01-09 | 0
the day after it                     | seven   | 01-02       |                                                                    | 01-03       | running     | 1/7          | 01-09 | 0
the day before the last              | seven   | 01-02       |                                                                    | 01-08       | running     | 6/7          | 01-09 | 0
the last day                         | seven   | 01-02       |                                                                    | 01-09       | running     | 7/7          | 01-09 | 0
the day after the last               | seven   | 01-02       |                                                                    | 01-10       | running     | 8/7          | 01-09 | 1
eleven days after the last           | seven   | 01-02       |                                                                    | 01-20       | running     | 18/7         | 01-09 | 11
opened just before midnight          | seven   | 01-02 23:59 |                                                                    | 01-03 00:00 | running     | 1/7          | 01-09 | 0
opened just after midnight           | seven   | 01-02 00:01 |                                                                    | 01-02 23:59 | running     | 0/7          | 01-09 | 0
ended in time                        | seven   | 01-02       | decided 01-05                                                      | 01-20       | ended       | 3/7          | 01-09 | 0
ended on the last day                | seven   | 01-02       | decided 01-09                                                      | 01-20       | ended       | 7/7          | 01-09 | 0
ended three days late                | seven   | 01-02       | decided 01-12                                                      | 01-20       | ended       | 10/7         | 01-09 | 3
ended on the day of the start        | seven   | 01-02       | decided 01-02                                                      | 01-20       | ended       | 0/7          | 01-09 | 0
ended twice, the first counts        | seven   | 01-02       | decided 01-05, decided 01-15                                       | 01-20       | ended       | 3/7          | 01-09 | 0
closed without the end activity      | seven   | 01-02       | closed 01-06                                                       | 01-20       | ended       | 4/7          | 01-09 | 0
closed late without it               | seven   | 01-02       | closed 01-11                                                       | 01-20       | ended       | 9/7          | 01-09 | 2
ended by the closing                 | closing | 01-02       | decided 01-05, closed 01-06                                        | 01-20       | ended       | 4/7          | 01-09 | 0
a leap day counts                    | seven   | 02-26       |                                                                    | 03-02       | running     | 5/7          | 03-04 | 0
no leap day the year before          | seven   | 2023-02-26  |                                                                    | 2023-03-02  | running     | 4/7          | 2023-03-05 | 0
over the end of the year             | seven   | 2023-12-29  |                                                                    | 01-02       | running     | 4/7          | 01-05 | 0
whole days of a fraction             | half    | 01-02       |                                                                    | 01-05       | running     | 3/2          | 01-04 | 1
the day of a suspension counts       | pause   | 01-02       | expert_asked 01-05                                                 | 01-05       | suspended   | 3/10         | -     | 0
the days after it do not             | pause   | 01-02       | expert_asked 01-05                                                 | 01-08       | suspended   | 3/10         | -     | 0
nor does the day of the resumption   | pause   | 01-02       | expert_asked 01-05, expert_came 01-10                              | 01-10       | running     | 3/10         | 01-17 | 0
the day after it does                | pause   | 01-02       | expert_asked 01-05, expert_came 01-10                              | 01-11       | running     | 4/10         | 01-17 | 0
suspended on the last day            | pause   | 01-02       | expert_asked 01-12                                                 | 01-15       | suspended   | 10/10        | 01-12 | 0
and resumed: the next day is over    | pause   | 01-02       | expert_asked 01-12, expert_came 01-16                              | 01-17       | running     | 11/10        | 01-12 | 1
suspended when it was over           | pause   | 01-02       | expert_asked 01-15                                                 | 01-20       | suspended   | 13/10        | 01-12 | 3
suspended over the end               | pause   | 01-02       | expert_asked 01-10, expert_came 01-20                              | 01-22       | running     | 10/10        | 01-22 | 0
suspended and resumed on one day     | pause   | 01-02       | expert_asked 01-05, expert_came 01-05                              | 01-06       | running     | 4/10         | 01-12 | 0
resumed and suspended on one day     | pause   | 01-02       | expert_asked 01-05, expert_came 01-10, expert_asked 01-10          | 01-12       | suspended   | 3/10         | -     | 0
suspended when it is suspended       | pause   | 01-02       | expert_asked 01-05, expert_asked 01-07, expert_came 01-10          | 01-11       | running     | 4/10         | 01-17 | 0
suspended two times                  | pause   | 01-02       | expert_asked 01-05, expert_came 01-10, expert_asked 01-12, expert_came 01-15 | 01-16 | running | 6/10         | 01-20 | 0
resumed when nothing is suspended    | pause   | 01-02       | expert_came 01-04                                                  | 01-05       | running     | 3/10         | 01-12 | 0
suspended on the day of the start    | pause   | 01-02       | expert_asked 01-02                                                 | 01-05       | suspended   | 0/10         | -     | 0
ended while suspended                | pause   | 01-02       | expert_asked 01-05, decided 01-08                                  | 01-20       | ended       | 3/10         | -     | 0
suspended before the start           | pause   | 01-02       | expert_asked 01-01                                                 | 01-05       | running     | 3/10         | 01-12 | 0
returned: it rests                   | review  | 01-02       | returned 01-20                                                     | 01-25       | suspended   | 18/30        | -     | 0
resubmitted: it starts anew          | review  | 01-02       | returned 01-20, resubmitted 02-01                                  | 02-01       | running     | 0/30         | 03-02 | 0
and has used nine days               | review  | 01-02       | returned 01-20, resubmitted 02-01                                  | 02-10       | running     | 9/30         | 03-02 | 0
returned and resubmitted twice       | review  | 01-02       | returned 01-20, resubmitted 02-01, returned 02-10, resubmitted 02-20 | 02-24     | running     | 4/30         | 03-21 | 0
a changed charge starts it anew      | charge  | 01-02       | charged 01-10                                                      | 01-15       | running     | 5/10         | 01-20 | 0
restarted when it had ended          | charge  | 01-02       | decided 01-08, charged 01-20                                       | 01-22       | running     | 2/10         | 01-30 | 0
restarted when it was overrun        | charge  | 01-02       | charged 01-20                                                      | 01-21       | running     | 1/10         | 01-30 | 0
restarted twice on one day           | charge  | 01-02       | charged 01-10, charged 01-10                                       | 01-11       | running     | 1/10         | 01-20 | 0
closed for good: no restart          | charge  | 01-02       | closed 01-08, charged 01-10                                        | 01-11       | ended       | 6/10         | 01-12 | 0
not started                          | inquiry | 01-02       | accepted 01-03                                                     | 01-10       | not_started | 0/30         | -     | 0
started by an activity               | inquiry | 01-02       | returned 01-10                                                     | 01-12       | running     | 2/30         | 02-09 | 0
a restart before the start           | inquiry | 01-02       | charged 01-05, returned 01-10                                      | 01-12       | running     | 2/30         | 02-09 | 0
its start restarts it after the end  | inquiry | 01-02       | returned 01-10, resubmitted 01-15, returned 01-20                  | 01-22       | running     | 2/30         | 02-19 | 0
ended before it started              | inquiry | 01-02       | resubmitted 01-08, returned 01-10                                  | 01-12       | running     | 2/30         | 02-09 | 0
extended                             | once    | 01-02       | extended 01-11                                                     | 01-14       | running     | 12/15        | 01-17 | 0
extended more often than it may be   | once    | 01-02       | extended 01-11, extended 01-12                                     | 01-14       | running     | 12/15        | 01-17 | 0
extended twice                       | often   | 01-02       | extended 01-11, extended 01-12                                     | 01-14       | running     | 12/20        | 01-22 | 0
extended when it was overrun         | once    | 01-02       | extended 01-14                                                     | 01-14       | running     | 12/15        | 01-17 | 0
extended too little when overrun     | once    | 01-02       | extended 01-20                                                     | 01-20       | running     | 18/15        | 01-17 | 3
extended when it had ended           | once    | 01-02       | decided 01-08, extended 01-09                                      | 01-20       | ended       | 6/10         | 01-12 | 0
a restart takes an extension back    | anew    | 01-02       | extended 01-05, charged 01-10                                      | 01-12       | running     | 2/10         | 01-20 | 0
and it can be extended again         | anew    | 01-02       | extended 01-05, charged 01-10, extended 01-12                      | 01-13       | running     | 3/15         | 01-25 | 0
working days, a Sunday made up       | work    | 02-02       |                                                                    | 02-07       | running     | 4/5          | 02-08 | 0
working days over the holidays       | work    | 02-08       |                                                                    | 02-17       | running     | 1/5          | 02-21 | 0
the first working day overrun        | work    | 02-08       |                                                                    | 02-22       | running     | 6/5          | 02-21 | 1
working days from a holiday on       | work    | 02-12       |                                                                    | 02-18       | running     | 1/5          | 02-22 | 0
working days over a weekend          | work    | 01-11       |                                                                    | 01-14       | running     | 1/5          | 01-18 | 0
working days suspended               | work    | 02-05       | expert_asked 02-07, expert_came 02-19                              | 02-20       | running     | 3/5          | 02-22 | 0
the last day is a Saturday           | moved   | 01-06       |                                                                    | 01-08       | running     | 2/9          | 01-15 | 0
it is moved to Monday                | moved   | 01-06       |                                                                    | 01-15       | running     | 9/9          | 01-15 | 0
Tuesday is overrun                   | moved   | 01-06       |                                                                    | 01-16       | running     | 10/9         | 01-15 | 1
the last day is a holiday            | moved   | 02-05       |                                                                    | 02-12       | running     | 7/13         | 02-18 | 0
the last day is a Sunday made up     | moved   | 01-28       |                                                                    | 02-01       | running     | 4/7          | 02-04 | 0
the last day is a working day        | moved   | 01-02       |                                                                    | 01-05       | running     | 3/7          | 01-09 | 0
suspended on a moved last day        | moved   | 01-06       | expert_asked 01-14, expert_came 01-17                              | 01-18       | running     | 9/9          | 01-18 | 0
suspended, its last day is not known | moved   | 01-06       | expert_asked 01-12                                                 | 01-20       | suspended   | 6/7          | -     | 0
known when it is recorded, not yet   | seven   | 01-02       | decided 01-05@01-15                                                | 01-12       | running     | 10/7         | 01-09 | 3
known when it is recorded            | seven   | 01-02       | decided 01-05@01-15                                                | 01-15       | ended       | 3/7          | 01-09 | 0
a suspension recorded late           | pause   | 01-02       | expert_asked 01-05@01-09                                           | 01-09       | suspended   | 3/10         | -     | 0
recorded in another order            | pause   | 01-02       | expert_asked 01-05@01-11, expert_came 01-10                        | 01-11       | running     | 4/10         | 01-17 | 0
a rule on its last day               | old     | 01-31       |                                                                    | 02-05       | running     | 5/7          | 02-07 | 0
a rule on its first day              | new     | 02-01       |                                                                    | 02-05       | running     | 4/5          | 02-06 | 0
a month of 31 days                   | month   | 01-10       |                                                                    | 01-20       | running     | 10/31        | 02-10 | 0
a month over a 29 February           | month   | 02-10       |                                                                    | 02-20       | running     | 10/29        | 03-10 | 0
a month to the end of a shorter one  | month   | 01-31       |                                                                    | 02-05       | running     | 5/29         | 02-29 | 0
a month that was suspended           | month   | 01-10       | expert_asked 01-15, expert_came 01-20                              | 01-21       | running     | 6/31         | 02-15 | 0
two suspensions, one is ended        | statute | 01-02       | expert_asked 01-22, returned 01-25, expert_came 01-30              | 02-05       | suspended   | 20/30        | -     | 0
two suspensions, then anew           | statute | 01-02       | expert_asked 01-22, returned 01-25, expert_came 01-30, resubmitted 02-05 | 02-06 | running     | 1/30         | 03-06 | 0
two suspensions, both are ended      | pairs   | 01-02       | expert_asked 01-05, returned 01-08, expert_came 01-10, accepted 01-15 | 01-16    | running     | 4/10         | 01-22 | 0
what ends another suspension         | pairs   | 01-02       | returned 01-05, expert_came 01-08                                  | 01-12       | suspended   | 3/10         | -     | 0
one resumption for both              | either  | 01-02       | expert_asked 01-05, returned 01-08, expert_came 01-10              | 01-12       | running     | 5/10         | 01-17 | 0
a month that starts anew             | month   | 01-10       | charged 02-01                                                      | 02-02       | running     | 1/29         | 03-01 | 0
"""  # noqa: E501  a table is read by its lines

LINES = [[cell.strip() for cell in line.split("|")] for line in WORKED.strip().splitlines()[1:]]


def test_there_are_enough_cases() -> None:
    """Each has a name of its own."""
    assert len({line[0] for line in LINES}) == len(LINES) >= 40


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_clock_shows_what_a_hand_works_out(line: list[str]) -> None:
    """State, days used and allowed, the last day and the days beyond it."""
    _about, code, opened, happened, asked, state, days, due, over = line
    made = tables([limit(code)], opened, happened)
    (reading,) = judge(made, asked).readings
    last = "-" if reading.due_on is None else reading.due_on
    assert (reading.state, f"{reading.used}/{reading.allowed}", last, reading.overrun_by) == (
        state,
        days,
        "-" if due == "-" else moment(due).date(),
        int(over),
    )
    assert reading.left == reading.allowed - reading.used


OVERRUNS = """
about               | limit  | happened                     | asked | since | first
in time             | seven  | decided 01-09                | 01-20 | -     | -
late                | seven  | decided 01-12                | 01-20 | 01-10 | 01-10
before a restart    | charge | charged 01-20                | 01-21 | -     | 01-13
before an extension | once   | extended 01-14               | 01-14 | -     | 01-13
twice               | charge | charged 01-20                | 02-05 | 01-31 | 01-13
over a suspension   | pause  | expert_asked 01-12, expert_came 01-16 | 01-20 | 01-17 | 01-17
"""


@pytest.mark.parametrize("line", OVERRUNS.strip().splitlines()[1:], ids=lambda line: line[:20])
def test_since_when_a_clock_is_overrun(line: str) -> None:
    """The first day of the present overrun, and the first of any, which nothing takes back."""
    _about, code, happened, asked, since, first = (cell.strip() for cell in line.split("|"))
    (reading,) = judge(tables([limit(code)], "01-02", happened), asked).readings
    days = [
        "-" if d is None else f"{d:%m-%d}" for d in (reading.overrun_since, reading.first_overrun)
    ]
    assert days == [since, first]


def test_moved_days_are_told_apart() -> None:
    """Of nine days allowed two come from a last day that is a Saturday."""
    (reading,) = judge(tables([limit("moved")], "01-06"), "01-08").readings
    assert (reading.allowed, reading.moved, reading.left) == (9, 2, 7)


def test_a_clock_warns_from_its_warn_days_on() -> None:
    """Two days before the last day, not before, and no more once it is over or rests."""
    made = tables([limit("pause", warn_days=2)], "01-02", "expert_asked 01-20")
    warned = [day for day in range(2, 21) if judge(made, f"01-{day:02}").readings[0].warns]
    assert warned == [10, 11, 12]


def test_who_has_which_clock() -> None:
    """By kind, by dates in force on the day of the start, and by whether it is watched."""
    limits = [
        limit("seven", kinds=["other"]),
        limit("old"),
        limit("new"),
        limit("half", watched=False),
    ]
    found = {
        day: [reading.code for reading in judge(tables(limits, day), "02-20").readings]
        for day in ("01-31", "02-01")
    }
    assert found == {"01-31": ["old"], "02-01": ["new"]}


def test_a_restart_does_not_change_which_rule_is_in_force() -> None:
    """A case that came under the old rule stays under it."""
    limits = [limit("charge", valid_until=date(2024, 1, 31))]
    (reading,) = judge(tables(limits, "01-20", "charged 02-05"), "02-07").readings
    assert (reading.started_on, reading.used) == (date(2024, 2, 5), 2)


def test_conditions_say_whose_clock_it_is() -> None:
    """As far as is known at the moment: from the second return on."""
    when = [{"event": "returned", "at_least": 2}]
    made = tables([limit("seven", when=when)], "01-02", "returned 01-05, returned 01-08")
    assert judge(made, "01-07").readings == ()
    assert [reading.used for reading in judge(made, "01-08").readings] == [6]


def test_an_office_without_limits_has_no_clocks() -> None:
    """There is a case, and nothing to count."""
    assert judge(tables([], "01-02"), "01-07").readings == ()


def test_judged_again_later_a_clock_stands_as_it_truly_did() -> None:
    """What is known on the 20th says that on the 12th the clock had ended long before."""
    made = tables([limit("seven")], "01-02", "decided 01-05@01-15")
    late = judge(made, "01-20")
    (then,) = clocks_of(made.office.limits, Calendar.of(made), late.course, moment("01-12"))
    assert (then.state, then.used, then.overrun_by) == ("ended", 3, 0)
    (before,) = clocks_of(made.office.limits, Calendar.of(made), late.course, moment("01-04"))
    assert (before.state, before.used) == ("running", 2)
