"""How likely a review is to find a defect in closed cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from cases.language.messages import Sayable, _
from cases.nearest import ALIKE, did_you_mean
from cases.tables.tables import Tables
from models.questions.risk import RiskQuestion
from serving.use_cases.closed_cases import closings, outside
from serving.use_cases.context import Champion, ServiceContext
from serving.use_cases.faults import fault, refuse
from serving.use_cases.given_cases import GivenCase, check_given, with_given


@dataclass(frozen=True)
class Scores:
    """`case_id, moment, risk, risk_low, risk_high`, and the cases that have no risk, with why."""

    scored: pl.DataFrame
    left_out: Mapping[str, Sayable]


def scores(context: ServiceContext, cases: Sequence[GivenCase]) -> Scores:
    """The risk of `cases`, each at its closing; `BadInput` if they have faults."""
    check_given(cases, context.office)
    tables = with_given(context.tables, cases)
    return _scores(tables, context.model, [case.case_id for case in cases])


def scores_of_ids(context: ServiceContext, case_ids: Sequence[str]) -> Scores:
    """As `scores`, of cases the office has; `BadInput` for unknown and open ones."""
    closed = dict(context.tables.case_rows.select("case_id", "closed_at").iter_rows())
    refuse(
        fault(f"case_ids[{index}]", *_unscorable(case_id, closed))
        for index, case_id in enumerate(case_ids)
        if closed.get(case_id) is None
    )
    return _scores(context.tables, context.model, case_ids)


def _unscorable(case_id: str, closed: Mapping[str, datetime | None]) -> tuple[Sayable, Sayable]:
    """What is wrong with asking for the risk of this case, and what to do."""
    if case_id in closed:
        remedy = _("Risk is asked at closing: leave it out until it is closed.")
        return _("is still open."), remedy
    problem = _("is not a case of this office.")
    return problem, did_you_mean(case_id, closed, _("Send the case itself in `cases`."), ALIKE)


def _scores(tables: Tables, model: Champion, case_ids: Sequence[str]) -> Scores:
    left_out = outside(tables, case_ids)
    scored = [case_id for case_id in case_ids if case_id not in left_out]
    x = model.features(tables, closings(tables, scored), RiskQuestion.code)
    return Scores(model.answer(RiskQuestion.code, x), left_out)
