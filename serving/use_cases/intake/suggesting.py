"""New cases: which track each belongs to, how much work it will be, and who is to handle it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.office.model import Intake, Office
from cases.progress import still_wanted
from cases.tables.tables import Tables, case_columns
from cases.tables.values import TIME, listed
from features.as_of import Known
from features.build import known_at
from features.online.features import FeatureRows
from models.calibration.conformal import Cutoffs
from models.questions.complexity import ComplexityQuestion
from models.questions.effort import EffortQuestion
from models.reasons.reasons import Reason
from policies.assignment import eligibility
from policies.assignment.assign import assign, completed
from policies.assignment.checks import LARGEST, SMALLEST
from policies.assignment.result import AssignmentParameters, DrawnAssignment
from policies.routing import Routing, route
from policies.rulebook import asked_skills, settled_tracks
from policies.seeds import fresh_seed
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.staff import EACH_CASE, check_given_away, given_away, staff

REASONS_SHOWN = 3
EFFORTS = ("effort", "effort_low", "effort_high")
SUGGESTED = (
    *("case_id", "opened_at", "kind", "unit", "track", "rule", "complex_probability"),
    *("called", "audit_probability"),
    *EFFORTS,
)
UNESTIMATED = {
    ComplexityQuestion.code: _(
        "Complexity is not estimated: where no rule settles the track, a person decides."
    ),
    EffortQuestion.code: _("Effort is not estimated: every case counts the same."),
}
CASES: dict[str, pl.DataType] = eligibility.CASES | {
    "opened_at": TIME,
    "complex_probability": pl.Float64(),  # estimates are null where there is no model
    "effort": pl.Float64(),
    "effort_low": pl.Float64(),
    "effort_high": pl.Float64(),
    "rule": pl.String(),  # code of the fixed rule that settles the track, else null
}
SIMPLE_HELD = _(
    "No case is called simple for now: of the truly complex cases, more were called simple than "
    "`complex_error` allows. A person decides until it is kept again."
)
COMPLEX_HELD = _(
    "No case is called complex for now: of the truly simple cases, more were called complex than "
    "`simple_error` allows. A person decides until it is kept again."
)
NO_HANDLERS = _("The office has no handler table, so nobody is suggested.")


@dataclass(frozen=True)
class IntakeInputs:
    """What suggestions follow from, kept with them so that anybody can make them again.

    `cases` has the columns of `CASES`, `handlers` and `recusals` those of
    `policies.assignment.eligibility`, the handlers with the load they had. `unestimated` are
    the codes of the questions that no model answered. `seed` draws the audited cases, and the
    handlers. `parameters` is None without a handler table: then nobody is suggested.
    """

    cases: pl.DataFrame
    handlers: pl.DataFrame
    recusals: pl.DataFrame
    cutoffs: Cutoffs
    unestimated: tuple[str, ...]
    seed: str
    parameters: AssignmentParameters | None


@dataclass(frozen=True)
class IntakeSuggestions:
    """What is suggested for new cases.

    `cases` has for each, in the order given, `case_id, opened_at, kind, unit, track, rule,
    complex_probability, called, audit_probability, effort, effort_low, effort_high`; estimates
    are null where there is no model. `why` is the reason of each track, by case id, `reasons`
    what speaks for the estimate of it. `assignment` is None without a handler table. All of it
    but the reasons follows from the `inputs` and the office file (`suggested`).
    """

    inputs: IntakeInputs
    cases: pl.DataFrame
    why: Mapping[str, Sayable]
    reasons: Mapping[str, Sequence[Reason]]
    assignment: DrawnAssignment | None
    notes: tuple[Sayable, ...]


@dataclass(frozen=True)
class NewCases:
    """New cases as they were sent (`sent`), and what is known and computed of them at intake."""

    sent: pl.DataFrame
    known: Known
    x: FeatureRows


def intake(
    context: ServiceContext,
    new: pl.DataFrame,
    as_of: datetime | None = None,
    seed: str | None = None,
    already_given: pl.DataFrame | None = None,
) -> IntakeSuggestions:
    """Suggestions for the cases of `new` (as `read_new_cases` gives them), all together.

    Loads and absences are those of `as_of`, by default of the last opening; the seed is one
    nobody can predict unless given. `already_given` (`remembered.GIVEN`) are cases given to
    handlers that neither the office's tables nor its ledger have. `BadInput` for cases opened
    after `as_of`, and for what is given to an unknown handler or is to be given again.
    """
    given = given_away(context, already_given)
    check_given_away(context.tables, new, given, already_given)
    moment = _moment(new, as_of)
    cases, seed = _at_intake(context, new), seed or fresh_seed()
    inputs = IntakeInputs(
        _with_estimates(context, cases),
        completed(staff(context, moment, given), eligibility.HANDLERS),
        completed(_of_handlers(context.tables), eligibility.RECUSALS),
        context.cutoffs,
        tuple(code for code in UNESTIMATED if code not in context.model),
        seed,
        _parameters(context, moment, seed),
    )
    return suggested(inputs, context.office, _reasons(context, cases.x, inputs.cases))


def suggested(
    inputs: IntakeInputs, office: Office, reasons: Mapping[str, Sequence[Reason]]
) -> IntakeSuggestions:
    """What follows from `inputs` by the rules and error rates of the office file."""
    routing = _routed(inputs, office.intake)
    cases = inputs.cases.hstack(routing.tracks[["track", "called", "audit_probability"]])
    assignment = None
    if inputs.parameters is not None:
        to_give = inputs.cases.with_columns(
            pl.col("effort").fill_null(EACH_CASE).clip(SMALLEST, LARGEST)
        )
        still_wanted()
        assignment = assign(to_give, inputs.handlers, inputs.recusals, inputs.parameters)
    return IntakeSuggestions(
        inputs,
        cases[list(SUGGESTED)],
        routing.why,
        reasons,
        assignment,
        tuple(_notes(inputs, assignment)),
    )


def _notes(inputs: IntakeInputs, assignment: DrawnAssignment | None) -> Iterator[Sayable]:
    """What is not estimated, and what had to give way."""
    yield from (note for code, note in UNESTIMATED.items() if code in inputs.unestimated)
    yield from (SIMPLE_HELD,) if inputs.cutoffs.simple_held else ()
    yield from (COMPLEX_HELD,) if inputs.cutoffs.complex_held else ()
    yield from (NO_HANDLERS,) if assignment is None else assignment.notes


def _of_handlers(tables: Tables) -> pl.DataFrame:
    """The recusals of handlers; others are of reviewers."""
    return tables.recusal_rows.join(
        tables.handler_rows, on="handler", how="semi", maintain_order="left"
    )


def _parameters(
    context: ServiceContext, moment: datetime, seed: str
) -> AssignmentParameters | None:
    if context.tables.handler_rows.is_empty():
        return None
    floor = context.office.assignment.floor
    return AssignmentParameters(as_of=moment, seed=seed, floor=floor)


def _moment(new: pl.DataFrame, as_of: datetime | None) -> datetime:
    """`as_of`, by default the last opening; `BadInput` if a case is opened later."""
    last = new["opened_at"].max()
    moment = as_of or last
    if not isinstance(moment, datetime) or not isinstance(last, datetime) or last > moment:
        problem = _("is before some of the cases were opened.")
        remedy = _("Leave later cases out, or ask as of a later moment.")
        raise BadInput([Fault(_("the intake"), problem, remedy, column="as_of")])
    return moment


def _at_intake(context: ServiceContext, new: pl.DataFrame) -> NewCases:
    """The new cases as tables of their own: nothing known at intake depends on other cases."""
    tables, moments = _alone(context.tables, new)
    codes = [code for code in UNESTIMATED if code in context.model]
    x = context.model.few_features(tables, moments, *codes)
    return NewCases(new, known_at(tables, moments), x)


def _alone(tables: Tables, new: pl.DataFrame) -> tuple[Tables, pl.DataFrame]:
    cases = pl.DataFrame(
        [
            new[name] if name in new.columns else pl.Series(name, [None] * new.height, kind)
            for name, kind in case_columns(tables.office).items()
        ]
    )
    return Tables.of(tables.office, cases), cases.select("case_id", moment="opened_at")


def _with_estimates(context: ServiceContext, cases: NewCases) -> pl.DataFrame:
    """The new cases as they were sent, with estimates, rule and skills (columns of `CASES`)."""
    # All of these have one row per case, sorted by its id.
    parts = (_complexities(context, cases.x), _efforts(context, cases.x), asked_skills(cases.known))
    facts = [column for part in parts for column in part.drop("case_id").get_columns()]
    settled = settled_tracks(cases.known)
    rules = dict(zip(settled["case_id"].to_list(), settled["rule"].to_list(), strict=True))
    rule = pl.Series(
        "rule", [rules.get(case_id) for case_id in cases.sent["case_id"].to_list()], pl.String
    )
    place = {case_id: at for at, case_id in enumerate(cases.x["case_id"].to_list())}
    known = pl.DataFrame(facts)[[place[case_id] for case_id in cases.sent["case_id"].to_list()]]
    sent = cases.sent.with_columns(parties=listed(pl.col("parties")))
    return completed(sent.hstack([*known.get_columns(), rule]), CASES)


def _routed(inputs: IntakeInputs, office: Intake) -> Routing:
    """The track of each case, and why."""
    tracks = {rule.code: rule.track for rule in office.rules}
    settled = [tracks.get(code) for code in inputs.cases["rule"].to_list()]
    frame = inputs.cases.with_columns(pl.Series("track", settled, dtype=pl.String))
    return route(frame, office, inputs.cutoffs, inputs.seed)


def _complexities(context: ServiceContext, x: FeatureRows) -> pl.DataFrame:
    """`case_id, complex_probability`."""
    if ComplexityQuestion.code not in context.model:
        return _unknown(x, "complex_probability")
    return context.model.answer(ComplexityQuestion.code, x)[["case_id", "complex_probability"]]


def _efforts(context: ServiceContext, x: FeatureRows) -> pl.DataFrame:
    """`case_id, effort, effort_low, effort_high`."""
    if EffortQuestion.code not in context.model:
        return _unknown(x, *EFFORTS)
    return context.model.answer(EffortQuestion.code, x)[["case_id", *EFFORTS]]


def _unknown(x: FeatureRows, *names: str) -> pl.DataFrame:
    """What there is no model for."""
    return pl.DataFrame(
        [x["case_id"], *(pl.Series(n, [None] * x.height, pl.Float64) for n in names)]
    )


def _reasons(
    context: ServiceContext, x: FeatureRows, estimated: pl.DataFrame
) -> Mapping[str, Sequence[Reason]]:
    """What speaks for complex and for simple, of the cases that no rule settles."""
    if ComplexityQuestion.code not in context.model:
        return {}
    reasons = context.model.explain(ComplexityQuestion.code, x, REASONS_SHOWN)
    ids, rules = estimated["case_id"].to_list(), estimated["rule"].to_list()
    settled = zip(ids, rules, strict=True)
    return {case_id: reasons[case_id] for case_id, rule in settled if rule is None}
