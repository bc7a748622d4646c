"""Tests of the spot-check plan: what is drawn, with which chance, and why."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import BadInput, Refused
from cases.office.model import Quota
from policies.spot_check.plan import FRAME, PlanParameters, SpotCheckPlan, why
from policies.spot_check.planning import draw_plan, floor_cost
from policies.tickets import FORMATS
from tests.factories.frames import frame, parameters, plan
from tests.factories.office import office

RULE = {"code": "acquittal", "meaning": {"en": "acquitted"}, "when": [{"event": "decided"}]}
OFFICE = office(rules=[RULE, RULE | {"code": "compensation", "counts": False}])

SIX_CASES = """
case_id | risk | rule
a       | 0.10 | -
b       | 0.90 | -
c       | 0.20 | acquittal
d       | 0.50 | -
e       | 0.30 | -
f       | 0.30 | -
"""


def chances(result: SpotCheckPlan) -> dict[str, float]:
    """The stated probability of every case."""
    return dict(result.frame.select("case_id", "inclusion_probability").iter_rows())


def test_the_survey_end_is_neymans_allocation() -> None:
    """At search share 0 chances are proportional to sqrt(p (1 - p)); the rule's case is certain."""
    found = chances(plan(SIX_CASES, search_share=0.0, capacity=3))
    spread = {
        case: (p * (1 - p)) ** 0.5
        for case, p in zip("abdef", (0.1, 0.9, 0.5, 0.3, 0.3), strict=True)
    }
    expected = {case: 2 * part / sum(spread.values()) for case, part in spread.items()}
    assert found == pytest.approx(expected | {"c": 1.0}, abs=1e-3)


def test_the_search_end_is_the_top_of_the_list() -> None:
    """At search share 1 the two highest risks are all but certain, and no chance is zero."""
    found = chances(plan(SIX_CASES, search_share=1.0, capacity=3))
    assert found["b"] > 0.98
    assert found["d"] > 0.97
    assert 0 < min(found.values()) < 0.02


def test_equal_risks_have_equal_chances() -> None:
    """Nothing but the risk, the rule and the quotas decides about a chance."""
    found = chances(plan(SIX_CASES))
    assert found["e"] == pytest.approx(found["f"])


def test_lines_are_ordered_by_risk_and_say_how_each_was_selected() -> None:
    """The riskiest case comes first, whichever way it got on the list."""
    lines = plan(SIX_CASES, capacity=6).lines
    assert lines["case_id"].to_list() == ["b", "d", "e", "f", "c", "a"]
    assert dict(lines.select("case_id", "selected_by").iter_rows()) == {
        case: "mandatory" if case == "c" else "search" for case in "abcdef"
    }
    assert lines["rank"].to_list() == [1, 2, 3, 4, 5, 6]


def test_more_mandatory_cases_than_capacity() -> None:
    """All mandatory cases stay on the list; a note says by how many they exceed it."""
    result = plan(SIX_CASES.replace("| -", "| acquittal"))
    assert result.drawn == {"mandatory": 6}
    assert "take the whole capacity of 4 and exceed it by 2" in str(result.notes[0])
    assert "say nothing about" in str(result.notes[0])
    assert [one.margin for one in result.outlook] == [None]


def test_rules_outside_the_capacity() -> None:
    """A mandatory case whose rule does not count leaves the whole capacity to the others."""
    text = SIX_CASES.replace("acquittal", "compensation")
    drawn = plan(text, outside_capacity=("compensation",)).drawn
    assert drawn.pop("mandatory") == 1
    assert sum(drawn.values()) == 4


def test_outlook_compares_the_plan_with_other_choices() -> None:
    """Expected defects by hand: at random 2/5 of 2.1 + 0.2, from the top 0.9 + 0.5 + 0.2."""
    by_choice = {one.choice: one for one in plan(SIX_CASES, capacity=3).outlook}
    assert by_choice["all_random"].expected_defects == pytest.approx(0.2 + 2.1 * 2 / 5)
    assert by_choice["top_of_the_list"].expected_defects == pytest.approx(0.2 + 1.4)
    assert by_choice["top_of_the_list"].margin is None
    variance = (5 / 2 - 1) * (0.09 + 0.09 + 0.25 + 0.21 + 0.21)
    assert by_choice["all_random"].margin == pytest.approx(1.96 * variance**0.5 / 6, rel=1e-4)
    lower, upper = (by_choice[one].expected_defects for one in ("all_random", "top_of_the_list"))
    assert lower < by_choice["plan"].expected_defects < upper


