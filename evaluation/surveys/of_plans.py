"""Kept plans with the reviews they led to, each closing counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from cases.errors import Refused
from cases.language.messages import Message, _
from cases.office.reviews import ReviewKind
from cases.tables.tables import Tables
from evaluation.surveys.claims import Batch, Claim, claim_of
from evaluation.surveys.estimate import Survey, estimate
from evaluation.surveys.own_check import OwnCheck
from evaluation.surveys.reopened import PlanFrame, counted_once
from evaluation.surveys.returned import (
    OutsideReason,
    answers,
    first_returned,
    outside,
    own_checks,
    returned,
    second_readings,
)
from policies.spot_check.plan import PlanParameters
from policies.spot_check.verify import Kept


@dataclass(frozen=True)
class Surveys:
    """What `estimate` takes, and what its reader must know.

    `outside` counts the closed cases that no frame holds; `note` says which closings stand in
    several frames, None if none does.
    """

    batches: tuple[Batch, ...]
    outside: Mapping[OutsideReason, int]
    note: Message | None

    @property
    def surveys(self) -> list[Survey]:
        """The plans without what claims need besides."""
        return [batch.survey for batch in self.batches]


def surveys_of(tables: Tables, plans: Sequence[Kept], until: datetime) -> Surveys:
    """Verified `plans` with the reviews of their cases that are final by `until`.

    `Refused` where one plan asks about its cases at another moment than another plan: a case could
    stand in both frames, and nobody could say which of the two a review answers.
    """
    parameters = [PlanParameters.model_validate(kept.manifest["parameters"]) for kept in plans]
    if len({request.at for request in parameters}) > 1:
        raise Refused(
            _(
                "The plans were made before and after the office changed the moment that it asks "
                "about (`risk.at` in the office file): estimate from either alone."
            )
        )
    once = counted_once(
        [
            PlanFrame(request.as_of, str(kept.manifest["plan_id"]), kept.frame)
            for kept, request in zip(plans, parameters, strict=True)
        ]
    )
    batches = (
        Batch(_survey(tables, kept, frame, request.as_of, until), kept.frame, request.seed)
        for frame, kept, request in zip(once.frames, plans, parameters, strict=True)
        if frame.height  # a plan named twice counts once
    )
    missing: Counter[OutsideReason] = Counter()
    for kept, request in zip(plans, parameters, strict=True):
        missing.update(outside(tables, kept.frame, request))
    return Surveys(tuple(batches), missing, once.note)


def _survey(
    tables: Tables, kept: Kept, frame: pl.DataFrame, as_of: datetime, until: datetime
) -> Survey:
    """A plan with its reviews, second readings of the cases drawn for that, and own checks."""
    twice = frame.filter(pl.col("case_id").is_in(kept.read_twice))
    found, first = (read(tables, frame, until) for read in (returned, first_returned))
    return Survey(
        frame,
        kept.listed,
        found,
        None if found.equals(first) else first,
        second_readings(tables, twice, until),
        own_checks(tables, as_of),
    )


def checks_by_plans(
    tables: Tables, plans: Sequence[Kept], until: datetime
) -> Mapping[ReviewKind, OwnCheck]:
    """What the reviews of verified `plans` say of the office's own checks; empty if nothing."""
    if not plans or not tables.office.check_kinds:
        return {}
    try:
        surveys, names = surveys_of(tables, plans, until).surveys, tables.office.dimension_names
        return estimate(surveys, by=(), dimensions=names).own_checks
    except Refused:  # the reviews say nothing about other cases
        return {}


def with_probabilities(tables: Tables, plans: Sequence[Kept], until: datetime) -> Tables:
    """The tables with the inclusion probabilities of verified `plans` in their reviews.

    Reviews that answer a plan get that of its frame, if the plan drew their case and the review
    table has none. As they are where the plans cannot be taken together.
    """
    try:
        surveys = surveys_of(tables, plans, until).surveys
    except Refused:
        return tables
    reviews = tables.rows("reviews").with_row_index("row")
    for survey in surveys:
        drawn = survey.frame.filter(pl.col("case_id").is_in(list(survey.drawn)))
        chances = drawn.select("case_id", planned="inclusion_probability")
        planned = answers(reviews, drawn).join(chances, on="case_id").select("row", "planned")
        reviews = (
            reviews.join(planned, on="row", how="left", maintain_order="left")
            .with_columns(inclusion_probability=pl.coalesce("inclusion_probability", "planned"))
            .drop("planned")
        )
    return replace(tables.with_rows(reviews=reviews.drop("row")), data_hash=tables.data_hash)


def claim_of_plan(tables: Tables, kept: Kept, until: datetime, at_most: float) -> Claim:
    """Whether at most so large a share of one plan's cases is defective (see `claim_of`).

    The whole frame counts, also what counts in the frame of another plan in an estimate.
    """
    (batch,) = surveys_of(tables, [kept], until).batches
    return claim_of(batch, at_most)
