"""Tests of the estimate: unbiased whatever the model, honest intervals, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from cases.errors import Refused
from cases.language.texts import Text
from evaluation.statistics.sample import corrected_risks
from evaluation.surveys.estimate import Estimate, Survey, estimate
from policies.seeds import tickets
from policies.spot_check.draw import draw
from policies.spot_check.plan import FRAME
from policies.spot_check.planning import draw_plan
from policies.spot_check.quotas import with_cells
from tests.factories.frames import frame, parameters

RISKS = np.random.default_rng(1).beta(1, 10, 1200)


def survey(
    risks: Any,
    chances: Any,
    found: dict[int, int],
    places: dict[int, float] | None = None,
    **facts: Any,
) -> Survey:
    """A survey of cases c0, c1, ...: those in `found` were drawn, reviewed, and a defect or not."""
    cases = frame(risks, **facts).with_columns(
        inclusion_probability=pl.Series(chances, dtype=pl.Float64)
    )
    outcomes = pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in found],
            "defect": list(found.values()),
            "place": [(places or {}).get(i) for i in found],
        },
        schema={"case_id": pl.String, "defect": pl.Float64, "place": pl.Float64},
    )
    return Survey(cases, [f"c{i}" for i in found], outcomes)


def test_estimate_by_hand() -> None:
    """Risks add up to 1.2; a defect at chance 1/2 adds 0.8 / 0.5, its absence -0.2 / 0.5."""
    found = estimate([survey([0.2, 0.2, 0.4, 0.4], [0.5, 0.5, 0.5, 0.5], {0: 1, 1: 0})])
    assert found.defects == pytest.approx(1.2 + 0.8 / 0.5 - 0.2 / 0.5)
    assert (found.cases, found.drawn, found.returned) == (4, 2, 2)
    assert found.rate.value == pytest.approx(2.4 / 4)


def test_a_full_count_has_no_error() -> None:
    """Every case drawn and reviewed: the rate is the count and its interval a point."""
    found = estimate([survey([0.9, 0.1, 0.5], [1, 1, 1], {0: 0, 1: 1, 2: 0})])
    assert found.defects == pytest.approx(1)
    assert (found.rate.low, found.rate.value, found.rate.high) == pytest.approx((1 / 3,) * 3)


def test_mandatory_cases_count_for_themselves_alone() -> None:
    """All mandatory cases are defects and no other: the rate is their share, not their rate."""
    risks, found = [0.5] * 2 + [0.01] * 98, {0: 1, 1: 1} | dict.fromkeys(range(2, 51), 0)
    chances = [1.0] * 2 + [0.5] * 98
    about = estimate([survey(risks, chances, found, ruled={0, 1})])
    assert about.rate.value == pytest.approx(2 / 100, abs=0.001)
    assert about.rate.high < 0.1


def test_mean_place_by_hand() -> None:
    """Places 0.5 and 2.5 stand for no defect and defect; 20 reviews of 40 cases correct 0.9."""
    outcomes = dict.fromkeys(range(16), 0) | dict.fromkeys(range(16, 20), 1)
    places = dict.fromkeys(range(16), 0.0) | dict.fromkeys(range(16, 20), 2.0)
    one = survey([0.2] * 40, [0.5] * 40, outcomes, places)
    found = estimate([one], places=(0.5, 2.5))
    assert found.mean_place is not None
    corrected = (16 * (0.0 - 0.9) + 4 * (2.0 - 0.9)) / 0.5
    assert found.mean_place.value == pytest.approx(0.9 + corrected / 40)


def test_reviews_not_returned_widen_the_bounds() -> None:
    """Half the reviews are out: the estimate lies between the best and the worst case."""
    whole = survey([0.1] * 40, [0.5] * 40, dict.fromkeys(range(20), 0) | {0: 1, 1: 1})
    part = Survey(whole.frame, whole.drawn, whole.outcomes.head(10))
    found = estimate([part])
    assert (found.drawn, found.returned) == (20, 10)
    assert found.unreturned is not None
    bounds, worst = found.unreturned.bounds, found.unreturned.worst
    assert sum(part.drawn - part.returned for part in found.unreturned.response) == 10
    assert (worst.low or 1) < 2 / 20
    assert (worst.high or 0) > 12 / 20
    assert worst.low <= bounds.low <= found.rate.low < found.rate.high <= bounds.high <= worst.high
    assert estimate([whole]).unreturned is None
    assert found.rate.high > estimate([whole]).rate.high


def test_hand_picked_reviews_are_left_out() -> None:
    """A review of a case that was not drawn changes nothing but the count of such reviews."""
    plain = survey([0.1] * 10, [0.5] * 10, {0: 0, 1: 1, 2: 0, 3: 0, 4: 0})
    extra = pl.DataFrame(
        {"case_id": ["c9"], "defect": [1.0], "place": [None]}, plain.outcomes.schema
    )
    more = Survey(plain.frame, plain.drawn, pl.concat([plain.outcomes, extra]))
    assert estimate([more]).defects == estimate([plain]).defects
    assert estimate([more]).hand_picked == 1


def test_plans_of_different_batches_add_up() -> None:
    """Defects and cases add up; two batches know more than one."""
    one = survey([0.1] * 60, [0.5] * 60, dict.fromkeys(range(30), 0) | {0: 1, 1: 1, 2: 1})
    renamed = pl.col("case_id").str.replace("c", "d")
    other = Survey(
        one.frame.with_columns(renamed),
        [case.replace("c", "d") for case in one.drawn],
        one.outcomes.with_columns(renamed),
    )
    both = estimate([one, other])
    assert both.cases == 120
    assert both.defects == pytest.approx(2 * estimate([one]).defects)
    assert width(both) < width(estimate([one]))


def width(found: Estimate) -> float:
    """Of the interval."""
    return (found.rate.high or 0.0) - (found.rate.low or 0.0)


@pytest.mark.parametrize(
    ("surveys", "sentence"),
    [
        ([survey([0.1] * 4, [1, 0, 0, 0], {0: 0}, ruled={0})], "3 of 4 cases had an inclusion"),
        ([survey([0.1] * 2, [1, 1], {0: 0, 1: 1}, ruled={0, 1})], "Every case of the frame was"),
        ([Survey(frame([0.1] * 2).with_columns(inclusion_probability=0.5), ["c0"],
                 survey([0.1], [1], {}).outcomes)], "None of the 1 cases that were drawn"),
    ],
)  # fmt: skip
def test_what_cannot_be_estimated_is_refused(surveys: list[Survey], sentence: str) -> None:
    """The sentence says why these reviews cannot speak for all cases."""
    with pytest.raises(Refused) as caught:
        estimate(surveys)
    assert sentence in str(caught.value)


def test_a_closing_in_two_frames_is_a_mistake_of_the_caller() -> None:
    """Frames that overlap go through `counted_once` first."""
    with pytest.raises(ValueError, match="a closing stands in two frames"):
        estimate([survey([0.1] * 4, [0.5] * 4, {0: 0})] * 2)


def test_few_reviews_give_a_range_and_no_figure() -> None:
    """Five reviews without a defect: the ends stand, the value and the mean place do not."""
    few = survey([0.02] * 500, [0.01] * 500, dict.fromkeys(range(5), 0))
    found = estimate([few], places=(0.5, 2.5))
    assert (found.rate.value, found.rate.absent, found.mean_place) == (None, "too_few", None)
    assert (found.rate.low or 0.0) < 0.02
    assert (found.rate.high or 0.0) > 0.1
    assert {group.rate.value for groups in found.groups.values() for group in groups} == {None}


@pytest.mark.parametrize("model", ["good", "useless", "wrong way round"])
def test_unbiased_and_covered_whatever_the_model(model: str) -> None:
    """400 draws of 120: bias below 0.2 standard errors (4 sd of the mean), covered in 93 %."""
    truth = np.sort(RISKS)
    risks = {
        "good": truth,
        "useless": np.random.default_rng(2).permutation(truth),
        "wrong way round": truth[::-1],
    }[model]
    y = np.random.default_rng(3).random(truth.size) < truth
    cases = frame(risks, handlers=np.arange(truth.size) % 12, units=np.arange(truth.size) % 3)
    plan = draw_plan(cases, parameters(capacity=120, search_share=0.6))
    kept = with_cells(plan.frame)
    pi, cell = kept["inclusion_probability"].to_numpy(), kept["cell"].to_numpy()
    known = pl.DataFrame({"case_id": cases["case_id"], "defect": y * 1.0}).sort("case_id")
    found = []
    for seed in range(400):
        luck = tickets(str(seed), kept["case_id"].to_list())
        outcomes = known.filter(pl.Series(draw(pi, cell, np.arange(12) // 4, luck)))
        found.append(estimate([Survey(plan.frame, list(outcomes["case_id"]), outcomes)]))
    totals = np.array([one.defects for one in found])
    inside = [(one.rate.low or 0) <= y.mean() <= (one.rate.high or 0) for one in found]
    assert abs(totals.mean() - y.sum()) < 0.2 * totals.std()
    assert np.mean(inside) >= 0.93


def test_a_model_far_off_does_not_run_away() -> None:
    """Extreme log-odds and outcomes that contradict them: finite, and the optimum is found."""
    p = np.r_[np.full(200, 1e-4), np.full(200, 1 - 1e-4)]
    y = 1.0 - np.round(p)
    found = corrected_risks(p, y, np.ones(400, bool))
    again = corrected_risks(p, y, np.ones(400, bool))
    assert np.isfinite(found).all()
    assert found == pytest.approx(again)
    assert found[:200].mean() > 0.5


def test_no_mandatory_review_back_is_bounded_not_refused() -> None:
    """The model stands in for mandatory cases nobody has reviewed yet."""
    found = dict.fromkeys(range(5, 25), 0) | {5: 1}
    one = survey([0.5] * 5 + [0.05] * 40, [1.0] * 5 + [0.5] * 40, found, ruled=range(5))
    waiting = Survey(one.frame, [*one.drawn, *(f"c{i}" for i in range(5))], one.outcomes)
    about = estimate([waiting])
    assert (about.drawn, about.returned) == (25, 20)
    assert about.unreturned is not None
    assert (
        about.unreturned.worst.low < about.rate.low < about.rate.high < about.unreturned.worst.high
    )


def test_a_full_count_withholds_no_group() -> None:
    """With every case reviewed each unit's rate is known, without shrinking."""
    units = np.array([1, 1, 2, 2])
    one = survey([0.3] * 4, [1.0] * 4, {0: 1, 1: 0, 2: 0, 3: 0}, units=units)
    rates = [(group.rate.value, group.shrunk) for group in estimate([one]).groups["unit"]]
    assert rates == [(0.5, 0.0), (0.0, 0.0)]


