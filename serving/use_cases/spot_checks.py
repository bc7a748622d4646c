"""Which cases to check first, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.reviews import CHECKS
from cases.progress import Progress, silent, still_wanted
from cases.tables.tables import Tables
from evaluation.surveys.returned import own_checks
from features.as_of import Known, reviewed_by
from features.build import asked_of
from features.online.features import FeatureRows
from models.questions.risk import RiskQuestion, known_by, with_facts
from models.reasons.reasons import Reason
from policies.rulebook import mandatory
from policies.spot_check.plan import PlanParameters, RisksBy, SpotCheckPlan, columns_of
from policies.spot_check.planning import draw_plan
from serving.use_cases.asked.given import GivenCase, check_given, with_given
from serving.use_cases.asked.named import asked, left_out, none_to_check
from serving.use_cases.context import ServiceContext

REASONS_SHOWN = 5  # that raise the risk
REASONS_AGAINST = 1  # that lower it, of cases that the office draws
MOST_COMPARED = 500  # cases of a frame, evenly over it, whose mean the reasons are against
ALREADY_REVIEWED = _("has already been reviewed.")


@dataclass(frozen=True)
class PlannedSpotChecks:
    """A drawn plan, the reasons of its lines, and the cases that could not be drawn, with why.

    `risks_by` says what the risks are made by.
    """

    plan: SpotCheckPlan
    reasons: Mapping[str, Sequence[Reason]]
    left_out: Mapping[str, Sayable]
    risks_by: RisksBy


def spot_checks(
    context: ServiceContext,
    parameters: PlanParameters,
    cases: Sequence[GivenCase] | None = None,
    progress: Progress = silent,
) -> PlannedSpotChecks:
    """The cases to check: among `cases` if given, else among all the office could check.

    `BadInput` for cases that contradict themselves or the office file; `Refused` where the
    office has nothing to draw from. Where every given case is left out, the plan is empty.
    """
    if cases is None:
        return drawn_from(context, plan_frame(context, parameters, progress), parameters)
    return _among_given(context, parameters, cases)


def plan_frame(
    context: ServiceContext, parameters: PlanParameters, progress: Progress = silent
) -> pl.DataFrame:
    """All that the office could check, with risk and rule (`columns_of` a frame).

    `Refused`, with why, where there is no such case.
    """
    of = ("frame", parameters.as_of, parameters.closed_after, parameters.failed_check_share)
    frame = context.kept(of, lambda: _plan_frame(context, parameters, progress))
    if context.scope is not None:
        mine = context.in_scope(context.tables.case_rows).select("case_id")
        frame = frame.join(mine, on="case_id", how="semi", maintain_order="left")
    if frame.is_empty():
        raise none_to_check(context.narrowed(), parameters.as_of, parameters.closed_after)
    return frame


def _plan_frame(
    context: ServiceContext, parameters: PlanParameters, progress: Progress
) -> pl.DataFrame:
    tables, as_of = context.tables, parameters.as_of
    risk = context.model.question(RiskQuestion)
    scored = risk.score(tables, as_of, progress, closed_after=parameters.closed_after)
    return _with_facts_of_draw(tables, known_by(tables, scored, as_of), scored, parameters)


def drawn_from(
    context: ServiceContext, frame: pl.DataFrame, parameters: PlanParameters
) -> PlannedSpotChecks:
    """The plan over a `plan_frame`; features are built again for what is explained.

    Those of the cases that all are compared with are kept.
    """
    plan = _noted(context, draw_plan(frame, parameters))
    every = frame["case_id"].sort()
    compared = every.gather_every(-(-len(every) // MOST_COMPARED)).to_list()
    among = context.kept(("features", *compared), lambda: _features(context, compared))
    still_wanted()
    drawn = _features(context, plan.lines["case_id"].to_list())
    reasons = context.model.explain(
        RiskQuestion.code, drawn, REASONS_SHOWN, against=REASONS_AGAINST, among=among
    )
    return PlannedSpotChecks(plan, reasons, {}, _risks_by(context))


def _features(context: ServiceContext, case_ids: Sequence[str]) -> FeatureRows:
    """What the risk of these cases is estimated from, and explained by."""
    moments = asked(context.tables, case_ids)
    return context.model.few_features(context.tables, moments, RiskQuestion.code)


def _among_given(
    context: ServiceContext, parameters: PlanParameters, cases: Sequence[GivenCase]
) -> PlannedSpotChecks:
    """A plan over the given cases; those of the office are context, not candidates.

    Nobody may who may not see all of these (`Forbidden`).
    """
    context.check_whole()
    as_of = parameters.as_of
    check_given(cases, context.office, closed_by=as_of)
    tables = with_given(context.tables, cases)
    ids = [case.case_id for case in cases]
    reached = asked(tables, ids, as_of)
    without = left_out(tables, ids, reached) | _reviewed(tables, ids, as_of)
    candidates = reached.filter(~pl.col("case_id").is_in(list(without)))
    x = context.model.few_features(tables, candidates, RiskQuestion.code)
    known = known_by(tables, candidates, as_of)
    scored = with_facts(known, context.model.answer(RiskQuestion.code, x))
    still_wanted()
    frame = _with_facts_of_draw(tables, known, scored, parameters)
    plan = _noted(context, draw_plan(frame, parameters))
    still_wanted()
    drawn = x.where(x["case_id"].is_in(plan.lines["case_id"].implode()).to_numpy())
    reasons = context.model.explain(RiskQuestion.code, drawn, REASONS_SHOWN, among=x)
    return PlannedSpotChecks(plan, reasons, without, _risks_by(context))


def _reviewed(tables: Tables, ids: Sequence[str], as_of: datetime) -> dict[str, Sayable]:
    """Cases with a review made by `as_of`, with the sentence that says so."""
    reviewed = asked_of(tables, ids, reviewed_by, until=as_of)
    return dict.fromkeys(reviewed["case_id"], ALREADY_REVIEWED)


def _with_facts_of_draw(
    tables: Tables, known: Known, scored: pl.DataFrame, parameters: PlanParameters
) -> pl.DataFrame:
    """The frame of scored cases, with rules and, where the draw is split by it, the own check.

    Both see what was recorded by the as-of day, not by the moment that risk is asked at.
    """
    frame = scored.join(mandatory(known), on="case_id", how="left")
    frame = frame.select(columns_of(frame))
    if parameters.failed_check_share is None:
        return frame
    checks = own_checks(tables, parameters.as_of)
    failed = checks.filter(pl.any_horizontal(~pl.col(*CHECKS)))["case_id"]
    return frame.with_columns(failed_check=pl.col("case_id").is_in(failed.implode()))


def _noted(context: ServiceContext, plan: SpotCheckPlan) -> SpotCheckPlan:
    """The plan with what it, its model or its tables do not reach to."""
    start, late = context.model.start, _out_of_time(context, plan.parameters.as_of)
    by_start = () if start is None else (start.says, *context.tried)
    return replace(plan, notes=(*plan.notes, *by_start, *late))


def _risks_by(context: ServiceContext) -> RisksBy:
    return "model" if context.model.start is None else context.model.start.kind


def _out_of_time(context: ServiceContext, as_of: datetime) -> Iterator[Sayable]:
    """Notes on a plan that its model or its tables do not reach to."""
    trained = datetime.fromisoformat(str(context.model.about["trained_until"]))
    newest = context.narrowed().latest_record
    if as_of < trained:
        yield _(
            "With hindsight: the model learnt from what was known by {day}, later than this plan.",
            day=trained.date(),
        )
    if as_of.date() > newest.date():
        yield _(
            "The newest record in the tables is of {day}: what happened since is not in this plan.",
            day=newest.date(),
        )
