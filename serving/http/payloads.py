"""What a request may say and what an answer looks like: pydantic models and their bounds.

`requests.py` fits the request models to an office and reads documents with them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from cases.tables.values import DATE_LENGTH, EARLIEST, LATEST, end_of_day, whole_day
from policies.spot_check.plan import LEAST_MARGIN, LONGEST_SEED, Choice

LARGEST_BODY = 4 * 2**20  # bytes
MOST_CASES = 1_000
MOST_EVENTS = 1_000  # of one case
MOST_IDS = 5_000
MOST_PARTIES = 500  # of one case
LONGEST_TEXT = 200  # letters of an id, a code or a name
LONGEST_REASON = 1_000  # letters
FIRST_YEAR, LAST_YEAR = EARLIEST.year, LATEST.year
LARGEST_CAPACITY = 1_000_000

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?", re.ASCII)


def _moment(value: Any) -> datetime:
    """A date or date and time as the office's wall clock; a bare date is its first instant."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise _odd("is not a date or a date and time")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _odd("is a day or hour that does not exist") from None
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise _odd(f"is outside the years {FIRST_YEAR} to {LAST_YEAR - 1}")
    return moment


def _odd(reason: str) -> PydanticCustomError:
    return PydanticCustomError("moment", "{reason}", {"reason": reason})


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
# Without blanks around it, as in the office's tables: `N1 ` must not be another case than `N1`.
Label = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)
]

Party = Annotated[Label, Field(pattern=r"^[^;；]*$")]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Seed = Annotated[str, Field(min_length=1, max_length=LONGEST_SEED)]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Request(BaseModel):
    """A part of a request: types are taken as they stand, unknown fields are faults."""

    model_config = STRICT


class EventIn(Request):
    """One thing that happened to a case of the request."""

    at: Moment = Field(description="when it happened")
    recorded_at: DoneBy | None = Field(
        default=None, description="when the office could know it; `at` if left out"
    )
    activity: Label = Field(description="what happened, as the office file calls it")
    actor: Label | None = Field(default=None, description="who did it")


class AttributesIn(Request):
    """The office's own attributes of a case; one that is left out or null is unknown."""


class CaseIn(Request):
    """A closed case of the request, with its events."""

    case_id: Label = Field(description="the case; one the office has is replaced by this version")
    opened_at: Moment = Field(description="when it was opened")
    closed_at: DoneBy = Field(description="when it was closed; a date means some time that day")
    kind: Label | None = Field(default=None, description="kind of case")
    unit: Label | None = Field(default=None, description="unit that handled it")
    handler: Label | None = Field(default=None, description="who handled it")
    attributes: AttributesIn = Field(
        default=AttributesIn(), description="the office's own attributes; left out means unknown"
    )
    events: Annotated[tuple[EventIn, ...], FailFast()] = Field(
        default=(), max_length=MOST_EVENTS, description="what happened to it"
    )


class SpotCheckWish(Request):
    """Which closed cases to check: of the office's own tables, or of the cases given."""

    as_of: AsOf = Field(description="use what was recorded by then; a date means to its end")
    capacity: int = Field(ge=1, le=LARGEST_CAPACITY, description="how many can be reviewed")
    closed_after: AsOf | None = Field(
        default=None, description="only cases closed later than that; a date means to its end"
    )
    search_share: float | None = Field(
        default=None, ge=0, le=1, description="0 knows the rate best, 1 finds the most"
    )
    margin: float | None = Field(
        default=None,
        ge=LEAST_MARGIN,
        le=1,
        description="instead: wanted half-width of the 95 % interval of the defect rate",
    )
    seed: Seed | None = Field(default=None, description="of the draw; else made and told")
    cases: tuple[CaseIn, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_CASES, description="draw among these only"
    )


