"""What an answer looks like: pydantic models, from which OpenAPI describes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from policies.alerts import Sort, Stage
from policies.assignment.result import How
from policies.spot_check.plan import Choice, SelectedBy
from serving.use_cases.watching.standing import State

# On the office's clock, so without a zone: no `date-time` of RFC 3339.
MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?$"
RecordNumber = Annotated[
    int | None,
    Field(description="number of its record in the ledger"),
    WithJsonSchema({"type": "integer", "description": "number of its record in the ledger"}),
]
Clock = Annotated[datetime, WithJsonSchema({"type": "string", "pattern": MOMENT})]


class ReasonOut(BaseModel):
    """One fact of the case and what it does to the estimate."""

    sentence: str
    feature: str
    raises: bool = Field(description="whether it raises the estimated probability or lowers it")
    contribution: float = Field(description="what it adds in log-odds, against the other cases")
    without: float = Field(description="the probability with usual values in its place")


class LineOut(BaseModel):
    """One case to check."""

    rank: int
    case_id: str
    selected_by: SelectedBy
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
        description="half-width to expect of the rate's 95% interval; none if it cannot be known"
    )
    upper_margin: float | None = Field(
        description="how far above the rate its interval reaches, for defects the draw may miss"
    )


class PlanOut(BaseModel):
    """A drawn plan: lines in the order in which to check them."""

    record: RecordNumber = None
    format: int = Field(description="of the draw; 2: tickets of seed and case id in a domain")
    plan_id: str
    as_of: Clock
    capacity: int
    closed_after: Clock | None
    search_share: float
    margin: float | None
    seed: str
    seed_commitment: str = Field(description="SHA-256 of the seed")
    frame_cases: int = Field(description="cases that could be drawn")
    frame_hash: str = Field(description="SHA-256 of the frame, for the replay")
    outlook: list[OutlookOut] = Field(description="what this plan and other choices would buy")
    floor_cost: float = Field(description="defects expected that the probabilities' floor costs")
    drawn: dict[str, int] = Field(description="cases by how they were selected")
    notes: list[str]
    lines: list[LineOut]
    left_out: list[LeftOut]


class ScoreOut(BaseModel):
    """The risk of one case at the moment the office asks about."""

    case_id: str
    moment: Clock
    risk: float
    risk_low: float
    risk_high: float


class ScoresOut(BaseModel):
    """Scores in the order of case ids."""

    scores: list[ScoreOut]
    left_out: list[LeftOut]


class AlertOut(BaseModel):
    """What is about to go wrong, or has, in a running case."""

    case_id: str
    unit: str | None = Field(description="whose desk it is for")
    sort: Sort = Field(description="a limit, a breach of the process, or a prediction")
    rule: str = Field(description="code of the limit, or of the rule of the process")
    began: date = Field(description="the day on which the limit's clock, or the breach, began")
    stage: Stage | None = Field(description="of a limit: whether it is nearly used up, or overrun")
    state: State = Field(description="how it stands; only `new` and `notified` are to be acted on")
    since: date = Field(description="since when there is an alert")
    due_on: date | None = Field(description="the last day of the limit; none for a breach")
    notified_on: date | None = Field(description="when its desk was notified; none if it was not")
    probability: float | None = Field(description="of a prediction: that the limit is overrun")
    worth: float | None = Field(description="of a prediction: its probability times the days left")
    why: str
    todo: str = Field(description="what to do")


class AlertsOut(BaseModel):
    """Alerts of running cases, those to be dealt with first in front."""

    as_of: Clock
    notes: list[str] = Field(description="how many there are, and what is measured of them")
    alerts: list[AlertOut]


class NewCaseOut(BaseModel):
    """What is suggested for one new case."""

    case_id: str
    track: Literal["simple", "complex", "person"] = Field(
        description="person: neither can be said, a person decides"
    )
    rule: str | None = Field(description="code of the rule that settles the track, if one does")
    why: str = Field(description="why this track")
    complex_probability: float | None = Field(description="none where it is not estimated")
    called: Literal["simple", "complex"] | None = Field(
        description="what the estimate says, where it can tell; if the track is `person` all the "
        "same, the case was drawn for the audit"
    )
    audit_probability: float | None = Field(
        description="with which such a case is left to a person at random"
    )
    reasons: list[ReasonOut] = Field(description="what speaks for complex and for simple")
    effort: float | None = Field(description="expected, in the office's unit")
    effort_low: float | None = Field(description="in four cases of five it lies above this")
    effort_high: float | None = Field(description="... and below this")
    handler: str | None = Field(description="suggested; none where nobody could be")
    how: How | None = Field(description="none where the office has no handler table")
    probability: float | None = Field(description="with which this handler was drawn")
    how_so: str | None = Field(description="why this handler, or nobody")


class EligibleOut(BaseModel):
    """A handler who may take a case."""

    handler: str
    probability: float


class ExcludedOut(BaseModel):
    """Those who may not take a case, for one reason."""

    reason: str
    changes: str = Field(description="what would change it")
    handlers: list[str]


class WhoOut(BaseModel):
    """Who may take these cases, with which probability, and who may not and why."""

    case_ids: list[str]
    eligible: list[EligibleOut]
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

    record: RecordNumber = None
    format: int = Field(description="of the draw; 2: tickets of seed and case id in a domain")
    assignment_id: str | None
    as_of: Clock | None
    seed: str | None
    seed_commitment: str | None = Field(description="SHA-256 of the seed")
    floor: float | None = Field(description="share of an even draw that each eligible keeps")
    effort_unit: str
    designated_share: float | None = Field(description="of the cases given to handlers")
    notes: list[str]
    cases: list[NewCaseOut]
    who: list[WhoOut] = Field(description="cases for which the same holds stand together")
    loads: list[LoadOut]


class FactsOut(BaseModel):
    """What was taken of rows that came in."""

    record: RecordNumber = None
    rows: int = Field(description="how many were sent")
    known: int = Field(description="of these, how many the office had already")
    repeated: bool = Field(description="whether this very request was taken before; it counts once")


class TrainingOut(BaseModel):
    """A training that was asked for; a scheduled run carries it out."""

    record: RecordNumber = None
    until: Clock | None = Field(description="it is to learn from what was known by then")


class HealthOut(BaseModel):
    """What this worker answers from."""

    status: Literal["ok"] = "ok"
    office: str
    cases: int
    model_version: str = Field(description="number of the champion in the registry")
    trained_until: str = Field(description="the champion saw no label known after this moment")
    ledger_size: int | None = Field(description="records in the ledger, all of which it knows")
    ledger_root: str | None = Field(description="root of the tree over them, 64 hex digits")
    newest_record: Clock | None = Field(description="the last moment that anything of a case is of")
    program: str = Field(description="version of this program")


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
