"""Whether a claim about a plan's cases is shown, review by review in the plan's order."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.surveys.claims import claim_of
from evaluation.surveys.estimate import Survey
from policies.spot_check.planning import draw_plan
from policies.spot_check.reading import reading_order
from tests.factories.frames import frame, parameters

PLAN = draw_plan(frame([0.05] * 1000, ruled={0, 1}), parameters(capacity=402, seed="s"))
AT_RANDOM = PLAN.lines.filter(pl.col("selected_by") == "lottery")["case_id"]
ORDER = reading_order("s", AT_RANDOM).to_list()


def survey(outcomes: dict[str, float]) -> Survey:
    """The plan with these outcomes."""
    found = {"case_id": list(outcomes), "defect": list(outcomes.values())}
    reviews = pl.DataFrame(found, schema={"case_id": pl.String, "defect": pl.Float64})
    return Survey(PLAN.frame, PLAN.lines["case_id"].to_list(), reviews)


def test_the_reading_order_is_drawn() -> None:
    """Each case once; another seed, another order; not that of the ids."""
    assert sorted(ORDER) == sorted(AT_RANDOM)
    assert reading_order("t", AT_RANDOM).to_list() != ORDER != sorted(ORDER)


def test_good_reviews_in_order_show_the_claim() -> None:
    """400 without a defect, and two mandatory ones: shown long before the last, and for good."""
    claim = claim_of(survey(dict.fromkeys(["c0", "c1", *ORDER], 0.0)), "s", 0.1)
    assert (claim.cases, claim.drawn, claim.read, claim.next_to_read) == (1000, 400, 400, ())
    assert claim.shown_after is not None
    assert claim.shown_after < 100
    part = claim_of(survey(dict.fromkeys(ORDER[: claim.shown_after - 1], 0.0)), "s", 0.1)
    assert part.shown_after is None
    assert part.evidence < 20


def test_a_gap_ends_what_was_read() -> None:
    """Reviews behind one that is missing do not count yet; the missing one is next to read."""
    claim = claim_of(survey(dict.fromkeys([*ORDER[:5], *ORDER[6:300]], 0.0)), "s", 0.1)
    assert (claim.read, claim.shown_after) == (5, None)
    assert claim.next_to_read[0] == ORDER[5]
    assert len(claim.next_to_read) == 10


def test_certain_cases_use_up_the_claim() -> None:
    """Two mandatory cases, defective or unread, are all that 0.2 % of 1,000 cases allow."""
    good = claim_of(survey({"c0": 0.0, "c1": 0.0}), "s", 0.001)
    bad = claim_of(survey({"c0": 1.0}), "s", 0.001)
    assert (good.possible, bad.possible) == (True, False)
    assert good.evidence == 1


def test_a_false_claim_is_rarely_shown() -> None:
    """11 % of the cases are defective: in at most 5 % of draws (three errors) shown below 10 %."""
    rng, shown = np.random.default_rng(3), 0
    everyone = PLAN.frame.filter(pl.col("rule").is_null())["case_id"]
    for _trial in range(300):
        defects = set(rng.choice(everyone.to_numpy(), 110, replace=False))
        outcomes = {case: float(case in defects) for case in ORDER}
        shown += claim_of(survey(outcomes), "s", 0.1).shown_after is not None
    assert shown / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


@pytest.mark.parametrize("seed", ["s", "t"])
def test_nothing_read_is_no_evidence(seed: str) -> None:
    """The evidence starts at 1."""
    claim = claim_of(survey({}), seed, 0.1)
    assert (claim.read, claim.evidence, claim.shown_after) == (0, 1.0, None)