def test_the_reviews_correct_a_model_that_is_upside_down() -> None:
    """After 200 reviews that contradict it, low risks are believed to be higher than high ones."""
    p = np.linspace(0.02, 0.5, 1000)
    seen = np.arange(1000) % 5 == 0
    y = (np.random.default_rng(4).random(1000) < p[::-1]).astype(float)
    found = corrected_risks(p, y, seen)
    assert found[:100].mean() > found[-100:].mean() + 0.1
    assert corrected_risks(p, y, np.zeros(1000, bool)) == pytest.approx(p)


def test_groups_are_drawn_towards_the_whole_and_not_ranked() -> None:
    """Groups in order of name; a group that says little is withheld."""
    units = np.repeat([2, 1, 3], [600, 590, 10])
    y = np.random.default_rng(5).random(1200) < np.where(units == 2, 0.3, 0.1)
    picked = {int(i): int(y[i]) for i in range(0, 1200, 3)}
    one = survey(np.full(1200, 0.15), np.full(1200, 1 / 3), picked, units=units)
    groups = estimate([one]).groups["unit"]
    assert [group.name for group in groups] == ["u1", "u2", "u3"]
    assert groups[2].rate.absent == "too_few"
    low, high = groups[0], groups[1]
    assert 0 < low.shrunk < 1
    raw = np.mean([y[i] for i in picked if units[i] == 2])
    whole = estimate([one]).rate.value or 0.0
    assert whole < (high.rate.value or 0.0) < raw


