"""Overrides and decisions about new cases: the first about a case counts."""

from __future__ import annotations

from datetime import UTC, datetime

from serving.work.deciding import Accepted, Deciding, Designated, Overridden, SentBack
from serving.work.step import Step, Taken

AT = datetime(2026, 7, 1, tzinfo=UTC)


def after(*steps: Step) -> Deciding:
    """How it stands after these steps."""
    return Deciding().after(
        [Taken(step, number, AT, "U-1") for number, step in enumerate(steps, start=1)]
    )


def test_the_first_decision_about_a_new_case_counts() -> None:
    """Whoever comes second is too late, whatever it is."""
    accepted = Accepted(case_id="a", handler="h1")
    later = Designated(case_id="a", handler="h2", suggested="h1", reason="knows it")
    now = after(accepted, later, SentBack(case_id="b", reason="not ours"))
    assert {case: one.record for case, one in now.about_new.items()} == {"a": 1, "b": 3}


def test_an_override_is_of_one_plan() -> None:
    """The same case can be taken out of one plan and not of another."""
    steps = [Overridden(plan=plan, case_id="a", decided="left_out") for plan in "pqp"]
    now = after(*steps)
    assert {key: one.record for key, one in now.overridden.items()} == {
        ("p", "a"): 1,
        ("q", "a"): 2,
    }
