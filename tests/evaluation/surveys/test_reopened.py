"""A closing counts once, in the frame of the earliest plan, whoever was drawn."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.surveys.estimate import Survey, estimate
from evaluation.surveys.reopened import PlanFrame, closings_of, counted_once
from policies.spot_check.planning import draw_plan
from tests.factories.frames import frame, parameters

MARCH, JUNE = datetime(2026, 3, 31), datetime(2026, 6, 30)


def plan(as_of: datetime, plan_id: str = "p", **closed: int) -> PlanFrame:
    """A plan's frame: cases by name, each with the day of 2026 on which it was closed."""
    days = [datetime(2026, 1, 1) + timedelta(days=day) for day in closed.values()]
    cases = {"case_id": list(closed), "closed_at": days, "risk": [0.1] * len(closed)}
    schema = {"case_id": pl.String, "closed_at": pl.Datetime("us"), "risk": pl.Float64}
    return PlanFrame(as_of, plan_id, pl.DataFrame(cases, schema=schema))


def names(frames: tuple[pl.DataFrame, ...]) -> list[list[str]]:
    """The cases that count in each frame."""
    return [cases["case_id"].to_list() for cases in frames]


def test_a_closing_counts_in_the_earliest_plan() -> None:
    """In whatever order the plans are named, and its row stays as it is."""
    first, second = plan(MARCH, b=2, a=1), plan(JUNE, c=3, b=2, a=1)
    once = counted_once([first, second])
    assert (names(once.frames), once.elsewhere) == ([["b", "a"], ["c"]], 2)
    assert once.frames[0].drop("again_at").equals(first.frame)
    again = counted_once([second, first])
    assert names(again.frames) == [["c"], ["b", "a"]]
    assert str(once.note) == (
        "2 cases stand in the frames of several plans; each counts in the first."
    )


def test_a_case_closed_again_counts_again() -> None:
    """Its first closing knows when that ended; reviews from then on are of the second."""
    once = counted_once([plan(MARCH, a=1, b=2), plan(JUNE, a=90, b=2)])
    assert (names(once.frames), once.elsewhere) == ([["a", "b"], ["a"]], 1)
    assert once.frames[0]["again_at"].to_list() == [datetime(2026, 4, 1), None]
    assert once.frames[1]["again_at"].to_list() == [None]
    assert str(once.note).startswith("1 case stands in the frames of several plans; it")


def test_plans_of_different_cases_stay_as_they_are() -> None:
    """Nothing is left out and nothing is said."""
    once = counted_once([plan(MARCH, a=1), plan(JUNE, b=2)])
    assert (names(once.frames), once.elsewhere, once.note) == ([["a"], ["b"]], 0, None)
    assert counted_once([]).frames == ()


def test_two_plans_of_one_moment_are_in_one_order() -> None:
    """That of their ids, even if their frames are the same: nobody chooses which one counts."""
    left, right = plan(MARCH, "p2", a=1, b=2), plan(MARCH, "p1", a=1, b=2)
    assert names(counted_once([left, right]).frames) == [[], ["a", "b"]]
    assert names(counted_once([right, left]).frames) == [["a", "b"], []]


def test_a_plan_named_twice_counts_once() -> None:
    """All of it in one place."""
    once = counted_once([plan(MARCH, a=1, b=2)] * 2)
    assert (names(once.frames), once.elsewhere) == ([["a", "b"], []], 2)


CLOSED = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4)
PLANS = st.lists(st.tuples(st.integers(0, 2), CLOSED), max_size=4)


@given(PLANS, st.permutations(range(4)))
def test_every_closing_counts_exactly_once(
    described: list[tuple[int, dict[str, int]]], shuffled: list[int]
) -> None:
    """Whatever the frames hold, nothing refuses, and the order of the plans changes nothing."""
    plans = [
        plan(MARCH + timedelta(days=late), str(number), **closed)
        for number, (late, closed) in enumerate(described)
    ]
    order = [index for index in shuffled if index < len(plans)]
    once, other = counted_once(plans), counted_once([plans[index] for index in order])
    every = {row for given in plans for row in closings_of(given.frame).rows()}
    counted = [row for cases in once.frames for row in closings_of(cases).rows()]
    assert sorted(counted) == sorted(every)
    for index, frame_of_other in zip(order, other.frames, strict=True):
        assert frame_of_other.equals(once.frames[index])


def test_the_estimate_over_what_counts_is_unbiased() -> None:
    """Two overlapping frames, 100 draws of each: the mean is the number of defects, to 4 SE."""
    risks = np.random.default_rng(1).beta(1, 6, 150)
    defect = np.random.default_rng(2).random(150) < np.sqrt(risks) / 2  # the model is wrong
    cases = frame(risks, handlers=[0] * 150)
    outcomes = cases.select("case_id", defect=pl.Series(defect.astype(float)))
    frames = {MARCH: cases.head(100), JUNE: cases.tail(110)}
    estimates = [_estimated(frames, outcomes, str(seed)) for seed in range(100)]
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert np.mean(estimates) == pytest.approx(defect.sum(), abs=4 * error)


def _estimated(frames: dict[datetime, pl.DataFrame], outcomes: pl.DataFrame, seed: str) -> float:
    """The defects in both frames, each drawn from with a seed of its own."""
    plans = [
        draw_plan(cases, parameters(as_of=as_of, capacity=40, seed=f"{as_of} {seed}"))
        for as_of, cases in frames.items()
    ]
    once = counted_once(
        [PlanFrame(plan.parameters.as_of, plan.plan_id, plan.frame) for plan in plans]
    )
    surveys = [
        Survey(counting, drawn, outcomes.filter(pl.col("case_id").is_in(drawn)))
        for counting, drawn in zip(
            once.frames, (plan.lines["case_id"].to_list() for plan in plans), strict=True
        )
    ]
    return estimate(surveys, by=()).defects
