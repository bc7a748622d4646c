"""Plans besides the newest are looked at as long as a case of them waits."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from serving.http.pages.reviewing import opened
from serving.kept.begin import PLANS
from serving.kept.home import waiting as kept_waiting
from serving.kept.home.waiting import Waiting, waiting
from serving.use_cases.remembered import name_of
from serving.work.reviewing import GivenBack, Waived
from serving.work.step import step_entry
from tests.serving.http.access.browser import Browser
from tests.serving.use_cases.reviewing.office import Office, office_under_review, reviewer


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """With one plan under way."""
    return office_under_review(tmp_path)


def _waiting(office: Office) -> Waiting:
    begun = [*office.context.remembered.work.reviewing.plans.values()]
    return waiting(office.home, office.context, begun)


def test_a_plan_is_held_until_it_is_done(office: Office) -> None:
    """Read once while it waits, and then no more in memory."""
    (first,) = _waiting(office).plans
    office.graded(office.plan.cases["case_id"][0], "good")
    assert _waiting(office).plans[0] is first
    for case_id in office.plan.cases["case_id"][1:]:
        office.graded(case_id, "good")
    assert _waiting(office).plans == (first,)
    for case_id in office.plan.cases.filter("second_review")["case_id"]:
        office.graded(case_id, "good", "second")
    assert _waiting(office) == Waiting()
    assert kept_waiting._held[office.home] == {}


def test_a_plan_is_done_once_what_nobody_can_read_is_waived(office: Office) -> None:
    """A reading that was given back keeps its plan waiting until then."""
    name, plan = name_of(office.context.office), office.plan.plan_id
    for case_id in office.plan.cases["case_id"]:
        office.graded(case_id, "good")
    twice = office.plan.cases.filter("second_review")["case_id"].to_list()
    for case_id in twice:
        reader = office.reader(case_id, "second")
        back = GivenBack(plan=plan, case_id=case_id, reading="second", reviewer=reader)
        office.ledger.append(step_entry(name, back, "u"))
    assert [one.plan_id for one in _waiting(office).plans] == [plan]
    for case_id in twice:
        office.ledger.append(
            step_entry(name, Waived(plan=plan, case_id=case_id, reading="second"), "u")
        )
    assert _waiting(office) == Waiting()


def test_a_reading_of_an_older_plan_stays_on_the_list_of_work(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the case as blind as before, however many plans are newer."""
    monkeypatch.setattr(opened, "MOST_HELD", 0)
    case_id = office.twice()
    office.graded(case_id, "bad", reason="of the first reader")
    second = Browser(office.app(reviewer(office.reader(case_id, "second"))))
    assert f"/case?id={case_id}&" in second.get("/work").text.replace("&amp;", "&")
    page = second.get(f"/case?id={case_id}").text
    assert "of the first reader" not in page
    assert "Grade this case" in page


def test_a_plan_that_cannot_be_read_is_said_while_somebody_reads_for_it(office: Office) -> None:
    """Whoever has put old folders away is told of those alone."""
    before = _waiting(office)
    assert before.problems == ()
    shutil.rmtree(office.home / PLANS)
    kept_waiting._outline.cache_clear()
    kept_waiting._held.clear()
    begun = [*office.context.remembered.work.reviewing.plans.values()]
    found = kept_waiting._waiting(office.home, office.context, begun)
    assert len(found.problems) == 1
