"""What the service computes, without HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.errors import BadInput
from policies.spot_check.plan import PlanParameters
from serving.http.requests import wishes_of
from serving.use_cases import spot_checks as use_cases
from serving.use_cases.spot_checks import ALREADY_REVIEWED, OUTSIDE
from tests.factories.client import case
from tests.factories.fakes import context

THEFT_ONLY = {"among": [{"attribute": "kind", "equals": "theft"}]}


def _parameters(as_of: datetime, capacity: int = 5) -> PlanParameters:
    return PlanParameters(as_of=as_of, capacity=capacity, search_share=1.0, seed="1")


def test_a_rule_sees_what_was_recorded_after_closing():
    """A case decided after it was closed falls under the rule once that is recorded."""
    rule = {"code": "decided", "meaning": {"en": "decided"}, "when": [{"event": "decided"}]}
    of = context(rules=[rule])

    before = use_cases.spot_checks(of, _parameters(datetime(2026, 2, 28)))
    after = use_cases.spot_checks(of, _parameters(datetime(2026, 3, 1)))

    assert before.plan.lines.filter(case_id="a")["selected_by"].item() == "search"
    assert after.plan.lines.filter(case_id="a")["selected_by"].item() == "mandatory"


def test_cases_the_risk_is_not_for_are_left_out_with_the_reason():
    """A score exists only for cases the model was made for."""
    of = context(risk=THEFT_ONLY)
    wishes = wishes_of(of.office)
    sent = [case(), case(case_id="y", kind="fraud"), case(case_id="c")]
    cases = wishes.score.model_validate({"cases": sent}, strict=False).cases or ()

    scored = use_cases.scores(of, cases)
    drawn = use_cases.spot_checks(of, _parameters(datetime(2026, 6, 1)), cases)

    assert scored.left_out == {"y": OUTSIDE}
    assert scored.scored["case_id"].to_list() == ["x", "c"]
    assert drawn.left_out == {"y": OUTSIDE, "c": ALREADY_REVIEWED}
    assert drawn.plan.frame["case_id"].to_list() == ["x"]


def test_when_every_case_is_left_out_the_plan_is_empty():
    """An empty plan is an answer, not an error."""
    of = context()
    cases = wishes_of(of.office).score.model_validate({"cases": [case(case_id="c")]}, strict=False)

    drawn = use_cases.spot_checks(of, _parameters(datetime(2026, 6, 1)), cases.cases)

    assert drawn.plan.lines.is_empty()
    assert drawn.left_out == {"c": ALREADY_REVIEWED}


def test_every_unknown_or_open_case_is_told_with_what_to_do():
    """All faults in one answer, with the nearest id where there is one."""
    of = context()

    with pytest.raises(BadInput) as error:
        use_cases.scores_of_ids(of, ["a", "e", "zz"])

    assert [(fault.column, fault.problem) for fault in error.value.faults] == [
        ("case_ids[1]", "is still open."),
        ("case_ids[2]", "is no case of this office."),
    ]


def test_scores_of_ids_are_those_at_closing():
    """What was recorded after closing does not change the score."""
    scored = use_cases.scores_of_ids(context(), ["a"]).scored

    assert scored["moment"].to_list() == [datetime(2026, 2, 1, 9)]
    assert scored["risk"].to_list() == [pytest.approx(0.3)]
