"""The risk of closed cases."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.errors import BadInput
from serving.use_cases.asked.named import OUTSIDE
from serving.use_cases.scores import scores, scores_of_ids
from tests.factories.fakes import THEFT_ONLY, context, given


def test_cases_the_risk_is_not_for_are_left_out_with_the_reason():
    """A score exists only for cases the model was made for."""
    cases = [given("x"), given("y", kind="fraud"), given("c")]

    scored = scores(context(risk=THEFT_ONLY), cases)

    assert scored.left_out == {"y": OUTSIDE}
    assert scored.scored["case_id"].to_list() == ["x", "c"]


def test_every_unknown_or_open_case_is_reported_with_what_to_do():
    """All faults in one answer, with the nearest id where there is one."""
    with pytest.raises(BadInput) as error:
        scores_of_ids(context(), ["a", "e", "zz"])

    assert [(fault.column, str(fault.problem)) for fault in error.value.faults] == [
        ("case_ids[1]", "has not come up for review yet (closing)."),
        ("case_ids[2]", "is not a case of this office."),
    ]


def test_scores_of_ids_are_those_at_closing():
    """What was recorded after closing does not change the score."""
    scored = scores_of_ids(context(), ["a"]).scored

    assert scored["moment"].to_list() == [datetime(2026, 2, 1, 9)]
    assert scored["risk"].to_list() == [pytest.approx(0.3)]
