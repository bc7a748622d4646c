"""Which alerts are given today, and in which order; by small tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.language.texts import Text
from policies.alerts import Alert, AlertKey, Sort, in_order, last_snooze, to_notify

TODAY = date(2026, 6, 30)
NOTHING = Text(en="-")


def alert(
    case_id: str, sort: str = "hard", *, due: int | None = None, since: int = 0, worth: float = 0.0
) -> Alert:
    """One of a case; due and since in days from today."""
    key = AlertKey(case_id, Sort(sort), "limit", date(2026, 6, 1))
    due_on = None if due is None else TODAY + timedelta(days=due)
    return Alert(key, "u1", TODAY + timedelta(days=since), due_on, NOTHING, NOTHING, worth)


def ids(alerts: list[Alert]) -> str:
    """Their cases, each a letter."""
    return "".join(one.key.case_id for one in alerts)


ALL = [
    alert("a", "predicted", due=9, worth=6.3),
    alert("b", "breach", since=-9),
    alert("c", due=-1),
    alert("d", due=3),
    alert("e", "predicted", due=10, worth=8.0),
    alert("f", due=-40),
    alert("g", "breach", since=-2),
    alert("h", due=0),
]


def test_limits_then_breaches_then_predictions() -> None:
    """What can still be done first, the newest breach first, most worth first."""
    assert ids(in_order(ALL, TODAY)) == "hdcfgbea"


@pytest.mark.parametrize(
    ("per_day", "given"), [(0, "hdcf"), (1, "hdcfg"), (3, "hdcfgbe"), (9, "hdcfgbea")]
)
def test_limits_are_given_whatever_the_budget(per_day: int, given: str) -> None:
    """All of them, and so many of the others."""
    assert ids(to_notify(in_order(ALL, TODAY), {}, TODAY, per_day)) == given


def test_nothing_is_given_twice() -> None:
    """What was given on another day takes nothing of today's; what was given today does."""
    ordered = in_order(ALL, TODAY)
    days = {"g": TODAY - timedelta(days=1), "b": TODAY, "h": TODAY}
    notified = {one.key: days[one.key.case_id] for one in ALL if one.key.case_id in days}
    assert ids(to_notify(ordered, notified, TODAY, 2)) == "dcfe"
    assert ids(to_notify(ordered, notified, TODAY, 1)) == "dcf"
    assert ids(to_notify(ordered, notified, TODAY, 0)) == "dcf"


def test_a_clock_that_starts_anew_is_another_alert() -> None:
    """The same limit of the same case with another start."""
    (first,) = to_notify([ALL[2]], {}, TODAY, 0)
    anew = first.key._replace(began=date(2026, 6, 20))
    assert to_notify([ALL[2]], {anew: TODAY}, TODAY, 0) == [first]


@pytest.mark.parametrize(("due", "days"), [(None, 7), (3, 3), (0, 0), (30, 7), (-1, 7)])
def test_a_limit_is_snoozed_no_longer_than_it_runs(due: int | None, days: int) -> None:
    """With seven days allowed."""
    assert last_snooze(alert("a", due=due), TODAY, 7) == TODAY + timedelta(days=days)


@given(
    st.lists(
        st.tuples(st.sampled_from([*Sort]), st.integers(-99, 99), st.floats(0, 99)), max_size=30
    ),
    st.integers(0, 9),
    st.integers(1, 5),
)
def test_day_after_day_all_are_given_once_in_order(
    several: list[tuple[Sort, int, float]], per_day: int, days: int
) -> None:
    """Never more than the budget a day, and none twice, in the order of the whole list."""
    alerts = [
        alert(f"{at:02}", sort, due=None if sort is Sort.BREACH else due, worth=worth)
        for at, (sort, due, worth) in enumerate(several)
    ]
    ordered, notified = in_order(alerts, TODAY), dict[AlertKey, date]()
    for after in range(days):
        day = TODAY + timedelta(days=after)
        for again in range(2):
            new = to_notify(ordered, notified, day, per_day)
            limited = [one for one in new if one.key.sort is not Sort.HARD]
            assert len(limited) <= (0 if again else per_day)
            assert not {one.key for one in new} & notified.keys()
            notified |= {one.key: day for one in new}
    limited = [one for one in ordered if one.key.sort is not Sort.HARD]
    assert [one.key in notified for one in limited] == [
        at < per_day * days for at in range(len(limited))
    ]
