"""From computed values to the documents the service sends, in the office's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cases.language.catalogues import Language
from cases.language.messages import Sayable, say
from cases.office.model import Office
from models.reasons.reasons import Reason
from policies.assignment.result import DrawnAssignment
from policies.assignment.who_may import WhoMay, who_may
from policies.seeds import commitment
from policies.spot_check.plan import why
from policies.spot_check.planning import floor_cost
from policies.tickets import FORMAT
from serving.http.documents import (
    AlertOut,
    AlertsOut,
    EligibleOut,
    ExcludedOut,
    HealthOut,
    IntakeOut,
    LeftOut,
    LineOut,
    LoadOut,
    NewCaseOut,
    OutlookOut,
    PlanOut,
    ReasonOut,
    ScoreOut,
    ScoresOut,
    WhoOut,
)
from serving.http.guard.program import program_version
from serving.kept.watch import notes
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.suggesting import EFFORTS, IntakeSuggestions
from serving.use_cases.scores import Scores
from serving.use_cases.spot_checks import PlannedSpotChecks
from serving.use_cases.watching.standing import Watched
from serving.use_cases.watching.watching import Watch


def plan_out(drawn: PlannedSpotChecks, office: Office) -> PlanOut:
    """A drawn plan with a reason on every line."""
    plan, parameters, language = drawn.plan, drawn.plan.parameters, office.language
    return PlanOut(
        format=plan.format,
        plan_id=plan.plan_id,
        as_of=parameters.as_of,
        closed_after=parameters.closed_after,
        capacity=parameters.capacity,
        search_share=parameters.search_share,
        margin=parameters.margin,
        seed=parameters.seed,
        seed_commitment=commitment(parameters.seed),
        frame_cases=plan.frame.height,
        frame_hash=plan.frame_hash,
        outlook=[OutlookOut(**asdict(outlook)) for outlook in plan.outlook],
        floor_cost=floor_cost(plan),
        drawn=plan.drawn,
        notes=_said(plan.notes, language),
        lines=[
            LineOut(
                **line,
                why=why(line, office, drawn.risks_by).say(language),
                reasons=_reasons_out(drawn.reasons.get(line["case_id"], ()), language),
            )
            for line in plan.lines.iter_rows(named=True)
        ],
        left_out=_left_out(drawn.left_out, language),
    )


def scores_out(scores: Scores, office: Office) -> ScoresOut:
    """Scores in the order of case ids."""
    rows = scores.scored.sort("case_id").iter_rows(named=True)
    return ScoresOut(
        scores=[ScoreOut(**row) for row in rows],
        left_out=_left_out(scores.left_out, office.language),
    )


def intake_out(suggested: IntakeSuggestions, office: Office) -> IntakeOut:
    """What is suggested for new cases, with everything needed to draw again."""
    assignment, language = suggested.assignment, office.language
    parameters = assignment.parameters if assignment else None
    return IntakeOut(
        format=FORMAT,
        assignment_id=assignment.assignment_id if assignment else None,
        as_of=parameters.as_of if parameters else None,
        seed=parameters.seed if parameters else None,
        seed_commitment=commitment(parameters.seed) if parameters else None,
        floor=parameters.floor if parameters else None,
        effort_unit=office.effort.measured_in.say(language),
        designated_share=assignment.designated_share if assignment else None,
        notes=_said(suggested.notes, language),
        cases=_new_cases_out(suggested, language),
        who=[_who_out(who, language) for who in who_may(assignment)] if assignment else [],
        loads=_loads_out(assignment) if assignment else [],
    )


def alerts_out(watch: Watch, office: Office) -> AlertsOut:
    """Alerts with their sentences."""
    language = office.language
    return AlertsOut(
        as_of=watch.as_of,
        notes=_said(notes(watch), language),
        alerts=[_alert_out(one, language) for one in watch.several],
    )


def _alert_out(one: Watched, language: Language) -> AlertOut:
    alert = one.alert
    return AlertOut(
        **{**alert.key._asdict(), "due_on": alert.due_on},
        unit=alert.unit,
        state=one.state,
        since=alert.since,
        notified_on=one.notified_on,
        probability=alert.probability,
        worth=None if alert.probability is None else alert.worth,
        why=say(alert.why, language),
        todo=say(alert.todo, language),
    )


def health_out(context: ServiceContext) -> HealthOut:
    """What this worker answers from; of the ledger nothing to who may not see all cases."""
    ledger = context.remembered if context.scope is None else None
    return HealthOut(
        office=context.office.office.name.say(context.office.language),
        cases=context.in_scope(context.tables.case_rows).height,
        model_version=context.version,
        trained_until=str(context.model.about["trained_until"]),
        newest_record=context.newest_record,
        program=program_version(),
        ledger_size=ledger.position if ledger else None,
        ledger_root=ledger.tree.root().hex() if ledger else None,
    )


def _new_cases_out(suggested: IntakeSuggestions, language: Language) -> list[NewCaseOut]:
    assignment = suggested.assignment
    lines = {line["case_id"]: line for line in assignment.lines.to_dicts()} if assignment else {}
    why_so = assignment.why if assignment else {}
    documents = []
    for case in suggested.cases.iter_rows(named=True):
        case_id = case["case_id"]
        document = NewCaseOut(
            **_facts(case, lines.get(case_id, {})),
            why=suggested.why[case_id].say(language),
            reasons=_reasons_out(suggested.reasons.get(case_id, ()), language),
            how_so=why_so[case_id].say(language) if case_id in why_so else None,
        )
        documents.append(document)
    return documents


def _facts(case: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """What is estimated of a case, and where it goes; None where it has no line."""
    estimated = ("complex_probability", "called", "audit_probability", *EFFORTS)
    names = ("case_id", "track", "rule", *estimated)
    facts = {name: case[name] for name in names}
    return facts | {name: line.get(name) for name in ("handler", "how", "probability")}


def _who_out(who: WhoMay, language: Language) -> WhoOut:
    return WhoOut(
        case_ids=list(who.case_ids),
        eligible=[
            EligibleOut(handler=handler, probability=probability)
            for handler, probability in who.eligible
        ],
        excluded=[
            ExcludedOut(
                reason=excluded.says.say(language),
                changes=excluded.changes.say(language),
                handlers=list(excluded.handlers),
            )
            for excluded in who.excluded
        ],
    )


def _loads_out(assignment: DrawnAssignment) -> list[LoadOut]:
    loads = assignment.loads[["handler", "capacity", "before", "expected", "after"]]
    return [LoadOut(**load) for load in loads.iter_rows(named=True)]


def _reasons_out(reasons: Sequence[Reason], language: Language) -> list[ReasonOut]:
    return [
        ReasonOut(
            sentence=say(reason.sentence, language),
            feature=reason.feature,
            raises=reason.raises,
            contribution=reason.contribution,
            without=reason.without,
        )
        for reason in reasons
    ]


def _left_out(problems: Mapping[str, Sayable], language: Language) -> list[LeftOut]:
    return [
        LeftOut(case_id=case_id, problem=problem.say(language))
        for case_id, problem in sorted(problems.items())
    ]


def _said(texts: Iterable[Sayable], language: Language) -> list[str]:
    return [text.say(language) for text in texts]
