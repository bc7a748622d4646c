"""Whether a kept plan is the one its frame, parameters and seed give: for those who distrust us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import ValidationError

from cases.errors import PlumblineError
from policies.plans import PlanParameters, SpotCheckPlan, commitment, frame_hash
from policies.spot_check import draw_plan

SAME_PROBABILITY = 1e-6  # another processor may round differently


@dataclass(frozen=True)
class Kept:
    """What was kept of a plan: what `describe` told, the frame, and the cases in their order."""

    told: Mapping[str, Any]
    frame: pl.DataFrame
    listed: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """Whether a plan is what it says, in one sentence."""

    matches: bool
    sentence: str


def verify(kept: Kept, published: str | None = None) -> Verified:
    """Draw the plan again and compare; the sentence says where it first differs.

    `published` is the commitment to the seed, if one was published before the draw.
    """
    difference = _difference(kept, published)
    if difference is not None:
        return Verified(False, f"It does NOT match: {difference}")
    return Verified(
        True,
        f"It matches: the same {len(kept.listed):,} of {kept.frame.height:,} cases are drawn "
        "again, in the same order, with the same probabilities.",
    )


def _difference(kept: Kept, published: str | None) -> str | None:
    try:
        wish = PlanParameters.model_validate(kept.told["parameters"])
    except (ValidationError, KeyError, TypeError, ValueError):
        return "plan.json does not hold the parameters of a plan."
    if published is not None and commitment(wish.seed) != published.strip().lower():
        return "the seed is not the one whose commitment was published."
    if frame_hash(kept.frame) != kept.told.get("frame_hash"):
        return "frame.parquet is not the frame that plan.json was made from (frame_hash)."
    try:
        again = draw_plan(kept.frame, wish)
    except PlumblineError as error:
        return f"no plan can be drawn from it. {error}"
    return _first_difference(kept, again)


def _first_difference(kept: Kept, again: SpotCheckPlan) -> str | None:
    both = kept.frame.join(again.frame, on="case_id", suffix="_again").sort("case_id")
    stated, drawn = pl.col("inclusion_probability"), pl.col("inclusion_probability_again")
    other = both.filter(((stated - drawn).abs() < SAME_PROBABILITY).not_().fill_null(True)).head(1)
    for line in other.iter_rows(named=True):
        return (
            f"frame.parquet gives case {line['case_id']} the probability "
            f"{line['inclusion_probability']}, the draw {line['inclusion_probability_again']:.9g}."
        )
    redrawn = again.lines["case_id"].to_list()
    for rank, (listed, case) in enumerate(zip(kept.listed, redrawn, strict=False), start=1):
        if listed != case:
            return f"plan.csv has case {listed} at rank {rank}, the draw has case {case}."
    if len(kept.listed) != len(redrawn):
        return f"plan.csv has {len(kept.listed):,} cases, the draw {len(redrawn):,}."
    if kept.told.get("plan_id") != again.plan_id:
        return "plan.json has another plan_id than the draw."
    return None
