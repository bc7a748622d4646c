"""New cases: which track each belongs to, how much work it will be, and who is to handle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.tables.tables import Frame, Tables, case_columns, moments_of
from cases.tables.values import listed
from features.as_of import Known, cut
from models.questions.complexity import ComplexityQuestion
from models.questions.effort import EffortQuestion
from models.reasons.reasons import Reason
from policies.assignment.assign import assign
from policies.assignment.checks import LARGEST, SMALLEST
from policies.assignment.result import AssignmentParameters, DrawnAssignment
from policies.routing import Routing, route
from policies.rulebook import asked_skills, settled_tracks
from policies.seeds import fresh_seed
from serving.use_cases.context import ServiceContext
from serving.use_cases.staff import EACH_CASE, check_given_away, staff

REASONS_SHOWN = 3
EFFORTS = ("effort", "effort_low", "effort_high")
UNESTIMATED = {
    ComplexityQuestion.code: _(
        "Complexity is not estimated: where no rule settles the track, a person decides."
    ),
    EffortQuestion.code: _("Effort is not estimated: every case counts the same."),
}
NO_HANDLERS = _("The office has no handler table, so nobody is suggested.")


@dataclass(frozen=True)
class IntakeSuggestions:
    """What is suggested for new cases.

    `cases` has for each, in the order given, `case_id, opened_at, kind, unit, track, rule,
    complex_probability, effort, effort_low, effort_high`; estimates are null where there is no
    model. `why` is the reason of each track, by case id, `reasons` what speaks for the estimate
    of it. `assignment` is None without a handler table.
    """

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
    x: pl.DataFrame


def intake(
    context: ServiceContext,
    new: pl.DataFrame,
    as_of: datetime | None = None,
    seed: str | None = None,
    already_given: pl.DataFrame | None = None,
) -> IntakeSuggestions:
    """Suggestions for the cases of `new` (`cases.tables.new_cases.read_new_cases`), all together.

    Loads and absences are those of `as_of`, by default of the last opening; the seed is one
    nobody can predict unless given. `already_given` (`staff.GIVEN`) are cases given to handlers
    that the office's tables do not have yet. `BadInput` for cases opened after `as_of`, and for
    what is given to an unknown handler or is to be given again.
    """
    check_given_away(context.tables, new, already_given)
    moment = _moment(new, as_of)
    cases = _at_intake(context, new)
    probabilities, routing = _routed(context, cases)
    estimated = (
        new.select("case_id", "opened_at", "kind", "unit")
        .join(probabilities, on="case_id", maintain_order="left")
        .join(routing.tracks, on="case_id", maintain_order="left")
        .join(_efforts(context, cases.x), on="case_id", maintain_order="left")
    )
    notes: list[Sayable] = [note for code, note in UNESTIMATED.items() if code not in context.model]
    assignment = None
    if context.tables.handler_rows.is_empty():
        notes.append(NO_HANDLERS)
    else:
        parameters = AssignmentParameters(
            as_of=moment, seed=seed or fresh_seed(), floor=context.office.assignment.floor
        )
        to_give = _to_give(cases, estimated)
        handlers = staff(context, moment, already_given)
        assignment = assign(to_give, handlers, context.tables.recusal_rows, parameters)
        notes.extend(assignment.notes)
    reasons = _reasons(context, cases.x, estimated)
    return IntakeSuggestions(estimated, routing.why, reasons, assignment, tuple(notes))


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
    x = context.model.features(tables, moments, *codes)
    return NewCases(new, cut(tables, moments), x)


def _alone(tables: Tables, new: pl.DataFrame) -> tuple[Tables, Frame]:
    columns = case_columns(tables.office)
    known = new.select(name for name in columns if name in new.columns)
    cases = pl.concat([pl.DataFrame(schema=columns), known], how="diagonal")
    return Tables.of(tables.office, cases), moments_of(cases.rename({"opened_at": "moment"}))


def _routed(context: ServiceContext, cases: NewCases) -> tuple[pl.DataFrame, Routing]:
    """`case_id, complex_probability`, and the track of each case with the reason."""
    if ComplexityQuestion.code in context.model:
        answer = context.model.answer(ComplexityQuestion.code, cases.x)
        probabilities = answer.select("case_id", "complex_probability")
    else:
        unknown = pl.lit(None, pl.Float64).alias("complex_probability")
        probabilities = cases.x.select("case_id", unknown)
    frame = probabilities.join(settled_tracks(cases.known), on="case_id", how="left")
    cutoffs = context.cutoffs
    routing = route(frame, context.office.intake, cutoffs.simple_below, cutoffs.complex_from)
    return probabilities, routing


def _efforts(context: ServiceContext, x: pl.DataFrame) -> pl.DataFrame:
    """`case_id, effort, effort_low, effort_high`."""
    if EffortQuestion.code not in context.model:
        return x.select("case_id", *(pl.lit(None, pl.Float64).alias(name) for name in EFFORTS))
    return context.model.answer(EffortQuestion.code, x).select("case_id", *EFFORTS)


def _reasons(
    context: ServiceContext, x: pl.DataFrame, estimated: pl.DataFrame
) -> Mapping[str, Sequence[Reason]]:
    """What speaks for complex and for simple, of the cases that no rule settles."""
    if ComplexityQuestion.code not in context.model:
        return {}
    reasons = context.model.explain(ComplexityQuestion.code, x, REASONS_SHOWN)
    by_estimate = estimated.filter(pl.col("rule").is_null())["case_id"]
    return {case_id: reasons[case_id] for case_id in by_estimate}


def _to_give(cases: NewCases, estimated: pl.DataFrame) -> pl.DataFrame:
    """The cases as `policies.assignment.eligibility.CASES` has them."""
    effort = pl.col("effort").fill_null(EACH_CASE).clip(SMALLEST, LARGEST)
    return (
        cases.sent.select(
            *("case_id", "kind", "unit", "designated_handler", "designation_reason"),
            parties=listed(pl.col("parties")),
        )
        .join(estimated.select("case_id", effort), on="case_id")
        .join(asked_skills(cases.known), on="case_id")
    )
