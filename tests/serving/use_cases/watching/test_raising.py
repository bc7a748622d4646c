"""The alerts that clocks, breaches and predictions raise, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from evaluation.backtests.alerts.outcomes import Predicted
from policies.alerts import Alert, Sort
from serving.use_cases.watching.raising import raised
from tests.serving.use_cases.watching.office import LIMIT, PROCESS, office_of

NOTHING: Predicted = {}


def found(day: str = "2026-06-30", predicted: Predicted = NOTHING, **changes: Any) -> list[Alert]:
    """What is raised at the end of a day."""
    as_of = datetime.combine(date.fromisoformat(day), time.max)
    return raised(office_of(**changes).tables, as_of, predicted)


def by_case(alerts: list[Alert], sort: str) -> dict[str, Alert]:
    """The alerts of a sort."""
    return {one.key.case_id: one for one in alerts if one.key.sort == sort}


def test_limits_that_are_nearly_used_up_or_overrun() -> None:
    """One a clock, known by the start of it; what has twenty days left raises none."""
    hard = by_case(found(), "hard")
    assert {case: (one.key.began, one.since, one.due_on) for case, one in hard.items()} == {
        "near": (date(2026, 6, 2), date(2026, 6, 29), date(2026, 7, 2)),
        "over": (date(2026, 5, 22), date(2026, 6, 22), date(2026, 6, 21)),
    }
    assert {one.key.rule for one in hard.values()} == {"month"}
    assert {one.unit for one in hard.values()} == {"u1"}


@pytest.mark.parametrize(
    ("day", "cases"),
    [
        ("2026-06-18", {"over"}),
        ("2026-06-17", set()),
        ("2026-06-28", {"over"}),
        ("2026-06-29", {"near", "over"}),
    ],
)
def test_a_clock_warns_from_its_days_on(day: str, cases: set[str]) -> None:
    """With three left, and not before."""
    assert set(by_case(found(day), "hard")) == cases


def test_a_limit_is_known_by_its_last_day_and_stage() -> None:
    """A warning that was closed hides neither the warning after an extension nor the overrun."""
    limit = LIMIT | {"extensions": [{"event": "accepted", "days": 1}]}
    keys = {
        key
        for limits in ([LIMIT], [limit])
        for day in ("2026-06-30", "2026-07-02", "2026-07-03", "2026-07-04")
        for key in (by_case(found(day, limits=limits), "hard")["near"].key,)
    }
    assert {(key.due_on, key.stage) for key in keys} == {
        (date(2026, 7, 2), "warning"),
        (date(2026, 7, 2), "overrun"),
        (date(2026, 7, 3), "warning"),
        (date(2026, 7, 3), "overrun"),
    }


def test_a_warning_stands_since_its_days_came() -> None:
    """Of working days, the Friday before a weekend: on Tuesday two are left of a limit of 20.

    The clock of `near` counts from Wednesday, 3 June, on; its twentieth working day is Tuesday,
    30 June; three were left on Thursday, 25 June.
    """
    limit = LIMIT | {"days": 20, "counts": "working_days"}
    near = by_case(found(limits=[limit]), "hard")["near"]
    assert (near.since, near.due_on) == (date(2026, 6, 25), date(2026, 6, 30))


def test_what_changed_nothing_does_not_move_since_when_a_warning_stands() -> None:
    """`step` warns from the 28th on; its return of the 30th resumes a clock that runs anyway."""
    limit = LIMIT | {"days": 7, "suspends": ["accepted"], "resumes": ["returned"]}
    step = by_case(found(limits=[limit]), "hard")["step"]
    assert (step.since, step.due_on) == (date(2026, 6, 28), date(2026, 7, 1))


def test_breaches_of_a_rule_on_a_day_are_one_alert() -> None:
    """It has the sentence of each."""
    (step,) = by_case(found(), "breach").values()
    assert (step.key.rule, step.key.began, step.due_on) == (
        "accepted_first",
        date(2026, 6, 30),
        None,
    )
    every = PROCESS | {"code": "soon", "rule": "recorded_within", "days": 0}
    alerts = found(process=[{k: v for k, v in every.items() if k not in ("activity", "before")}])
    keys = [one.key for one in alerts]
    assert len(keys) == len(set(keys))


def test_predictions_are_for_clocks_with_days_left() -> None:
    """From the probability of the office file on, worth more the more days are left."""
    predicted = {("early", "month"): 0.8, ("step", "month"): 0.49, ("near", "month"): 0.99}
    (early,) = by_case(found(predicted=predicted), "predicted").values()
    assert (early.probability, early.worth) == (0.8, 0.8 * 20)
    assert early.due_on == date(2026, 7, 20)
    lower = by_case(found(predicted=predicted, alerts={"least_probability": 0.4}), Sort.PREDICTED)
    assert set(lower) == {"early", "step"}


def test_what_is_said_names_limit_and_end() -> None:
    """In both languages; a limit that ends with the case says so."""
    near = by_case(found(), "hard")["near"]
    assert near.todo.say("en") == (
        "Have what ends it done: “decided”. If the law gives more time, have it entered."
    )
    closing = by_case(found(limits=[{k: v for k, v in LIMIT.items() if k != "end"}]), "hard")
    assert "closing of the case" in closing["near"].todo.say("en")
    assert "一个月" in near.why.say("zh")
