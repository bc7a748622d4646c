"""What a request may say: pydantic models and their bounds.

`requests.py` fits the models to an office and reads requests with them; `documents.py` has the
answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import Annotated, Any, ClassVar, TypeGuard

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    GetPydanticSchema,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cases.office.base import Share
from cases.tables.cells.moments import DATE_LENGTH, end_of_day, whole_day
from cases.tables.cells.text import fold
from cases.tables.specification.value_checks import no_name
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
ONE_OF_TWO, NOT_BOTH = "one_of_two", "not_both"

MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)?$"


def _refused(schema: CoreSchema, code: str, **values: str) -> CoreSchema:
    """`schema`, with one kind of error for all that it refuses."""
    return core_schema.custom_error_schema(
        schema, custom_error_type=code, custom_error_message=code, custom_error_context=dict(values)
    )


# A date or date and time as the office's wall clock; a bare date is its first instant.
_CLOCK = core_schema.chain_schema(
    [
        _refused(core_schema.str_schema(pattern=MOMENT, strict=True), NOT_A_MOMENT),
        _refused(core_schema.datetime_schema(strict=False), NO_SUCH_MOMENT),
        _refused(
            core_schema.datetime_schema(ge=EARLIEST, lt=LATEST),
            OTHER_YEAR,
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR - 1),
        ),
    ]
)


def _as_of(value: Any, clock: ValidatorFunctionWrapHandler) -> datetime:
    """As `Moment`, but a bare date is its last instant: what was recorded on it counts."""
    moment: datetime = clock(value)
    return end_of_day(moment) if len(value) <= DATE_LENGTH else moment


_MOMENT_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": MOMENT, "examples": ["2026-06-30T17:05:00"]}
)
Moment = Annotated[datetime, GetPydanticSchema(lambda _type, _next: _CLOCK), _MOMENT_SCHEMA]
AsOf = Annotated[Moment, WrapValidator(_as_of), _MOMENT_SCHEMA]
# Midnight is the last instant of its day, as in the office's tables.
DoneBy = Annotated[Moment, AfterValidator(whole_day), _MOMENT_SCHEMA]


def _named(text: str, *, of_cases_and_people: bool) -> str:
    """A name as tables have it; an error of one of the kinds of `NO_NAME` where none could."""
    name = fold(text)
    wrong = no_name(name, of_cases_and_people=of_cases_and_people)
    if wrong is not None:
        raise PydanticCustomError(wrong, "is no name")
    return name


# The same names come again and again.
label_of = lru_cache(maxsize=4096)(partial(_named, of_cases_and_people=False))
who_of = lru_cache(maxsize=4096)(partial(_named, of_cases_and_people=True))


def _label(value: object) -> object:
    return label_of(value) if _may_be_a_name(value) else value


def _who(value: object) -> object:
    return who_of(value) if _may_be_a_name(value) else value


def _may_be_a_name(value: object) -> TypeGuard[str]:
    """Whether it is a text, and not too long for a name: that is told by the next validator."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


# Without blanks around it and with full-width letters folded, as in the office's tables: `N1 `
# must not be another case than `N1`.
_Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)
]
Label = Annotated[_Words, BeforeValidator(_label)]
Who = Annotated[_Words, BeforeValidator(_who)]  # a case or a person

Party = Annotated[Label, Field(pattern=r"^[^;；]*$")]
ReasonText = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]
Seed = Annotated[str, Field(min_length=1, max_length=LONGEST_SEED)]

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class RequestPart(BaseModel):
    """A part of a request: types are taken as they stand, unknown fields are faults."""

    model_config = STRICT
    quickly: ClassVar[Callable[[bytes], Any] | None] = None  # its `quick_reader`, if it has one


class EventIn(RequestPart):
    """One thing that happened to a case of the request."""

    at: Moment = Field(description="when it happened")
    recorded_at: DoneBy | None = Field(
        default=None, description="when the office could know it; `at` if left out"
    )
    activity: Label = Field(description="what happened, as the office file calls it")
    actor: Who | None = Field(default=None, description="who did it")


class AttributesIn(RequestPart):
    """The office's own attributes of a case; one that is left out or null is unknown."""


class CaseIn(RequestPart):
    """A case of the request, with its events."""

    case_id: Who = Field(description="the case; one the office has is replaced by this version")
    opened_at: Moment = Field(description="when it was opened")
    closed_at: DoneBy | None = Field(
        default=None,
        description="when it was closed; a date means some time that day. Only where risk is asked "
        "before the closing may it be left out: the case is open",
    )
    kind: Label | None = Field(default=None, description="kind of case")
    unit: Label | None = Field(default=None, description="unit that handled it")
    handler: Who | None = Field(default=None, description="who handled it")
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

    @model_validator(mode="after")
    def _not_both(self) -> SpotCheckRequest:
        if self.search_share is not None and self.margin is not None:
            raise PydanticCustomError(NOT_BOTH, "has both `search_share` and `margin`")
        return self


class ScoreRequest(RequestPart):
    """Which cases to score: cases of the office by id, or the cases given. One of the two."""

    case_ids: tuple[Who, ...] | None = Field(
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

    handler: Who = Field(description="who is to handle it")
    reason: ReasonText = Field(description="why it is not drawn at random; it is recorded")


class IntakeFactsIn(RequestPart):
    """What the office knows of a new case; left out or null means unknown."""


class NewCaseIn(RequestPart):
    """A case that has just come in."""

    case_id: Who = Field(description="the case; nobody may be handling it yet")
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

    case_id: Who = Field(description="the case; it counts once, and not if the tables have it")
    handler: Who = Field(description="who handles it")
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
