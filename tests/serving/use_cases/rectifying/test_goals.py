"""Goals stand beside what is known: shown, not reached, not shown, not yet known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from cases.tables.tables import REVIEWS, Tables, case_columns
from policies.spot_check.planning import draw_plan
from policies.spot_check.reading import reading_order
from policies.spot_check.verify import Kept, listed
from serving.access.caller import Scope
from serving.access.denials import Forbidden
from serving.use_cases.context import ServiceContext
from serving.use_cases.rectifying.goals import Known, goals
from tests.factories.fakes import FakeModel
from tests.factories.frames import frame, parameters
from tests.factories.office import office, rows
from tests.serving.use_cases.rectifying.following import Work, office_at

WITHIN = {"goals": {"rectified_within_days": 10}}


def of_findings(work: Work, today: date | None = None) -> tuple[Known, str]:
    """What is known of the goal that findings are rectified in time, and in which words."""
    (goal,) = goals(work.context, [], today or work.today)
    return goal.known, " ".join(map(str, goal.said))


def day(of_march: int) -> date:
    """A day of March 2026; the reviews are of the 1st, so that the 11th is the last in time."""
    return date(2026, 3, of_march)


@pytest.mark.parametrize(
    ("today", "known", "said"),
    [
        (6, Known.NOT_YET_KNOWN, "No finding is due yet. 4 more are not due yet."),
        (11, Known.NOT_YET_KNOWN, "No finding is due yet. 4 more are not due yet."),
        (12, Known.MISSED, "Of 4 findings that were due, 4 were not rectified in time."),
    ],
)
def test_findings_that_nobody_rectified(today: int, known: Known, said: str) -> None:
    """They are late once ten days are over."""
    assert of_findings(Work(office_at(**WITHIN)), day(today)) == (known, said)


def test_what_was_done_in_time_is_shown_until_a_check_fails() -> None:
    """One of four is done; then the check opens it again."""
    work = Work(office_at(**WITHIN))
    work.answered(agrees=True)
    work.planned(days=1)
    work.finished()
    said = "The 1 finding that was due was rectified in time. 3 more are not due yet."
    assert of_findings(work) == (Known.SHOWN, said)
    work.checked(passed=False)
    assert of_findings(work) == (
        Known.NOT_YET_KNOWN,
        "No finding is due yet. 4 more are not due yet.",
    )


def test_what_was_withdrawn_does_not_count() -> None:
    """Three are left."""
    work = Work(office_at(**WITHIN))
    work.answered()
    work.decided(upheld=False)
    assert "Of 3 findings that were due, 3" in of_findings(work, day(20))[1]


def test_a_late_one_stays_late() -> None:
    """Done on the twelfth day."""
    work = Work(office_at(**WITHIN), day(13))
    work.planned(days=1)
    work.finished(share=0.0)
    assert of_findings(work)[0] is Known.MISSED


def planned(cases: int, grades: str) -> tuple[Tables, Kept]:
    """A plan of all of so many cases, whose first ones have these grades (f: fine, b: bad)."""
    described = office(
        reviews={
            "grades": [
                {"code": "f", "defect": False, "meaning": {"en": "fine"}},
                {"code": "b", "defect": True, "meaning": {"en": "bad"}},
            ]
        },
        goals={"most_defective": 0.05},
    )
    every = frame([0.1] * cases)
    drawn = draw_plan(every, parameters(capacity=cases // 2, as_of=datetime(2024, 7, 1)))
    order = reading_order(drawn.parameters.seed, drawn.lines["case_id"])
    opened = every.select("case_id", "closed_at", opened_at=pl.lit("2024-01-01"))
    text = "\n".join(" | ".join(map(str, row)) for row in opened.rows())
    reviews = "\n".join(
        f"{case} | 2024-07-10 | {grade}" for case, grade in zip(order, grades, strict=False)
    )
    made = Tables.of(
        described,
        rows("case_id | closed_at | opened_at\n" + text, case_columns(described)),
        reviews=rows("case_id | reviewed_at | grade\n" + reviews, REVIEWS),
    )
    return made, Kept(drawn.describe(), drawn.frame, listed(drawn.lines))


@pytest.mark.parametrize(
    ("grades", "known", "said"),
    [
        ("", Known.NOT_YET_KNOWN, "0 of the 100 cases drawn at random are read"),
        ("fff", Known.NOT_SHOWN, "It is not shown that at most 5.0% of the 200 cases"),
        ("f" * 100, Known.SHOWN, "At most 5.0% of the 200 cases are defective: shown"),
        ("b" * 40, Known.MISSED, "More than 5.0% of the 200 cases are defective: shown"),
    ],
)
def test_a_share_of_defects_in_the_words_of_the_estimate(
    grades: str, known: Known, said: str
) -> None:
    """Half of 200 cases are drawn and read in order."""
    tables, plan = planned(200, grades)
    (goal,) = goals(ServiceContext(tables, FakeModel()), [plan], date(2024, 8, 1))
    assert str(goal.wanted) == "At most 5% of the cases are defective."
    assert (goal.known, said in str(goal.said[0])) == (known, True)


def test_without_a_plan_nothing_is_known_of_a_share() -> None:
    """It says so."""
    tables, _plan = planned(10, "")
    (goal,) = goals(ServiceContext(tables, FakeModel()), [], date(2024, 8, 1))
    assert goal.known is Known.NOT_YET_KNOWN
    assert "No plan is under way" in str(goal.said[0])


def test_several_plans_are_taken_together_first() -> None:
    """Then each by itself; the same plan twice is counted once."""
    tables, plan = planned(200, "f" * 100)
    (goal,) = goals(ServiceContext(tables, FakeModel()), [plan, plan], date(2024, 8, 1))
    assert len(goal.said) == 3


def test_plans_of_different_moments_stand_each_alone() -> None:
    """The reason is said."""
    tables, plan = planned(200, "f" * 100)
    parameters_ = plan.manifest["parameters"] | {"at": "intake"}
    other = replace(plan, manifest=dict(plan.manifest) | {"parameters": parameters_})
    (goal,) = goals(ServiceContext(tables, FakeModel()), [plan, other], date(2024, 8, 1))
    assert goal.known is Known.SHOWN
    assert "changed the moment" in str(goal.said[-1])


def test_an_office_without_goals_has_none() -> None:
    """And who sees some cases only learns nothing about the office."""
    assert goals(office_at(), [], day(6)) == []
    with pytest.raises(Forbidden):
        goals(office_at(**WITHIN).within(Scope(frozenset(["u1"]))), [], day(6))
