"""What a plan would buy is what the drawn plan says that it buys."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cases.errors import Refused
from policies.spot_check.plan import PlanParameters
from policies.spot_check.planning import candidates, draw_plan, floor_cost
from policies.spot_check.prospect import POINTS, Prospects, pooled
from tests.factories.frames import frame, parameters

RISKS = [0.1, 0.9, 0.2, 0.5, 0.3, 0.3, 0.05, 0.6]


def prospects(of: pl.DataFrame, asked: PlanParameters) -> Prospects:
    """The plans of a frame."""
    return Prospects.of(*candidates(of, asked), asked)


@pytest.mark.parametrize(
    "knob", [{"search_share": 0.0}, {"search_share": 0.7}, {"margin": 0.29}, {"capacity": 1}]
)
def test_nothing_is_promised_that_the_draw_does_not_hold(knob: dict[str, float]) -> None:
    """Outlook, notes and cost of the floor are those of the plan that is then drawn."""
    of, asked = frame(RISKS, ruled=(2,)), parameters(floor=0.3, **knob)
    drawn, thought = draw_plan(of, asked), prospects(of, asked).at(asked)
    assert thought.outlook == drawn.outlook
    assert thought.notes == drawn.notes
    assert thought.floor_cost == pytest.approx(floor_cost(drawn), abs=1e-9)


def test_a_margin_beyond_reach_is_refused_as_the_draw_refuses_it() -> None:
    """With the same sentence, so that nobody is told another thing later."""
    of, asked = frame(RISKS), parameters(margin=0.01)
    with pytest.raises(Refused) as thought:
        prospects(of, asked).at(asked)
    with pytest.raises(Refused) as drawn:
        draw_plan(of, asked)
    assert str(thought.value) == str(drawn.value)


def test_the_frontier_goes_from_survey_to_search() -> None:
    """In equal steps of what is found; its ends are the plans at 0 and at 1."""
    of, asked = frame(RISKS), parameters()
    line = prospects(of, asked).frontier
    ends = [draw_plan(of, parameters(search_share=share)).outlook[0] for share in (0.0, 1.0)]
    assert len(line) == POINTS
    assert np.diff([point.finds for point in line]) == pytest.approx(
        (line[-1].finds - line[0].finds) / (POINTS - 1), abs=0.01
    )
    for point, end in zip((line[0], line[-1]), ends, strict=True):
        assert point.finds == pytest.approx(end.expected_defects, abs=1e-6)
        assert point.margin == pytest.approx(end.margin, rel=1e-3)


def test_there_is_no_frontier_where_nothing_is_left_to_chance() -> None:
    """All cases are reviewed, or mandatory ones take the whole capacity."""
    of = frame(RISKS, ruled=(0, 1))
    assert prospects(of, parameters(capacity=8)).frontier == ()
    assert prospects(of, parameters(capacity=2)).frontier == ()


def test_a_large_frame_is_pooled_without_losing_its_high_risks() -> None:
    """Of 20,000 cases in 12 cells, finds and margin are within 2 % of the exact ones."""
    draw = np.random.default_rng(1)
    risks = np.clip(draw.beta(1, 12, 20_000), 0.002, 0.95)
    of = frame(risks, handlers=draw.integers(0, 12, 20_000))
    asked = parameters(capacity=200, floor=0.1)
    plans = prospects(of, asked)
    thought, drawn = plans.at(asked).outlook, draw_plan(of, asked).outlook
    assert len(plans.design.risk) < 5_000
    assert plans.design.count.sum() == 20_000
    assert plans.design.expected_defects(np.ones(len(plans.design.risk))) == pytest.approx(
        risks.sum()
    )
    for one, other in zip(thought, drawn, strict=True):
        assert one.expected_defects == pytest.approx(other.expected_defects, rel=0.02)
        assert (one.margin or 0.0) == pytest.approx(other.margin or 0.0, rel=0.02)


def test_a_small_design_is_not_pooled() -> None:
    """Then nothing is approximate."""
    design = prospects(frame(RISKS), parameters()).design
    assert pooled(design, enough=8) is design
