"""Is at most a stated share of a plan's cases defective? Shown, or not yet, at every look."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import polars as pl

from evaluation.surveys.acceptance import acceptance, typical_weight
from evaluation.surveys.estimate import Survey
from policies.spot_check.reading import reading_order

NEXT = 10  # cases named that are to be read next
ROUNDING = 1e-9


@dataclass(frozen=True)
class Claim:
    """That at most the share `at_most` of the `cases` of one plan are defective.

    Of the `drawn` cases that chance decided about, `read` were read in the order of the
    plan, without a gap; `next_to_read` are the first of the others. The claim is shown by 20
    or more of `evidence`, and was for the first time after `shown_after` reviews, None if it
    was not. `possible` says whether the cases certain to be drawn leave room for it: their
    defects count, and so do those of them that have no review yet.
    """

    at_most: float
    cases: int
    drawn: int
    read: int
    next_to_read: tuple[str, ...]
    evidence: float
    shown_after: int | None
    possible: bool


def claim_of(survey: Survey, seed: str, at_most: float) -> Claim:
    """What the reviews of a plan, drawn with `seed`, show of the claim so far.

    `survey` holds the whole frame of the plan: the sum of its inclusion probabilities is the
    number of cases drawn.
    """
    results = survey.outcomes.unique("case_id", keep="first", maintain_order=True)
    cases = survey.frame.join(results.select("case_id", "defect"), on="case_id", how="left")
    at_random = cases.filter(pl.col("inclusion_probability") < 1)
    certain = cases.filter(pl.col("inclusion_probability") == 1)
    in_order = _in_order(at_random.filter(pl.col("case_id").is_in(list(survey.drawn))), seed)
    read = in_order.filter(pl.col("defect").is_not_null().cum_min())
    # A false claim has more than at_most of the cases defective, so many at least in all; what
    # the certain cases hold of these (unread ones at most one each) is not among the others.
    taken = float(certain["defect"].fill_null(1.0).to_numpy().sum())
    allowed = floor(at_most * cases.height + ROUNDING) + 1 - taken
    pi = at_random["inclusion_probability"]
    shown = acceptance(
        read["defect"].to_numpy(),
        read["inclusion_probability"].to_numpy(),
        allowed=allowed,
        size=float(pi.sum()),
        least=float(pi.to_numpy().min(initial=1.0)),
        typical=typical_weight(at_random["risk"].to_numpy(), pi.to_numpy()),
    )
    return Claim(
        at_most=at_most,
        cases=cases.height,
        drawn=in_order.height,
        read=read.height,
        next_to_read=tuple(in_order["case_id"][read.height : read.height + NEXT]),
        evidence=float(shown.fortune[-1]) if read.height else 1.0,
        shown_after=shown.shown_after,
        possible=allowed > 0,
    )


def _in_order(drawn: pl.DataFrame, seed: str) -> pl.DataFrame:
    """The drawn cases in the order in which to read them."""
    order = reading_order(seed, drawn["case_id"]).to_frame()
    return order.join(drawn, on="case_id", how="left", maintain_order="left")
