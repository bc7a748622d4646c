"""Whether a kept plan is the one its frame, parameters and seed give: for those who distrust us."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from pydantic import ValidationError

from cases.errors import PlumblineError
from cases.spreadsheet import harmless
from policies.spot_check.plan import PlanParameters, SpotCheckPlan, commitment, frame_hash
from policies.spot_check.planning import draw_plan

SAME = 1e-6  # relative; another processor may round differently
LISTED = ("case_id", "selected_by", "second_review", "rule")


@dataclass(frozen=True)
class Kept:
    """What was kept of a plan: what `describe` told, the frame, and the list as people got it.

    `lines` holds the columns of `LISTED` as text, ids made harmless for spreadsheets.
    """

    told: Mapping[str, Any]
    frame: pl.DataFrame
    lines: pl.DataFrame

    @property
    def listed(self) -> tuple[str, ...]:
        """The ids of the cases drawn, in any order."""
        names = self.frame["case_id"]
        wanted = set(self.lines["case_id"])
        return tuple(names.filter(harmless(names).is_in(list(wanted))))


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
        f"It matches: the same {kept.lines.height:,} of {kept.frame.height:,} cases are drawn "
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
    alike = ((stated - drawn).abs() <= SAME * drawn).fill_null(value=False)
    for line in both.filter(~alike).head(1).iter_rows(named=True):
        return (
            f"frame.parquet gives case {line['case_id']} the probability "
            f"{line['inclusion_probability']}, the draw {line['inclusion_probability_again']:.9g}."
        )
    redrawn = listed(again.lines)
    for rank, (line, other) in enumerate(
        zip(kept.lines.iter_rows(named=True), redrawn.iter_rows(named=True), strict=False), start=1
    ):
        for name in LISTED:
            if (line[name] or "") != (other[name] or ""):
                return f"plan.csv has {name} {line[name]} at rank {rank}, the draw {other[name]}."
    if kept.lines.height != redrawn.height:
        return f"plan.csv has {kept.lines.height:,} cases, the draw {redrawn.height:,}."
    for name, value in again.describe().items():
        told = kept.told.get(name)
        # More may have been noted than the draw knows.
        same = _includes(told, value) if name == "notes" else _alike(told, value)
        if not same:
            return f"plan.json tells another {name} than the draw."
    return None


def listed(lines: pl.DataFrame) -> pl.DataFrame:
    """What of a plan's lines is compared, as text."""
    texts = lines.select(pl.col(LISTED).cast(pl.String))
    return texts.with_columns(harmless(texts["case_id"]))


def _includes(told: Any, notes: list[str]) -> bool:
    return isinstance(told, list) and all(note in told for note in notes)


def _alike(told: Any, value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(told, dict) and all(_alike(told.get(k), v) for k, v in value.items())
    if isinstance(value, float):
        return isinstance(told, int | float) and math.isclose(told, value, rel_tol=SAME)
    return bool(told == value)
