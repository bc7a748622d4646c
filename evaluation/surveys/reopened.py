"""Cases that stand in the frames of several plans: each closing counts once, by one rule.

The unit of a frame is a closing: a case and when it was closed (or came to another moment that
the office asks about). A closing that stands in several frames counts in the one of the earliest
plan, and in no other. A case that was reopened and closed again has a new closing, which counts
in its own frame.

The rule looks at frames alone, never at who was drawn or what a review found. So the part of
a frame that counts is fixed before its draw, every case of it keeps its inclusion probability,
and an estimate over it is as unbiased as one over the whole frame (domain estimation: Särndal,
Swensson and Wretman 1992, chapter 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from cases.language.messages import Message, ngettext
from policies.spot_check.plan import moment_in

CLOSING: dict[str, pl.DataType] = {"case_id": pl.String(), "moment": pl.Datetime("us")}


@dataclass(frozen=True)
class PlanFrame:
    """The frame of a plan drawn from what was known by `as_of`: columns of `plan.columns_of`.

    No two different plans share a `plan_id`.
    """

    as_of: datetime
    plan_id: str
    frame: pl.DataFrame


@dataclass(frozen=True)
class CountedOnce:
    """The frames in the order given, each with the closings that count in it.

    Their columns are those given and `again_at`: when the case was closed next, as far as any
    of the frames knows, else null. A review made from then on is one of that closing.
    `elsewhere` is how many rows were left out since they count in the frame of another plan.
    """

    frames: tuple[pl.DataFrame, ...]
    elsewhere: int

    @property
    def note(self) -> Message | None:
        """What was left out, in a sentence; None if nothing was."""
        if not self.elsewhere:
            return None
        return ngettext(
            "{count:,} case stands in the frames of several plans; it counts in the first.",
            "{count:,} cases stand in the frames of several plans; each counts in the first.",
            self.elsewhere,
        )


def counted_once(plans: Sequence[PlanFrame]) -> CountedOnce:
    """The frames of `plans` without what counts in the frame of an earlier one.

    Earlier is the plan of the earlier `as_of`; of two plans of one moment the one whose
    `plan_id` comes first. So the order in which plans are named changes nothing.
    """
    order = sorted({(plan.as_of, plan.plan_id) for plan in plans})
    ranks = [order.index((plan.as_of, plan.plan_id)) for plan in plans]
    first = _first_plans(plans, ranks)
    frames = []
    for plan, rank in zip(plans, ranks, strict=True):
        counting = first.filter(pl.col("rank") == rank).drop("rank")
        first = first.filter(pl.col("rank") != rank)  # a plan named twice counts once
        frames.append(matching(plan.frame, counting))
    rows = sum(plan.frame.height for plan in plans)
    return CountedOnce(tuple(frames), rows - sum(frame.height for frame in frames))


def matching(
    frame: pl.DataFrame, closings: pl.DataFrame, how: Literal["inner", "left"] = "inner"
) -> pl.DataFrame:
    """The rows of a plan's frame, in order, with what `closings` (columns of `CLOSING`) adds."""
    own = ["case_id", moment_in(frame)]
    return frame.join(closings, left_on=own, right_on=list(CLOSING), how=how, maintain_order="left")


def closings_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of `CLOSING` of a plan's frame."""
    return frame.select("case_id", moment=moment_in(frame))


def _first_plans(plans: Sequence[PlanFrame], ranks: Sequence[int]) -> pl.DataFrame:
    """Each closing once, with the rank of its earliest plan and the case's next closing."""
    closings = [pl.DataFrame(schema=CLOSING | {"rank": pl.Int64()})]
    closings += [
        closings_of(plan.frame).with_columns(rank=pl.lit(rank, pl.Int64))
        for plan, rank in zip(plans, ranks, strict=True)
    ]
    first = pl.concat(closings).group_by(*CLOSING).agg(pl.col("rank").min()).sort(*CLOSING)
    return first.with_columns(again_at=pl.col("moment").shift(-1).over("case_id"))
