"""Whether a claim about a plan's cases is shown, review by review in the plan's order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from evaluation.surveys.claims import Batch, Claim, claim_of, together
from evaluation.surveys.estimate import Survey
from policies.spot_check.plan import FRAME, SpotCheckPlan
from policies.spot_check.planning import draw_plan
from policies.spot_check.reading import reading_order
from tests.factories.frames import frame, parameters

PLAN = draw_plan(frame([0.05] * 1000, ruled={0, 1}), parameters(capacity=402, seed="s"))
AT_RANDOM = PLAN.lines.filter(pl.col("selected_by") == "lottery")["case_id"]
ORDER = reading_order("s", AT_RANDOM).to_list()


def batch(outcomes: dict[str, float], plan: SpotCheckPlan = PLAN, seed: str = "s") -> Batch:
    """A plan with these outcomes."""
    found = {"case_id": list(outcomes), "defect": list(outcomes.values())}
    reviews = pl.DataFrame(found, schema={"case_id": pl.String, "defect": pl.Float64})
    survey = Survey(plan.frame, plan.lines["case_id"].to_list(), reviews)
    return Batch(survey, plan.frame, seed)


def claim(outcomes: dict[str, float], at_most: float = 0.1) -> Claim:
    """What the reviews show of it."""
    return claim_of(batch(outcomes), at_most)


def test_the_reading_order_is_drawn() -> None:
    """Each case once; another seed, another order; not that of the ids."""
    assert sorted(ORDER) == sorted(AT_RANDOM)
    assert reading_order("t", AT_RANDOM).to_list() != ORDER != sorted(ORDER)


def test_good_reviews_in_order_show_the_claim() -> None:
    """400 without a defect, and two mandatory ones: shown long before the last, and for good."""
    good = claim(dict.fromkeys(["c0", "c1", *ORDER], 0.0))
    assert (good.cases, good.drawn, good.read, good.next_to_read) == (1000, 400, 400, ())
    assert good.shown_after is not None
    assert good.shown_after < 100
    part = claim(dict.fromkeys(ORDER[: good.shown_after - 1], 0.0))
    assert (part.shown_after, part.more_after) == (None, None)
    assert part.evidence < 20


def test_a_claim_rests_on_grades_that_do_not_change() -> None:
    """A consolidated grade comes after a look at the first one, so the first one counts."""
    first = batch(dict.fromkeys(ORDER, 0.0))
    agreed = batch(dict.fromkeys(ORDER, 1.0)).survey.outcomes
    survey = replace(first.survey, outcomes=agreed, first=first.survey.outcomes)
    assert claim_of(replace(first, survey=survey), 0.1) == claim_of(first, 0.1)


def test_a_gap_ends_what_was_read() -> None:
    """Reviews behind one that is missing do not count yet; the missing one is next to read."""
    found = claim(dict.fromkeys([*ORDER[:5], *ORDER[6:300]], 0.0))
    assert (found.read, found.shown_after) == (5, None)
    assert found.next_to_read == (ORDER[5], *ORDER[300:309])
    assert found.waiting == 294


def test_certain_cases_use_up_the_claim() -> None:
    """Two mandatory cases, defective or unread, are all that 0.2 % of 1,000 cases allow."""
    good, bad = claim({"c0": 0.0, "c1": 0.0}, 0.001), claim({"c0": 1.0}, 0.001)
    assert (good.possible, bad.possible) == (True, False)
    assert good.evidence == 1
    assert (bad.more_after, claim({"c0": 1.0, "c1": 1.0}, 0.001).more_after) == (None, 0)


def test_a_false_claim_is_rarely_shown() -> None:
    """11 % of the cases are defective: in at most 5 % of draws (three errors) shown below 10 %."""
    rng, shown = np.random.default_rng(3), 0
    everyone = PLAN.frame.filter(pl.col("rule").is_null())["case_id"]
    for _trial in range(300):
        defects = set(rng.choice(everyone.to_numpy(), 110, replace=False))
        outcomes = {case: float(case in defects) for case in ORDER}
        shown += claim(outcomes).shown_after is not None
    assert shown / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_many_defects_show_that_there_are_more() -> None:
    """Every third case read is a defect: more than 10 %, and never at most 10 %."""
    found = claim({case: float(number % 3 == 0) for number, case in enumerate(ORDER)})
    assert found.more_after is not None
    assert found.shown_after is None


@pytest.mark.parametrize("seed", ["s", "t"])
def test_nothing_read_is_no_evidence(seed: str) -> None:
    """The evidence starts at 1."""
    found = claim_of(batch({}, seed=seed), 0.1)
    assert (found.read, found.evidence, found.shown_after) == (0, 1.0, None)


OTHER = draw_plan(
    PLAN.frame.select(*FRAME).with_columns(case_id=pl.lit("x") + pl.col("case_id")),
    parameters(capacity=402, seed="o"),
)
OTHERS = reading_order(
    "o", OTHER.lines.filter(pl.col("selected_by") == "lottery")["case_id"]
).to_list()


def test_two_plans_show_more_than_one() -> None:
    """40 good cases of either plan show nothing of their own, and of both together they do."""
    first = batch(dict.fromkeys(["c0", "c1", *ORDER[:40]], 0.0))
    second = batch(dict.fromkeys(["xc0", "xc1", *OTHERS[:40]], 0.0), OTHER, "o")
    both = together([first, second], 0.1)
    assert (both.plans, both.cases, both.read, both.shown, both.more) == (2, 2000, 80, True, False)
    assert claim_of(first, 0.1).shown_after is None
    assert together([first, batch({}, OTHER, "o")], 0.1).evidence < 1.01


def test_two_plans_show_that_there_are_more() -> None:
    """A third of the cases read of both is defective."""
    found = ({case: float(n % 3 == 0) for n, case in enumerate(ids)} for ids in (ORDER, OTHERS))
    batches = (batch(one, *of) for one, of in zip(found, ((), (OTHER, "o")), strict=True))
    both = together([*batches], 0.1)
    assert (both.shown, both.more) == (False, True)


def test_a_closing_that_counts_elsewhere_is_no_defect_here() -> None:
    """What counts in another plan is not awaited, and its defects are not counted."""
    whole = batch(dict.fromkeys(["c0", "c1", *ORDER], 1.0))
    half = PLAN.frame.filter(pl.col("case_id").is_in(ORDER).not_())
    part = Batch(replace(whole.survey, frame=half), PLAN.frame, "s")
    found = together([part], 0.1)
    assert (found.cases, found.read) == (half.height, 400)
    assert found.evidence > 1 > together([whole], 0.1).evidence
