"""What a plan would buy is shown with how many of its cases wait for a review already."""

from __future__ import annotations

from pathlib import Path

from policies.spot_check.plan import PlanParameters
from serving.use_cases.planning.picture import picture
from tests.serving.use_cases.reviewing.office import AS_OF, Office, office_under_review


def waiting(office: Office) -> int:
    """How many of the cases that a second plan could draw wait under the first one."""
    context = office.context
    asked = PlanParameters.of(context.office, as_of=AS_OF, capacity=2, seed="0")
    return picture(context, asked).waiting


def test_who_waits_under_an_earlier_plan_is_counted_until_it_is_reviewed(tmp_path: Path) -> None:
    """All six drawn cases at first; five once one is graded and nobody else reads it."""
    office = office_under_review(tmp_path)
    assert waiting(office) == 6
    case_id = office.plan.cases.filter(~office.plan.cases["second_review"])["case_id"][0]
    office.graded(case_id, "good")
    assert waiting(office) == 5