def test_equal_groups_are_told_alike() -> None:
    """Where groups differ no more than luck explains, each is drawn wholly to the whole."""
    units = np.arange(900) % 3
    y = (np.arange(900) // 3) % 10 == 0
    picked = {int(i): int(y[i]) for i in range(900) if (i // 3) % 2 == 0}
    groups = estimate([survey(np.full(900, 0.1), np.full(900, 0.5), picked, units=units)]).groups[
        "unit"
    ]
    assert {round(group.shrunk, 9) for group in groups} == {1.0}
    assert len({round(group.rate.value or 0, 9) for group in groups}) == 1


def test_periods_are_quarters_of_closing() -> None:
    """The frame's cases are told by the quarter in which they were closed."""
    base = survey([0.1] * 40, [0.5] * 40, dict.fromkeys(range(20), 0) | {1: 1})
    closed = [datetime(2026, 1 + 3 * (i % 2), 5) for i in range(40)]
    cases = base.frame.with_columns(closed_at=pl.Series(closed, dtype=FRAME["closed_at"]))
    groups = estimate([Survey(cases, base.drawn, base.outcomes)]).groups["period"]
    assert [(group.name, group.cases) for group in groups] == [("2026-Q1", 20), ("2026-Q2", 20)]


def test_second_readings_correct_the_rate() -> None:
    """Two readings that always agree leave the rate; none, or few with a defect, do not correct."""
    outcomes = {i: int(i % 4 == 0) for i in range(200)}
    one = survey([0.25] * 400, [0.5] * 400, outcomes)
    assert estimate([one]).without_errors is None
    agreed = one.outcomes.select("case_id", "defect", second="defect")
    error = estimate([replace(one, readings=agreed)]).without_errors
    assert error is not None
    assert (error.sensitivity.value, error.specificity.value) == (1, 1)
    assert error.rate.value == pytest.approx(estimate([one]).rate.value, abs=0.01)
    few = estimate([replace(one, readings=agreed.head(20))]).without_errors
    assert few is not None
    assert (few.rate.value, few.rate.absent, few.rate.n) == (None, "too_few", 20)


def test_errors_are_those_of_one_reviewer() -> None:
    """Consolidated grades change the rate; what is corrected is the rate that one reader finds."""
    alone = survey([0.25] * 400, [0.5] * 400, {i: int(i % 4 == 0) for i in range(200)})
    readings = alone.outcomes.select("case_id", "defect", second="defect")
    alone = replace(alone, readings=readings)
    agreed = alone.outcomes.with_columns(defect=pl.lit(1.0))
    both = replace(alone, outcomes=agreed, first=alone.outcomes)
    found, without = estimate([both]), estimate([alone])
    assert found.rate.value == pytest.approx(1.0)
    assert found.without_errors == without.without_errors


def test_own_checks_are_judged_by_the_reviews() -> None:
    """A full count: the self check failed 8 of 10 defects; a check that fails none is left out."""
    outcomes = {i: int(i < 10) for i in range(100)}
    one = survey([0.1] * 100, [1.0] * 100, outcomes)
    ids = [f"c{i}" for i in range(100)]
    passed = {"self_check": [i >= 8 for i in range(100)], "verification": [True] * 100}
    checks = pl.DataFrame({"case_id": ids, **passed})
    found = estimate([replace(one, checks=checks)]).own_checks
    assert list(found) == ["self_check"]
    assert (found["self_check"].passed, found["self_check"].failed) == (92, 8)
    assert found["self_check"].missed.value == pytest.approx(2 / 92)
    assert found["self_check"].caught.value == pytest.approx(0.8)
    assert found["self_check"].by_dimension == ()
    assert estimate([one]).own_checks == {}


def test_what_a_check_catches_by_dimension() -> None:
    """All ten defects are in facts, eight of them caught; one is in papers: too few."""
    outcomes = {i: int(i < 10) for i in range(100)}
    one = survey([0.1] * 100, [1.0] * 100, outcomes)
    named = [["facts", "papers"] if i == 0 else ["facts"] for i in range(100)]
    found = one.outcomes.with_columns(dimensions=pl.Series(named))
    checks = pl.DataFrame(
        {
            "case_id": [f"c{i}" for i in range(100)],
            "self_check": [i >= 8 for i in range(100)],
            "verification": [None] * 100,
        },
        schema_overrides={"verification": pl.Boolean},
    )
    names = {"papers": Text(en="documents"), "facts": Text(en="facts"), "effect": Text(en="effect")}
    surveyed = estimate([replace(one, outcomes=found, checks=checks)], dimensions=names)
    papers, facts = surveyed.own_checks["self_check"].by_dimension
    assert (papers.meaning, papers.caught.absent, papers.caught.n) == (
        names["papers"],
        "too_few",
        1,
    )
    assert (facts.code, facts.caught.n) == ("facts", 10)
    assert facts.caught.value == pytest.approx(0.8)
    assert facts.caught.low is not None
    assert facts.caught.low < 0.6
