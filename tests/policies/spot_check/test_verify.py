"""Tests of verification: a plan that was touched is known from one that was not."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from policies.seeds import commitment
from policies.spot_check.planning import draw_plan
from policies.spot_check.verify import Kept, listed, verify
from tests.factories.frames import frame, parameters

PLAN = draw_plan(frame(np.linspace(0.05, 0.6, 40)), parameters(capacity=10, seed="dice"))
KEPT = Kept(PLAN.describe(), PLAN.frame, listed(PLAN.lines))


def touched(**changes: Any) -> Kept:
    """The kept plan with some of what `plan.json` holds replaced."""
    return Kept(KEPT.manifest | changes, KEPT.frame, KEPT.lines)


def test_an_untouched_plan_matches() -> None:
    """One sentence says that the same cases are drawn again."""
    verified = verify(KEPT, commitment("dice"))
    assert verified.matches
    assert str(verified.sentence).startswith("It matches: the same 10 of 40 cases")


SEED = KEPT.manifest["parameters"] | {"seed": "other"}
FRAME = KEPT.frame.with_columns(risk=pl.when(pl.col("case_id") == "c7").then(0.9).otherwise("risk"))
PROBABILITY = KEPT.frame.with_columns(
    inclusion_probability=pl.when(pl.col("case_id") == "c3")
    .then(0.9)
    .otherwise("inclusion_probability")
)


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        (touched(parameters=SEED), "`plan.csv` has case_id"),
        (touched(parameters={"capacity": "many"}), "does not hold the parameters"),
        (touched(parameters=None), "does not hold the parameters"),
        (touched(parameters=KEPT.manifest["parameters"] | {"capacity": 0}), "no plan can be drawn"),
        (touched(plan_id="0"), "has another plan_id"),
        (Kept(KEPT.manifest, FRAME, KEPT.lines), "not the frame that `plan.json` was made from"),
        (Kept(KEPT.manifest, PROBABILITY, KEPT.lines), "gives case c3 the probability 0.9"),
        (Kept(KEPT.manifest, KEPT.frame, KEPT.lines[:-1]), "`plan.csv` has 9 cases, the draw 10."),
        (
            Kept(KEPT.manifest, KEPT.frame, KEPT.lines.with_columns(case_id=pl.lit("c0"))),
            "`plan.csv` has case_id c0 at rank 1, the draw c39.",
        ),
        (
            Kept(KEPT.manifest, KEPT.frame, KEPT.lines.with_columns(second_review=pl.lit("true"))),
            "`plan.csv` has second_review true at rank 1",
        ),
        (touched(outlook={}), "`plan.json` has another outlook than the draw."),
    ],
)
def test_the_first_difference_is_named(kept: Kept, sentence: str) -> None:
    """Whatever was changed, the sentence says where the plan first differs."""
    verified = verify(kept)
    assert not verified.matches
    assert sentence in str(verified.sentence)


def test_a_seed_chosen_after_the_commitment_is_found_out() -> None:
    """The published hash binds the office to its seed."""
    assert "commitment was published" in str(verify(KEPT, commitment("better dice")).sentence)
