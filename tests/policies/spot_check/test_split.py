"""Draws that are split between what the office's own check failed and the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.errors import BadInput, Refused
from cases.integrity.canonical import Domain
from cases.office.model import Quota
from policies.spot_check.commitment import PlanInputs, commit
from policies.spot_check.committed import OpenedCommitment, check
from policies.spot_check.draw import draw
from policies.spot_check.plan import SpotCheckPlan
from policies.spot_check.planning import draw_plan, floor_cost
from policies.spot_check.quotas import quotas_of, with_cells
from policies.spot_check.verify import Kept, listed, verify
from policies.tickets import tickets
from tests.factories.frames import frame, parameters

MODEL = "0" * 64
RISKS = np.random.default_rng(2).beta(1, 6, 90)


def split_plan(
    share: float | None, failed: int = 20, risks: Any = RISKS, units: Any = None, **changes: Any
) -> SpotCheckPlan:
    """A plan of 30 of 90 cases, of which the first `failed` failed the own check."""
    cases = frame(risks, np.arange(len(risks)) % 7, units, ruled={40})
    cases = cases.with_columns(failed_check=pl.int_range(pl.len()) < failed)
    wanted = {"capacity": 31, "failed_check_share": share} | changes
    return draw_plan(cases, parameters(**wanted))


def failed_among(plan: SpotCheckPlan) -> int:
    """How many cases that failed the check were drawn, mandatory ones apart."""
    return plan.lines.filter(pl.col("rule").is_null())["failed_check"].sum()


@pytest.mark.parametrize("knob", [{"search_share": 0.9}, {"margin": 0.13}])
@pytest.mark.parametrize(("share", "drawn"), [(0.1, 3), (0.5, 15), (0.649, 19)])
def test_exactly_the_share_is_drawn(share: float, drawn: int, knob: dict[str, float]) -> None:
    """In every draw, and expected of the probabilities; whatever the knob."""
    for seed in range(5):
        plan = split_plan(share, seed=str(seed), **knob)
        assert (plan.lines.height, failed_among(plan)) == (31, drawn)
    at_random = plan.frame.filter(pl.col("rule").is_null())
    sums = dict(
        at_random.group_by("failed_check").agg(pl.col("inclusion_probability").sum()).rows()
    )
    assert sums[True] == pytest.approx(drawn)
    assert sums[False] == pytest.approx(30 - drawn)
    assert at_random["inclusion_probability"].min() > 0


def test_the_stated_probabilities_are_kept() -> None:
    """Over 2,000 seeds no case is drawn more or less often than stated, beyond 4.5 errors."""
    plan = split_plan(0.4, units=np.arange(90) % 3)
    cases = with_cells(plan.frame.filter(pl.col("rule").is_null()))
    quotas = quotas_of(cases, 30, plan.parameters)
    pi, ids = cases["inclusion_probability"].to_numpy(), cases["case_id"].to_list()
    drawn = [
        draw(
            pi,
            cases["cell"].to_numpy(),
            quotas.unit_of_cell,
            tickets(Domain.PLAN_DRAW, str(seed), ids),
            quotas.part_of_unit,
        )
        for seed in range(2000)
    ]
    failed = cases["failed_check"].to_numpy()
    assert {(one[failed].sum(), one.sum()) for one in drawn} == {(12, 30)}
    error = np.sqrt(pi * (1 - pi) / len(drawn))
    assert (np.abs(np.mean(drawn, axis=0) - pi) <= 4.5 * error + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_quotas_hold_on_both_sides_together(data: st.DataObject) -> None:
    """Of a unit with cases on both sides so many are drawn as the quota says, or it is refused."""
    units = data.draw(st.lists(st.integers(0, 3), min_size=30, max_size=30))
    least, more = data.draw(st.integers(0, 2)), data.draw(st.integers(2, 12))
    failed = data.draw(st.integers(3, 20))
    share = data.draw(st.integers(2, 3)) / 12
    quota = Quota(at_least=least, at_most=least + more)
    try:
        plan = split_plan(share, failed, RISKS[:30], units, capacity=12, per_unit=quota)
    except Refused:
        return
    assert plan.lines.height == 12
    lines = plan.lines.filter(pl.col("rule").is_null())
    at_random = plan.frame.filter(pl.col("rule").is_null())
    for (unit,), part in at_random.group_by("unit"):
        drawn = lines.filter(unit=unit).height
        assert min(least, part.height) <= drawn <= least + more


@pytest.mark.parametrize(
    ("share", "failed", "sentence"),
    [
        (0.8, 20, "gives 24 of the 30 reviews .* of these there are 20"),
        (0.8, 20, "Set it between 0.034 and 0.666"),
        (0.01, 20, "both sides need a review"),
        (1.0, 45, "Set it between 0.034 and 0.966"),
        (0.1, 0, "no case of the frame has failed"),
    ],
)
def test_a_split_that_cannot_be_is_refused(share: float, failed: int, sentence: str) -> None:
    """The sentence says what would do, and that is feasible."""
    with pytest.raises(Refused, match=sentence):
        split_plan(share, failed)
    if failed == 20:
        assert failed_among(split_plan(0.034)) == 1
        assert failed_among(split_plan(0.666)) == 20


def test_quotas_of_one_side_that_cannot_be_are_refused_with_the_side() -> None:
    """Two of each of seven handlers are more than 14 passed cases leave to five reviews."""
    with pytest.raises(Refused, match="did not fail the own check"):
        split_plan(0.6, 45, capacity=16, per_handler=Quota(at_least=2))


def test_a_margin_that_the_split_puts_out_of_reach_says_so() -> None:
    """Without the split 30 reviews would do."""
    assert split_plan(None, margin=0.12).lines.height == 31
    with pytest.raises(Refused, match="or failed_check_share stand in the way"):
        split_plan(0.649, margin=0.12)


def test_everything_drawn_needs_no_split() -> None:
    """All 90 cases with a capacity of 90: the share has nothing to decide."""
    assert failed_among(split_plan(0.5, capacity=90)) == 20


def test_a_frame_that_does_not_say_so_is_a_fault() -> None:
    """A share without the column is bad input; the column without a share changes nothing."""
    with pytest.raises(BadInput, match="does not say which cases failed"):
        draw_plan(frame(RISKS), parameters(failed_check_share=0.5))
    plain = draw_plan(frame(RISKS, np.arange(90) % 7, ruled={40}), parameters(capacity=31))
    assert split_plan(None).plan_id == plain.plan_id
    assert "failed_check" not in split_plan(None).lines.columns


def test_the_check_is_bound_by_verify_and_commitment() -> None:
    """Another case as failed, or another share: another plan, and not what was promised."""
    plan = split_plan(0.4)
    kept = Kept(plan.describe(), plan.frame, listed(plan.lines))
    assert verify(kept).matches
    flipped = plan.frame.with_columns(failed_check=~pl.col("failed_check"))
    assert not verify(Kept(plan.describe(), flipped, listed(plan.lines))).matches
    other = split_plan(0.5)
    assert not verify(Kept(other.describe(), plan.frame, listed(plan.lines))).matches
    secret = " ".join(["a seed"] * 4)
    asked = {**plan.parameters.model_dump(mode="json"), "seed": secret}
    inputs = PlanInputs(plan.frame, asked, {}, MODEL, "c")
    promise = commit(inputs, secret, plan.parameters.as_of)
    assert check(promise, inputs, secret) == []
    assert len(check(promise, PlanInputs(flipped, asked, {}, MODEL, "c"), secret)) == 1
    changed = {**asked, "failed_check_share": 0.5}
    assert len(check(promise, PlanInputs(plan.frame, changed, {}, MODEL, "c"), secret)) == 1
    assert OpenedCommitment(promise, secret).parameters.failed_check_share == 0.4


def test_the_floor_has_a_price_in_a_split_draw_too() -> None:
    """Computed with the same split."""
    assert floor_cost(split_plan(0.4, search_share=0.9, floor=0.3)) > 0
