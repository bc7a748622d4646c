"""What a request with facts may say: rows of the office's tables, each only once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cases.office.reviews import Reading
from serving.http.reading.payloads import (
    AsOf,
    AttributesIn,
    DoneBy,
    EventIn,
    Label,
    Moment,
    Party,
    ReasonText,
    RequestPart,
    Who,
)

MOST_ROWS = 1_000
MOST_DIMENSIONS = 100  # of one review


class CaseFactIn(RequestPart):
    """A new case, or what is new of one the office has: what is left out stays as it is."""

    case_id: Who = Field(description="the case")
    opened_at: Moment | None = Field(default=None, description="when it came in; of a new case")
    closed_at: DoneBy | None = Field(
        default=None, description="when it was closed; a date means some time that day; null: open"
    )
    kind: Label | None = Field(default=None, description="kind of case")
    unit: Label | None = Field(default=None, description="unit that handles it")
    handler: Who | None = Field(default=None, description="who handles it")
    attributes: AttributesIn = Field(
        default=AttributesIn(), description="the office's own attributes; null means unknown"
    )


class EventFactIn(EventIn):
    """One thing that happened to a case of the office."""

    case_id: Who = Field(description="the case")


class ReviewFactIn(RequestPart):
    """A review of a case, or one of the office's own checks."""

    case_id: Who = Field(description="the case")
    reviewed_at: Moment = Field(description="when; a date means some time that day")
    reviewer: Who | None = Field(default=None, description="who reviewed it, by a code")
    kind: Label | None = Field(default=None, description="the kind of review, by the office's code")
    grade: Label = Field(description="the grade it was given")
    inclusion_probability: float | None = Field(
        default=None, gt=0, le=1, description="with which the case was chosen, if it was drawn"
    )
    dimensions: Annotated[tuple[Party, ...], Field(max_length=MOST_DIMENSIONS)] = Field(
        default=(), description="in which it has a defect"
    )
    hours: float | None = Field(
        default=None, ge=0, le=1_000, description="how many hours the review took"
    )
    reading: Reading | None = Field(
        default=None, description="first, second, or consolidated from both; left out: first"
    )
    risk_shown: bool | None = Field(
        default=None, description="whether the reviewer saw the risk first; left out: not known"
    )


class OverrideFactIn(RequestPart):
    """A decision other than was suggested."""

    case_id: Who = Field(description="the case")
    at: Moment = Field(description="when it was decided")
    about: Label = Field(description="`track`, `handler` or `spot_check`")
    suggested: Label = Field(description="what was suggested")
    decided: Label = Field(description="what was decided")
    reason: ReasonText = Field(description="why; it can be erased, and is in no report")


class CasesRequest(RequestPart):
    """Cases that came in, or that changed."""

    cases: tuple[CaseFactIn, ...] = Field(
        min_length=1, max_length=MOST_ROWS, description="the cases, each once"
    )


class EventsRequest(RequestPart):
    """What happened to cases of the office."""

    events: tuple[EventFactIn, ...] = Field(
        min_length=1, max_length=MOST_ROWS, description="the events"
    )


class ReviewsRequest(RequestPart):
    """What reviewers found."""

    reviews: tuple[ReviewFactIn, ...] = Field(
        min_length=1, max_length=MOST_ROWS, description="the reviews"
    )


class OverridesRequest(RequestPart):
    """Where people decided other than was suggested, and why."""

    overrides: tuple[OverrideFactIn, ...] = Field(
        min_length=1, max_length=MOST_ROWS, description="the decisions"
    )


class TrainingRequest(RequestPart):
    """A training, to be carried out by a scheduled run."""

    until: AsOf | None = Field(
        default=None, description="learn from what was known by then; left out: all there is"
    )
    reason: ReasonText = Field(description="why; it can be erased")
