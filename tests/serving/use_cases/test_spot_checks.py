"""Plans of an office's own cases and of given ones, without HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.errors import Refused
from policies.spot_check.plan import PlanParameters
from serving.use_cases.closed_cases import OUTSIDE
from serving.use_cases.spot_checks import ALREADY_REVIEWED, spot_checks
from tests.factories.fakes import THEFT_ONLY, context, given


def _parameters(as_of: datetime, capacity: int = 5) -> PlanParameters:
    return PlanParameters(as_of=as_of, capacity=capacity, search_share=1.0, seed="1")


def test_a_rule_sees_what_was_recorded_after_closing():
    """A case decided after it was closed falls under the rule once that is recorded."""
    rule = {"code": "decided", "meaning": {"en": "decided"}, "when": [{"event": "decided"}]}
    of = context(rules=[rule])

    before = spot_checks(of, _parameters(datetime(2026, 2, 28)))
    after = spot_checks(of, _parameters(datetime(2026, 3, 1)))

    assert before.plan.lines.filter(case_id="a")["selected_by"].item() == "search"
    assert after.plan.lines.filter(case_id="a")["selected_by"].item() == "mandatory"


def test_given_cases_that_cannot_be_drawn_are_left_out_with_the_reason():
    """Those the model is not for, and those already reviewed; the others are drawn."""
    cases = [given("x"), given("y", kind="fraud"), given("c")]

    drawn = spot_checks(context(risk=THEFT_ONLY), _parameters(datetime(2026, 6, 1)), cases)

    assert drawn.left_out == {"y": OUTSIDE, "c": ALREADY_REVIEWED}
    assert drawn.plan.frame["case_id"].to_list() == ["x"]


def test_when_every_given_case_is_left_out_the_plan_is_empty():
    """The reasons are the answer, not an error."""
    drawn = spot_checks(context(), _parameters(datetime(2026, 6, 1)), [given("c")])

    assert drawn.plan.lines.is_empty()
    assert drawn.left_out == {"c": ALREADY_REVIEWED}


def test_a_plan_of_no_case_is_refused():
    """Before the first closing there is nothing to plan, and it says when cases were closed."""
    with pytest.raises(Refused, match="No case was closed by 31 January 2026"):
        spot_checks(context(), _parameters(datetime(2026, 1, 31)))


@pytest.mark.parametrize(
    ("as_of", "notes"),
    [
        (datetime(2026, 2, 15), []),
        (datetime(2026, 3, 2), ["The newest record in the tables is of 1 March 2026"]),
    ],
)
def test_a_plan_says_what_it_does_not_reach_to(as_of, notes):
    """Tables that end before the day of the plan are noted; the same for given cases."""
    for cases in (None, [given("x", closed_at=datetime(2026, 1, 5))]):
        plan = spot_checks(context(), _parameters(as_of), cases).plan
        assert [str(note).partition(":")[0] for note in plan.notes] == notes


def test_a_plan_of_before_the_training_is_marked():
    """With hindsight anyone draws well, so the plan says that its model had it."""
    of = context()
    late = type(of.model)()
    late.about = of.model.about | {"trained_until": "2026-02-20T00:00:00"}

    plan = spot_checks(context(late), _parameters(datetime(2026, 2, 15))).plan

    assert "With hindsight: the model learnt from what was known by 20 February 2026" in str(
        plan.notes[0]
    )
