"""From computed values to the documents the service sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cases.language.catalogues import Language
from cases.office.model import Office
from models.reasons.reasons import Reason
from policies.assignment.result import Assignment
from policies.spot_check.plan import commitment, why
from serving.http.payloads import (
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
from serving.use_cases.intake import EFFORTS, Intake, who_may
from serving.use_cases.spot_checks import Scores, ServiceContext, SpotChecks


def plan_out(drawn: SpotChecks, office: Office) -> PlanOut:
    """A drawn plan with a reason on every line."""
    plan, asked = drawn.plan, drawn.plan.parameters
    return PlanOut(
        plan_id=plan.plan_id,
        as_of=asked.as_of,
        closed_after=asked.closed_after,
        capacity=asked.capacity,
        search_share=asked.search_share,
        margin=asked.margin,
        seed=asked.seed,
        seed_commitment=commitment(asked.seed),
        frame_cases=plan.frame.height,
        frame_hash=plan.frame_hash,
        outlook=[OutlookOut(**asdict(one)) for one in plan.outlook],
        drawn=plan.drawn,
        notes=[note.say(office.language) for note in plan.notes],
        lines=[
            LineOut(
                **line,
                why=why(line, office),
                reasons=_reasons_out(drawn.reasons.get(line["case_id"], ())),
            )
            for line in plan.lines.iter_rows(named=True)
        ],
        left_out=_left_out(drawn.left_out),
    )


def _reasons_out(reasons: Sequence[Reason]) -> list[ReasonOut]:
    return [
        ReasonOut(sentence=one.sentence, feature=one.feature, contribution=one.contribution)
        for one in reasons
    ]


def scores_out(scores: Scores) -> ScoresOut:
    """Scores in the order of case ids."""
    rows = scores.scored.sort("case_id").iter_rows(named=True)
    return ScoresOut(scores=[ScoreOut(**row) for row in rows], left_out=_left_out(scores.left_out))


def _left_out(problems: Mapping[str, str]) -> list[LeftOut]:
    return [LeftOut(case_id=one, problem=problem) for one, problem in sorted(problems.items())]


def intake_out(found: Intake, office: Office) -> IntakeOut:
    """What is suggested for new cases, with everything needed to draw again."""
    assignment, language = found.assignment, office.language
    wish = assignment.parameters if assignment else None
    lines = {line["case_id"]: line for line in assignment.lines.to_dicts()} if assignment else {}
    return IntakeOut(
        assignment_id=assignment.assignment_id if assignment else None,
        as_of=wish.as_of if wish else None,
        seed=wish.seed if wish else None,
        seed_commitment=commitment(wish.seed) if wish else None,
        floor=wish.floor if wish else None,
        effort_unit=office.effort.measured_in.say(language),
        designated_share=assignment.designated_share if assignment else None,
        notes=[note.say(language) for note in found.notes],
        cases=[
            _new_case_out(
                case,
                lines.get(case["case_id"], {}),
                found.reasons.get(case["case_id"], ()),
                language,
            )
            for case in found.cases.iter_rows(named=True)
        ],
        who=[WhoOut(**one) for one in who_may(assignment, language)] if assignment else [],
        loads=[LoadOut(**one) for one in _loads(assignment)] if assignment else [],
    )


def _new_case_out(
    case: Mapping[str, Any],
    line: Mapping[str, Any],
    reasons: Sequence[Reason],
    language: Language,
) -> NewCaseOut:
    names = ("case_id", "track", "rule", "complex_probability", *EFFORTS)
    facts: dict[str, Any] = {name: case[name] for name in names}
    facts |= {name: line.get(name) for name in ("handler", "how", "probability")}
    return NewCaseOut(
        **facts,
        why=case[f"why_{language}"],
        reasons=_reasons_out(reasons),
        how_so=line.get(f"why_{language}"),
    )


def _loads(assignment: Assignment) -> list[dict[str, Any]]:
    return assignment.loads.select("handler", "capacity", "before", "expected", "after").to_dicts()


def health_out(context: ServiceContext) -> HealthOut:
    """What this worker answers from."""
    return HealthOut(
        office=context.office.office.name.say(context.office.language),
        cases=context.tables.case_rows.height,
        trained_until=str(context.model.about["trained_until"]),
    )