@pytest.mark.parametrize("margin", [0.036, 0.04, 0.06])
def test_a_wanted_margin_is_what_the_plan_expects(margin: float) -> None:
    """The margin asked for is the one the outlook states, to half a percent of itself."""
    risks = np.linspace(0.01, 0.5, 2000)
    result = draw_plan(frame(risks), parameters(capacity=400, margin=margin))
    assert result.outlook[0].margin == pytest.approx(margin, rel=0.005)


def test_more_margin_finds_more_defects() -> None:
    """One knob: who can live with a wider interval finds more."""
    risks = np.linspace(0.01, 0.5, 2000)
    found = [
        draw_plan(frame(risks), parameters(capacity=400, margin=margin)).outlook[0].expected_defects
        for margin in (0.036, 0.04, 0.06)
    ]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_an_unreachable_margin_is_refused_with_what_it_would_take() -> None:
    """The sentence names the best margin and the reviews it takes, and those suffice."""
    risks = np.full(1000, 0.5)
    with pytest.raises(Refused, match=r"after the mandatory ones: the best is 9.30%. It takes"):
        draw_plan(frame(risks), parameters(capacity=100, margin=0.05))
    with pytest.raises(Refused) as caught:
        draw_plan(frame(risks), parameters(capacity=100, margin=0.05))
    needed = int(str(caught.value).split("about ")[1].split()[0])
    assert draw_plan(frame(risks), parameters(capacity=needed, margin=0.05)).lines.height == needed
    with pytest.raises(Refused):
        draw_plan(frame(risks), parameters(capacity=needed - 1, margin=0.05))


def test_the_format_of_a_draw_decides_its_tickets_and_nothing_else() -> None:
    """Probabilities are the same, the cases drawn are not, and neither is the plan's id."""
    cases = frame(np.linspace(0.05, 0.4, 500))
    old, new = (
        draw_plan(cases, parameters(capacity=95, second_share=0.1), draw_format)
        for draw_format in FORMATS
    )
    assert old.frame.equals(new.frame)
    assert set(old.lines["case_id"]) != set(new.lines["case_id"])
    assert old.plan_id != new.plan_id
    assert [plan.describe()["format"] for plan in (old, new)] == [1, 2]


def test_a_second_reviewer_reads_a_random_share() -> None:
    """A tenth of the drawn cases, rounded up, is read twice; another seed takes others."""
    risks = np.linspace(0.05, 0.4, 500)
    first, other = (
        draw_plan(frame(risks), parameters(capacity=95, second_share=0.1, seed=seed)).lines
        for seed in ("1", "2")
    )
    twice = [set(one.filter("second_review")["case_id"]) for one in (first, other)]
    assert [len(one) for one in twice] == [10, 10]
    assert twice[0] != twice[1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"capacity": 0}, 'capacity, value "0": is too small. Ask for at least 1 review.'),
        ({"search_share": 1.5}, 'search_share, value "1.5": is not a share between 0 and 1.'),
        (
            {"margin": 0.0},
            'margin, value "0.0": is not a share between 0.0001 and 1. Give a number from 0.0001',
        ),
        ({"seed": "a\ud800"}, "seed: is not a seed. Give 1 to 100 letters or digits; it has 2."),
        (
            {"text": SIX_CASES.replace("0.90", "1.90")},
            'value "1.9": of case b is not a probability.',
        ),
        ({"seed": ""}, "seed: is not a seed. Give 1 to 100 letters or digits; it has 0."),
        ({"text": SIX_CASES + "a | 0.2 | -"}, 'value "a": stands more than once'),
    ],
)
def test_impossible_parameters(changes: dict[str, Any], sentence: str) -> None:
    """Parameters out of bounds are refused with a sentence that says why."""
    with pytest.raises(BadInput, match="plan") as caught:
        plan(**{"text": SIX_CASES} | changes)
    assert sentence in str(caught.value)


