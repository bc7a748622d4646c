"""How far each case of a plan is, as a list and for one case alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.access.caller import Scope
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.my_work import to_grade
from serving.use_cases.reviewing.progress import CaseProgress, progress
from serving.work.deciding import Overridden
from serving.work.reviewing import Assigned
from serving.work.step import step_entry
from tests.serving.use_cases.reviewing.office import Office, office_under_review


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """With a plan under way."""
    return office_under_review(tmp_path)


@pytest.mark.parametrize(
    ("grades", "state"),
    [
        ({}, "first"),
        ({"first": "good"}, "second"),
        ({"second": "good"}, "first"),
        ({"first": "good", "second": "good"}, "done"),
        ({"first": "good", "second": "bad"}, "differ"),
    ],
)
def test_states_of_a_case_that_is_read_twice(
    office: Office, grades: dict[str, str], state: str
) -> None:
    """Both ways to ask say the same."""
    case_id = office.twice()
    for reading, grade in grades.items():
        office.graded(case_id, grade, reading)
    found = progress(office.context, office.plan).filter(case_id=case_id)
    one = CaseProgress.of(office.context, office.plan, case_id)
    assert one is not None
    assert found["state"].item() == one.state == state


def test_a_case_that_is_read_once_is_done_with_one_grade(office: Office) -> None:
    """And leaves the list of whose work it was."""
    once = office.plan.cases.filter(~office.plan.cases["second_review"])["case_id"][0]
    person = office.reader(once)
    before = to_grade(office.context, person, [office.plan])["case_id"].to_list()
    office.graded(once, "good")
    after = to_grade(office.context, person, [office.plan])["case_id"].to_list()
    assert [one for one in before if one != once] == after
    assert once in before
    assert progress(office.context, office.plan).filter(case_id=once)["state"].item() == "done"


def test_work_is_in_the_reading_order_first_readings_before_second_ones(office: Office) -> None:
    """Whoever's it is."""
    for person in ("r1", "r2"):
        work = to_grade(office.context, person, [office.plan])
        assert work["reading"].to_list() == sorted(work["reading"])
        for reading in ("first", "second"):
            assert work.filter(reading=reading)["turn"].is_sorted()


def test_only_cases_in_scope_are_listed(office: Office) -> None:
    """For who may see some units only."""
    mine = office.context.within(Scope(frozenset({"u1"})))
    assert set(progress(mine, office.plan)["unit"]) == {"u1"}
    assert set(to_grade(mine, "r1", [office.plan])["unit"]) <= {"u1"}


def _override(office: Office, case_id: str, decided: str) -> None:
    step = Overridden(plan=office.plan.plan_id, case_id=case_id, decided=decided)
    office.ledger.append(step_entry(name_of(office.context.office), step, "m"))


def test_a_case_that_was_taken_out_is_nobodys_work(office: Office) -> None:
    """It stays on the list of the plan, as taken out."""
    case_id = office.plan.cases["case_id"][0]
    person = office.reader(case_id)
    _override(office, case_id, "left_out")
    assert case_id not in to_grade(office.context, person, [office.plan])["case_id"]
    found = progress(office.context, office.plan).filter(case_id=case_id)
    one = CaseProgress.of(office.context, office.plan, case_id)
    assert one is not None
    assert found["state"].item() == one.state == "left_out"
    assert one.open_readings == ()
    assert one.waits_for(person) is None


def test_a_case_that_was_added_is_read_like_the_others(office: Office) -> None:
    """Without an inclusion probability, which nobody knows."""
    case_id = "a"
    assert CaseProgress.of(office.context, office.plan, case_id) is None
    _override(office, case_id, "listed")
    one = CaseProgress.of(office.context, office.plan, case_id)
    assert one is not None
    assert (one.state, one.probability, one.is_added) == ("first", None, True)
    found = progress(office.context, office.plan)
    assert found["case_id"].to_list()[-1] == case_id
    assert found["selected_by"].to_list()[-1] == "added"
    step = Assigned(plan=office.plan.plan_id, case_id=case_id, reading="first", reviewer="r1")
    office.ledger.append(step_entry(name_of(office.context.office), step, "u"))
    assert case_id in to_grade(office.context, "r1", [office.plan])["case_id"]
