"""From computed values to the documents the service sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from cases.office import Office
from models.reasons import Reason
from policies.plans import commitment, why
from serving.payloads import (
    HealthOut,
    LeftOut,
    LineOut,
    OutlookOut,
    PlanOut,
    ReasonOut,
    ScoreOut,
    ScoresOut,
)
from serving.use_cases import Desk, Scores, SpotChecks


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


def health_out(desk: Desk) -> HealthOut:
    """What this worker answers from."""
    return HealthOut(
        office=desk.office.office.name.say(desk.office.language),
        cases=desk.tables.case_rows.height,
        trained_until=str(desk.model.about["trained_until"]),
    )