@given(
    risks=st.lists(st.floats(0, 1), max_size=30),
    ruled=st.sets(st.integers(0, 29)),
    capacity=st.integers(1, 40),
    share=st.floats(0, 1),
    seed=st.text(min_size=1, max_size=8).filter(str.isprintable),
)
def test_every_draw_keeps_its_promises(
    risks: list[float], ruled: set[int], capacity: int, share: float, seed: str
) -> None:
    """Size, uniqueness, positive probabilities and order hold for any frame and request."""
    handlers = [i % 4 for i in range(len(risks))]
    cases = frame(risks, handlers, units=[h % 2 for h in handlers], ruled=ruled)
    result = draw_plan(cases, parameters(capacity=capacity, search_share=share, seed=seed))

    mandatory = len(ruled & set(range(len(risks))))
    size = max(mandatory, min(capacity, len(risks)))
    assert result.lines.height == size
    assert not result.lines["case_id"].is_duplicated().any()
    stated = result.frame["inclusion_probability"]
    assert stated.sum() == pytest.approx(size)
    assert stated.is_between(0, 1).all()
    assert (stated > 0).all() or capacity <= mandatory
    assert set(result.lines["case_id"]) >= {f"c{i}" for i in ruled if i < len(risks)}
    assert result.lines["risk"].is_sorted(descending=True)


@given(
    places=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=5, max_size=60),
    least=st.integers(0, 4),
    more=st.integers(0, 6),
    in_unit=st.integers(0, 12),
    size=st.integers(1, 40),
    share=st.floats(0, 1),
)
def test_quotas_are_met_with_exact_chances_or_refused(
    places: list[tuple[int, int]], least: int, more: int, in_unit: int, size: int, share: float
) -> None:
    """Whatever the quotas, the chances add up to the size, none is zero, and all are met."""
    handlers, units = zip(*places, strict=True)
    risks = np.random.default_rng(len(places)).beta(1, 5, len(places))
    quotas = {
        "per_handler": Quota(at_least=least, at_most=least + more),
        "per_unit": Quota(at_least=in_unit),
    }
    try:
        cases = frame(risks, handlers, units)
        plan_ = draw_plan(cases, parameters(capacity=size, search_share=share, **quotas))
    except Refused:
        return
    stated = plan_.frame["inclusion_probability"]
    assert stated.sum() == pytest.approx(plan_.lines.height, abs=1e-6)
    assert plan_.lines.height == min(size, len(places))
    assert (stated > 0).all()
    drawn = Counter(plan_.lines["handler"])
    for handler, count in Counter(f"h{one}" for one in handlers).items():
        assert min(least, count) <= drawn[handler] <= least + more


def test_replay_and_identity() -> None:
    """The same request gives the same plan and name; another seed gives another name."""
    first, again, other = (plan(SIX_CASES, seed=seed) for seed in ("1", "1", "2"))
    assert first.lines.equals(again.lines)
    assert first.plan_id == again.plan_id != other.plan_id
    assert first.frame_hash == other.frame_hash


def test_a_request_takes_from_the_office_file_what_it_does_not_say() -> None:
    """A search share asked for puts the office's own margin aside; a seed is made if none is."""
    own = office(
        rules=[RULE | {"counts": False}],
        spot_checks={"margin": 0.03, "per_unit": {"at_least": 2}},
    )
    asked = {"as_of": parameters().as_of, "capacity": 4}
    assert PlanParameters.of(own, **asked).margin == 0.03
    by_share = PlanParameters.of(own, **asked, search_share=0.4)
    assert (by_share.margin, by_share.search_share) == (None, 0.4)
    assert by_share.per_unit == Quota(at_least=2)
    assert by_share.outside_capacity == ("acquittal",)
    seeds = {PlanParameters.of(own, **asked).seed for _ in range(3)}
    assert len(seeds) == 3
    assert {len(seed) for seed in seeds} == {32}


def test_every_line_says_why() -> None:
    """A line names its rule, the search, or the random draw with its probability."""
    result = plan(SIX_CASES, capacity=3, search_share=0.9)
    by_how = {line["selected_by"]: why(line, OFFICE) for line in result.lines.rows(named=True)}
    assert str(by_how["mandatory"]) == "rule: acquitted"
    drawn = {"selected_by": "lottery", "inclusion_probability": 1 / 3, "rule": None}
    assert "inclusion probability 33.33%" in str(why(drawn, OFFICE))
    assert str(why(drawn | {"selected_by": "search"}, OFFICE)).startswith("search:")


def test_quotas_hold_in_every_draw() -> None:
    """Two cases of each handler at least, three at most, four of each unit: in 100 of 100 draws."""
    rng = np.random.default_rng(7)
    handlers = rng.integers(0, 8, 160)
    cases = frame(rng.beta(1, 8, 160), handlers, units=handlers % 3)
    counts: Counter[int] = Counter()
    for seed in range(100):
        quotas = {"per_handler": Quota(at_least=2, at_most=3), "per_unit": Quota(at_least=5)}
        lines = draw_plan(cases, parameters(capacity=20, seed=str(seed), **quotas)).lines
        by_handler = lines["handler"].value_counts()["count"]
        by_unit = lines["unit"].value_counts()["count"]
        counts[lines.height] += 1
        assert by_handler.len() == 8
        assert by_handler.is_between(2, 3).all()
        assert (by_unit >= 5).all()
    assert counts == {20: 100}


