"""What a request may say: pydantic models and their bounds.

`requests.py` fits the models to an office and reads requests with them; `documents.py` has the
answers.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from cases.office.base import Share
from cases.tables.cells.moments import DATE_LENGTH, end_of_day, whole_day
from cases.tables.cells.text import fold_text
from cases.tables.values import EARLIEST, LATEST
from policies.seeds import LONGEST_SEED
from policies.spot_check.plan import LEAST_MARGIN

LARGEST_BODY = 4 * 2**20  # bytes
MOST_CASES = 1_000
MOST_EVENTS = 1_000  # of one case
MOST_IDS = 5_000
MOST_PARTIES = 500  # of one case
LONGEST_TEXT = 200  # letters of an id, a code or a name
LONGEST_REASON = 1_000  # letters
FIRST_YEAR, LAST_YEAR = EARLIEST.year, LATEST.year
LARGEST_CAPACITY = 1_000_000

# Kinds of error that `requests.py` has sentences for, next to pydantic's own.
NOT_A_MOMENT, NO_SUCH_MOMENT, OTHER_YEAR = "not_a_moment", "no_such_moment", "other_year"
ONE_OF_TWO = "one_of_two"

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?", re.ASCII)


def _moment(value: Any) -> datetime:
    """A date or date and time as the office's wall clock; a bare date is its first instant."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise PydanticCustomError(NOT_A_MOMENT, "is not a date or a date and time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(NO_SUCH_MOMENT, "is a day or hour that does not exist") from None
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        years = {"first": str(FIRST_YEAR), "last": str(LAST_YEAR - 1)}
        raise PydanticCustomError(OTHER_YEAR, "is outside the years {first} to {last}", years)
    return moment


def _as_of(value: Any) -> datetime:
    """As `_moment`, but a bare date is its last instant: what was recorded on it counts."""
    moment = _moment(value)
    return end_of_day(moment) if len(value) <= DATE_LENGTH else moment


def _done_by(value: Any) -> datetime:
    """As `_moment`, but midnight is the last instant of its day, as in the office's tables."""
    return whole_day(_moment(value))


_MOMENT_SCHEMA = WithJsonSchema({"type": "string", "examples": ["2026-06-30T17:05:00"]})
Moment = Annotated[datetime, PlainValidator(_moment), _MOMENT_SCHEMA]
AsOf = Annotated[datetime, PlainValidator(_as_of), _MOMENT_SCHEMA]
DoneBy = Annotated[datetime, PlainValidator(_done_by), _MOMENT_SCHEMA]
# Without blanks around it and with full-width letters folded, as in the office's tables: `N1 `
# must not be another case than `N1`.
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    BeforeValidator(fold_text),
]

Party = Annotated[Label, Field(pattern=r"^[^;；]*$")]
ReasonText = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Seed = Annotated[str, Field(min_length=1, max_length=LONGEST_SEED)]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class RequestPart(BaseModel):
    """A part of a request: types are taken as they stand, unknown fields are faults."""

    model_config = STRICT


class EventIn(RequestPart):
    """One thing that happened to a case of the request."""

    at: Moment = Field(description="when it happened")
    recorded_at: DoneBy | None = Field(
        default=None, description="when the office could know it; `at` if left out"
    )
    activity: Label = Field(description="what happened, as the office file calls it")
    actor: Label | None = Field(default=None, description="who did it")


class AttributesIn(RequestPart):
    """The office's own attributes of a case; one that is left out or null is unknown."""


class CaseIn(RequestPart):
    """A case of the request, with its events."""

    case_id: Label = Field(description="the case; one the office has is replaced by this version")
    opened_at: Moment = Field(description="when it was opened")
    closed_at: DoneBy | None = Field(
        default=None,
        description="when it was closed; a date means some time that day. Only where risk is asked "
        "before the closing may it be left out: the case is open",
    )
    kind: Label | None = Field(default=None, description="kind of case")
    unit: Label | None = Field(default=None, description="unit that handled it")
    handler: Label | None = Field(default=None, description="who handled it")
    attributes: AttributesIn = Field(
        default=AttributesIn(), description="the office's own attributes; left out means unknown"
    )
    events: Annotated[tuple[EventIn, ...], FailFast()] = Field(
        default=(), max_length=MOST_EVENTS, description="what happened to it"
    )


class SpotCheckRequest(RequestPart):
    """Which cases to check: of the office's own tables, or of the cases given."""

    as_of: AsOf = Field(description="use what was recorded by then; a date means to its end")
    capacity: int = Field(ge=1, le=LARGEST_CAPACITY, description="how many can be reviewed")
    closed_after: AsOf | None = Field(
        default=None,
        description="only cases closed later than that (where risk is asked at another moment, "
        "cases that came to it later); a date means to its end",
    )
    search_share: Share | None = Field(
        default=None, description="0 knows the rate best, 1 finds the most"
    )
    margin: float | None = Field(
        default=None,
        ge=LEAST_MARGIN,
        le=1,
        description="instead: wanted half-width of the 95% interval of the defect rate",
    )
    seed: Seed | None = Field(
        default=None, description="of the draw; if left out, one is made and given in the answer"
    )
    cases: tuple[CaseIn, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_CASES, description="draw among these only"
    )


class ScoreRequest(RequestPart):
    """Which cases to score: cases of the office by id, or the cases given. One of the two."""

    case_ids: tuple[Label, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_IDS, description="cases the office has"
    )
    cases: tuple[CaseIn, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_CASES, description="cases with their events"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> ScoreRequest:
        if (self.case_ids is None) == (self.cases is None):
            raise PydanticCustomError(ONE_OF_TWO, "needs one of `case_ids` and `cases`")
        return self


class DesignationIn(RequestPart):
    """A chief's decision who is to handle a case, instead of a random draw."""

    handler: Label = Field(description="who is to handle it")
    reason: ReasonText = Field(description="why it is not drawn at random; it is recorded")


class IntakeFactsIn(RequestPart):
    """What the office knows of a new case; left out or null means unknown."""


class NewCaseIn(RequestPart):
    """A case that has just come in."""

    case_id: Label = Field(description="the case; nobody may be handling it yet")
    opened_at: Moment = Field(description="when it came in")
    kind: Label | None = Field(default=None, description="kind of case")
    unit: Label | None = Field(default=None, description="unit it is for; left out means any")
    attributes: IntakeFactsIn = Field(
        default=IntakeFactsIn(), description="the office's own attributes that are known at intake"
    )
    parties: tuple[Party, ...] = Field(
        default=(), max_length=MOST_PARTIES, description="codes of its parties, for recusals"
    )
    designated: DesignationIn | None = Field(
        default=None, description="who is to handle it by a chief's decision"
    )


class GivenIn(RequestPart):
    """A case given to a handler since the office's tables were read."""

    case_id: Label = Field(description="the case; it counts once, and not if the tables have it")
    handler: Label = Field(description="who handles it")
    effort: float | None = Field(default=None, ge=0, description="expected, as an answer gave it")


class IntakeRequest(RequestPart):
    """New cases, to be routed and given to handlers together."""

    cases: tuple[NewCaseIn, ...] = Field(
        min_length=1, max_length=MOST_CASES, description="the cases"
    )
    as_of: AsOf | None = Field(
        default=None,
        description="the moment whose loads and absences count; the last opening if left out",
    )
    seed: Seed | None = Field(
        default=None, description="of the draw; if left out, one is made and given in the answer"
    )
    given: tuple[GivenIn, ...] = Field(
        default=(),
        max_length=MOST_IDS,
        description="cases given to handlers that the office's tables do not have yet",
    )