class ScoreWish(Request):
    """Whose risk is asked: cases of the office by id, or the cases given. One of the two."""

    case_ids: tuple[Label, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_IDS, description="cases the office has"
    )
    cases: tuple[CaseIn, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_CASES, description="cases with their events"
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> ScoreWish:
        if (self.case_ids is None) == (self.cases is None):
            raise PydanticCustomError("one_of_two", "needs one of `case_ids` and `cases`")
        return self


class DesignationIn(Request):
    """A chief's decision who is to handle a case, instead of the lot."""

    handler: Label = Field(description="who is to handle it")
    reason: Reason = Field(description="why it does not go by lot; it is recorded")


class IntakeFactsIn(Request):
    """What the office knows of a new case; left out or null means unknown."""


class NewCaseIn(Request):
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


class GivenIn(Request):
    """A case given to somebody since the office's tables were read."""

    case_id: Label = Field(description="the case; it counts once, and not if the tables have it")
    handler: Label = Field(description="who handles it")
    effort: float | None = Field(default=None, ge=0, description="expected, as an answer told it")


class IntakeWish(Request):
    """New cases, to be routed and given to handlers together."""

    cases: tuple[NewCaseIn, ...] = Field(
        min_length=1, max_length=MOST_CASES, description="the cases"
    )
    as_of: AsOf | None = Field(
        default=None,
        description="the moment whose loads and absences count; the last opening if left out",
    )
    seed: Seed | None = Field(default=None, description="of the draw; else made and told")
    given: tuple[GivenIn, ...] = Field(
        default=(),
        max_length=MOST_IDS,
        description="cases given to somebody that the office's tables do not have yet",
    )


class ReasonOut(BaseModel):
    """One fact of the case and what it adds to the estimate."""

    sentence: str
    feature: str
    contribution: float = Field(description="log-odds; positive raises the risk")


class LineOut(BaseModel):
    """One case to check."""

    rank: int
    case_id: str
    selected_by: Literal["mandatory", "search", "lottery"]
    inclusion_probability: float
    risk: float = Field(description="probability that a review finds a defect")
    risk_low: float
    risk_high: float
    second_review: bool = Field(description="whether a second reviewer reads it too, blind")
    rule: str | None = Field(description="code of the mandatory rule, if one put it here")
    why: str = Field(description="why it is on the list at all")
    reasons: list[ReasonOut] = Field(
        description="what most raises its risk; empty if it is no riskier than the average"
    )


class LeftOut(BaseModel):
    """A case of the request that got no answer, and why."""

    case_id: str
    problem: str


class OutlookOut(BaseModel):
    """What a way to choose cases would buy."""

    choice: Choice
    expected_defects: float
    margin: float | None = Field(
        description="half-width to expect of the rate's 95 % interval; none where it is unknowable"
    )


class PlanOut(BaseModel):
    """A drawn plan: lines in the order in which to check them."""

    plan_id: str
    as_of: datetime
    capacity: int
    closed_after: datetime | None
    search_share: float
    margin: float | None
    seed: str
    seed_commitment: str = Field(description="SHA-256 of the seed")
    frame_cases: int = Field(description="cases that could be drawn")
    frame_hash: str = Field(description="SHA-256 of the frame, for the replay")
    outlook: list[OutlookOut] = Field(description="what this plan and other choices would buy")
    drawn: dict[str, int] = Field(description="cases by how they were selected")
    notes: list[str]
    lines: list[LineOut]
    left_out: list[LeftOut]


class ScoreOut(BaseModel):
    """The risk of one case at the moment it was closed."""

    case_id: str
    moment: datetime
    risk: float
    risk_low: float
    risk_high: float


class ScoresOut(BaseModel):
    """Scores in the order of case ids."""

    scores: list[ScoreOut]
    left_out: list[LeftOut]


class NewCaseOut(BaseModel):
    """What is suggested for one new case."""

    case_id: str
    track: Literal["simple", "complex", "person"] = Field(
        description="person: neither can be said, a person decides"
    )
    rule: str | None = Field(description="code of the rule that settles the track, if one does")
    why: str = Field(description="why this track")
    complex_probability: float | None = Field(description="none where it is not estimated")
    reasons: list[ReasonOut] = Field(description="what speaks for complex and for simple")
    effort: float | None = Field(description="expected, in the office's unit")
    effort_low: float | None = Field(description="in four cases of five it lies above this")
    effort_high: float | None = Field(description="... and below this")
    handler: str | None = Field(description="suggested; none where nobody could be")
    how: Literal["drawn", "designated", "unassigned"] | None = Field(
        description="none where the office has no handler table"
    )
    probability: float | None = Field(description="with which this handler was drawn")
    how_so: str | None = Field(description="why this handler, or nobody")


class ChanceOut(BaseModel):
    """Somebody who may take a case."""

    handler: str
    probability: float


class ExcludedOut(BaseModel):
    """Those who may not take a case, for one reason."""

    reason: str
    changes: str = Field(description="what would change it")
    handlers: list[str]


class WhoOut(BaseModel):
    """Who may take these cases, with which chance, and who may not and why."""

    case_ids: list[str]
    eligible: list[ChanceOut]
    excluded: list[ExcludedOut]


class LoadOut(BaseModel):
    """A handler's load, in the unit of effort."""

    handler: str
    capacity: float
    before: float = Field(description="expected work left in open cases")
    expected: float = Field(description="with these cases, on average over all draws")
    after: float = Field(description="with the cases drawn or designated")


class IntakeOut(BaseModel):
    """Suggestions for new cases, in the order in which they were sent."""

    assignment_id: str | None
    as_of: datetime | None
    seed: str | None
    seed_commitment: str | None = Field(description="SHA-256 of the seed")
    floor: float | None = Field(description="share of an even lottery everyone eligible keeps")
    effort_unit: str
    designated_share: float | None = Field(description="of the cases given to somebody")
    notes: list[str]
    cases: list[NewCaseOut]
    who: list[WhoOut] = Field(description="cases for which the same holds stand together")
    loads: list[LoadOut]


class HealthOut(BaseModel):
    """What this worker answers from."""

    status: Literal["ok"] = "ok"
    office: str
    cases: int
    trained_until: str = Field(description="the champion saw no label known after this moment")


class FaultOut(BaseModel):
    """One thing that is wrong with a request."""

    field: str | None = Field(description="where in the request; null for the whole of it")
    problem: str
    remedy: str


class ProblemOut(BaseModel):
    """Problem details (RFC 9457) with every fault that was found."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    faults: list[FaultOut] = []
    reference: str | None = Field(default=None, description="to find an internal error in the log")