def test_frame_columns_are_kept() -> None:
    """The plan's frame is the frame it was given, with the probabilities."""
    cases = frame([0.1, 0.5, 0.3], ruled={1})
    kept = draw_plan(cases, parameters(capacity=2)).frame
    assert kept.select(*FRAME).equals(cases)
    assert kept.schema["inclusion_probability"] == pl.Float64


def test_the_floor_holds_and_its_price_is_stated() -> None:
    """No probability is below a tenth of an even draw's; the defects it costs are counted."""
    cases = frame(np.linspace(0.001, 0.3, 400))
    low = draw_plan(cases, parameters(capacity=40, search_share=0.9))
    high = draw_plan(cases, parameters(capacity=40, search_share=0.9, floor=0.1))
    assert min(chances(low).values()) < 0.05 * 40 / 400
    assert min(chances(high).values()) >= 0.1 * 40 / 400 * (1 - 1e-9)
    found = [result.outlook[0].expected_defects for result in (low, high)]
    assert floor_cost(low) == 0
    assert floor_cost(high) == pytest.approx(found[0] - found[1])
    assert 0 < floor_cost(high) < 0.1 * found[0]
    assert floor_cost(plan(SIX_CASES.replace("| -", "| acquittal"), floor=0.1)) == 0


def test_a_floor_under_quotas() -> None:
    """The floor is kept where quotas ask for most of the reviews, and refused where it cannot."""
    units = np.arange(400) % 2
    cases = frame(np.linspace(0.001, 0.3, 400), units=units)
    quotas = {"per_unit": Quota(at_least=18)}
    result = draw_plan(cases, parameters(capacity=40, floor=0.5, **quotas))
    assert min(chances(result).values()) >= 0.5 * 40 / 400 * (1 - 1e-9)
    others = frame(np.linspace(0.001, 0.3, 400), units=(np.arange(400) >= 40).astype(int))
    with pytest.raises(Refused, match="too few are left to draw from"):
        draw_plan(
            others.with_columns(unit=pl.col("unit").replace("u1", "")),
            parameters(capacity=40, floor=0.5, per_unit=Quota(at_least=30)),
        )


def test_a_plan_of_before_keeps_its_id() -> None:
    """Parameters without a floor and a doubt are those of a plan drawn before there were any."""
    before = parameters()
    dumped = before.model_dump(mode="json")
    assert "floor" not in dumped
    assert "doubt" not in dumped
    assert PlanParameters.model_validate(dumped) == before
    now = parameters(floor=0.1, doubt=0.25)
    assert PlanParameters.model_validate(now.model_dump(mode="json")) == now


def test_a_doubted_model_draws_more_of_what_it_calls_sure() -> None:
    """No variance below a quarter of the average one: the surest cases gain, the sum stays."""
    cases = frame(np.linspace(0.001, 0.5, 400))
    sure = draw_plan(cases, parameters(capacity=40, search_share=0.0))
    doubted = draw_plan(cases, parameters(capacity=40, search_share=0.0, doubt=0.25))
    assert chances(doubted)["c0"] > 2 * chances(sure)["c0"]
    assert sum(chances(doubted).values()) == pytest.approx(sum(chances(sure).values()))


def test_the_upper_end_allows_for_a_hidden_group() -> None:
    """It lies farther above than the margin; a full count has neither."""
    cases = frame(np.linspace(0.001, 0.3, 400))
    for way in draw_plan(cases, parameters(capacity=40)).outlook[:2]:
        assert way.margin is not None
        assert way.upper_margin is not None
        assert way.upper_margin > way.margin > 0
    assert draw_plan(cases, parameters(capacity=400)).outlook[0].upper_margin == 0


@pytest.mark.parametrize(("name", "value"), [("floor", 0.001), ("floor", 1.5), ("doubt", -0.1)])
def test_an_impossible_floor_is_a_fault(name: str, value: float) -> None:
    """The sentence says between what it must lie."""
    with pytest.raises(BadInput, match="is not a share between"):
        plan(SIX_CASES, **{name: value})
