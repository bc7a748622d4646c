"""Cases that stand in the frames of several plans: each closing counts once, by one rule.

The unit of a frame is a closing: a case and when it was closed. A closing that stands in
several frames counts in the one of the earliest plan, and in no other. A case that was
reopened and closed again has a new closing, which counts in its own frame.

The rule looks at frames alone, never at who was drawn or what a review found. So the part of
a frame that counts is fixed before its draw, every case of it keeps its inclusion probability,
and an estimate over it is as unbiased as one over the whole frame (domain estimation: Särndal,
Swensson and Wretman 1992, chapter 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.integrity.canonical import Domain, digest
from cases.language.messages import Message, ngettext

CLOSING = ("case_id", "closed_at")


@dataclass(frozen=True)
class PlanFrame:
    """The frame of a plan drawn from what was known by `as_of`: `case_id, closed_at` and more."""

    as_of: datetime
    frame: pl.DataFrame


@dataclass(frozen=True)
class CountedOnce:
    """The frames in the order given, each with the closings that count in it.

    Their columns are those given and `closed_again_at`: when the case was closed next, as far
    as any of the frames knows, else null. A review made from then on is one of that closing.
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
            "{count:,} closing stands in the frames of several plans; it counts in the first.",
            "{count:,} closings stand in the frames of several plans; each counts in the first.",
            self.elsewhere,
        )


def counted_once(plans: Sequence[PlanFrame]) -> CountedOnce:
    """The frames of `plans` without what counts in the frame of an earlier one.

    Earlier is the plan of the earlier `as_of`; of two plans of one moment the one whose frame
    has the smaller hash. So the order in which plans are named changes nothing.
    """
    if not plans:
        return CountedOnce((), 0)
    order = sorted(range(len(plans)), key=lambda index: _time_and_hash(plans[index]))
    rank = {index: position for position, index in enumerate(order)}
    closings = pl.concat(
        plan.frame.select(*CLOSING, plan=pl.lit(rank[index])) for index, plan in enumerate(plans)
    )
    first = closings.group_by(CLOSING).agg(pl.col("plan").min())
    counting = first.sort(CLOSING).with_columns(
        closed_again_at=pl.col("closed_at").shift(-1).over("case_id")
    )
    frames = tuple(
        plan.frame.join(
            counting.filter(pl.col("plan") == rank[index]).drop("plan"),
            on=CLOSING,
            maintain_order="left",
        )
        for index, plan in enumerate(plans)
    )
    return CountedOnce(frames, closings.height - sum(frame.height for frame in frames))


def _time_and_hash(plan: PlanFrame) -> tuple[datetime, str]:
    return plan.as_of, digest(Domain.PLAN_FRAME, plan.frame)
