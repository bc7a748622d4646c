"""What the first request of each kind would wait for, done before it comes."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import rows
from features.as_of import risk_moments
from models.questions.risk import RiskQuestion
from serving.use_cases.asked.named import asked
from serving.use_cases.context import ServiceContext
from serving.use_cases.intake.suggesting import UNESTIMATED

REASONS = 1


def warm_up(context: ServiceContext) -> None:
    """Make the plans of the features that answers are made from, by asking for one case."""
    tables, model = context.tables, context.model
    reached = rows(risk_moments(tables, after=None, until=datetime.max).head(1))["case_id"]
    if RiskQuestion.code in model and len(reached):
        x = model.few_features(tables, asked(tables, reached.to_list()), RiskQuestion.code)
        model.answer(RiskQuestion.code, x)
        model.explain(RiskQuestion.code, x, REASONS)
    codes = [code for code in UNESTIMATED if code in model]
    if codes and tables.case_rows.height:
        at_opening = tables.case_rows.head(1).select("case_id", moment=pl.col("opened_at"))
        x = model.few_features(tables, at_opening, *codes)
        for code in codes:
            model.answer(code, x)
