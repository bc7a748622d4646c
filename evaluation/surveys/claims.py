"""Is at most a stated share of the cases of plans defective? Shown or not, at every look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import polars as pl

from evaluation.surveys.acceptance import (
    LEVEL,
    Reading,
    Side,
    evidence,
    first_shown,
    fortune,
    typical_weight,
)
from evaluation.surveys.estimate import Survey
from evaluation.surveys.reopened import closings_of, matching
from evaluation.surveys.splits import Part, least_evidence
from policies.spot_check.reading import reading_order

NEXT = 10  # cases named that are to be read next
ROUNDING = 1e-9


@dataclass(frozen=True)
class Batch:
    """A plan drawn with `seed` from the `whole` frame; `survey` holds the cases that count in it.

    A case that counts in the frame of another plan is no defect here, but was drawn with the
    others: only of the whole frame is the sum of the inclusion probabilities the number drawn.
    """

    survey: Survey
    whole: pl.DataFrame
    seed: str


@dataclass(frozen=True)
class Claim:
    """That at most the share `at_most` of the `cases` of one plan are defective.

    Of the `drawn` cases that chance decided about, `read` were read in the order of the
    plan, without a gap; `next_to_read` are the first of those without a review. `waiting` have
    one that does not count until the first of these has been read. The claim is shown by 20
    or more of `evidence`, and was for the first time after `shown_after` reviews, None if it
    was not; that more are defective, after `more_after`. Both are 0 where the cases certain to be
    drawn suffice. `possible` says whether these leave room for it: their defects count, and so
    do those of them that have no review yet.
    """

    at_most: float
    cases: int
    drawn: int
    read: int
    next_to_read: tuple[str, ...]
    waiting: int
    evidence: float
    shown_after: int | None
    more_after: int | None
    possible: bool


@dataclass(frozen=True)
class Together:
    """The claim about the `cases` of several plans together, from `read` cases drawn at random.

    `evidence` of 20 or more shows it, and so much `evidence_of_more` that more are defective.
    """

    at_most: float
    plans: int
    cases: int
    read: int
    evidence: float
    evidence_of_more: float

    @property
    def shown(self) -> bool:
        """Whether at most so many are defective, 95 % sure."""
        return self.evidence >= 1 / LEVEL

    @property
    def more(self) -> bool:
        """Whether more are defective, 95 % sure."""
        return self.evidence_of_more >= 1 / LEVEL


@dataclass(frozen=True)
class _Plan:
    """A plan as far as it was read, in numbers of the `cases` that count in it.

    Of the `drawn` ones that chance decided about, `missing` have no review, in the reading order.
    `unread` of those that chance decides about are not read yet. The others hold
    `certain_defects`, and `certain_unread` of them have no review.
    """

    reading: Reading
    drawn: int
    missing: pl.Series
    cases: int
    unread: int
    certain_defects: int
    certain_unread: int

    @classmethod
    def of(cls, batch: Batch) -> _Plan:
        cases = _with_results(batch)
        by_chance = pl.col("inclusion_probability") < 1
        at_random, certain = cases.filter(by_chance), cases.filter(~by_chance)
        drawn = at_random.filter(pl.col("case_id").is_in(list(batch.survey.drawn)))
        order = reading_order(batch.seed, drawn["case_id"]).to_frame()
        in_order = order.join(drawn, on="case_id", how="left", maintain_order="left")
        read = in_order.filter(pl.col("defect").is_not_null().cum_min())
        return cls(
            _reading(read, at_random),
            drawn.height,
            in_order.filter(pl.col("defect").is_null())["case_id"],
            cases=int(cases["counts"].sum()),
            unread=int(at_random["counts"].sum()) - int(read["counts"].sum()),
            certain_defects=int(certain["defect"].sum()),
            certain_unread=certain["defect"].null_count(),
        )

    def certain(self, side: Side) -> int:
        """Defects among the certain cases; those without a review count against what is shown."""
        return self.certain_defects + (self.certain_unread if side == "fewer" else 0)

    @property
    def most(self) -> int:
        """Defects that the cases which chance decides about can hold at most."""
        return int(self.reading.y.sum()) + self.unread

    def claimed(self, at_most: float, side: Side) -> int:
        """How many defects the claim leaves to the cases that chance decides about."""
        return _allowed(at_most, self.cases) - self.certain(side)

    def part(self, at_most: float, side: Side) -> Part:
        """What the plan says about each number of defects among these."""
        return Part.of(self.reading, self.unread, self.claimed(at_most, side), side)


def _allowed(at_most: float, cases: int) -> int:
    return floor(at_most * cases + ROUNDING)


def _with_results(batch: Batch) -> pl.DataFrame:
    """The whole frame with `counts` and `defect`: null where a case that counts has no review."""
    # A grade that is consolidated later would change what an earlier look rested on.
    outcomes = batch.survey.by_one_reviewer.outcomes
    results = outcomes.unique("case_id", keep="first", maintain_order=True)
    counting = closings_of(batch.survey.frame).with_columns(counts=pl.lit(value=True))
    return (
        matching(batch.whole, counting, "left")
        .join(results.select("case_id", "defect"), on="case_id", how="left", maintain_order="left")
        .with_columns(pl.col("counts").fill_null(value=False))
        .with_columns(defect=pl.when("counts").then("defect").otherwise(0.0))
    )


def _reading(read: pl.DataFrame, at_random: pl.DataFrame) -> Reading:
    pi = at_random["inclusion_probability"].to_numpy()
    return Reading(
        read["defect"].to_numpy(),
        read["inclusion_probability"].to_numpy(),
        size=float(pi.sum()),
        least=float(pi.min(initial=1.0)),
        typical=typical_weight(at_random["risk"].to_numpy(), pi) if pi.size else 1.0,
    )


def claim_of(batch: Batch, at_most: float) -> Claim:
    """What the reviews of a plan show of the claim so far."""
    plan = _Plan.of(batch)
    few, many = (plan.claimed(at_most, side) for side in ("fewer", "more"))
    # If the claim is false there is at least one defect more than it allows.
    fewer = evidence(plan.reading, few + 1, "fewer")
    more = evidence(plan.reading, many, "more")
    read = len(plan.reading.y)
    return Claim(
        at_most=at_most,
        cases=plan.cases,
        drawn=plan.drawn,
        read=read,
        next_to_read=tuple(plan.missing[:NEXT]),
        waiting=plan.drawn - len(plan.missing) - read,
        evidence=fortune(fewer[-1]) if read else 1.0,
        shown_after=0 if few >= plan.most else first_shown(fewer),
        more_after=0 if many < 0 else first_shown(more),
        possible=few >= 0,
    )


def together(batches: Sequence[Batch], at_most: float) -> Together:
    """What the reviews of several plans show of the cases of all their frames together."""
    plans = [_Plan.of(batch) for batch in batches]
    cases = sum(plan.cases for plan in plans)
    allowed = _allowed(at_most, cases)
    few, many = (allowed - sum(plan.certain(side) for plan in plans) for side in ("fewer", "more"))
    fewer, more = ([plan.part(at_most, side) for plan in plans] for side in ("fewer", "more"))
    return Together(
        at_most=at_most,
        plans=len(plans),
        cases=cases,
        read=sum(len(plan.reading.y) for plan in plans),
        evidence=fortune(least_evidence(fewer, few + 1)),
        evidence_of_more=fortune(least_evidence(more, -many)),
    )
