"""Probabilities of overruns at a moment; what is tried on the past is what is served."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import Tables, moments_of, rows
from evaluation.backtests.alerts.outcomes import Predicted
from features.as_of import open_moments
from features.build import build
from features.catalogue import running_features
from features.feature import LIMIT
from models.questions.overruns import OverrunQuestion
from policies.clocks.waiting import waiting_clocks


def probabilities(tables: Tables, question: OverrunQuestion, as_of: datetime) -> Predicted:
    """How probable it is that each running clock of the cases open at a moment is overrun."""
    asked = asked_clocks(tables, rows(open_moments(tables, as_of)))
    if asked.is_empty():
        return {}
    overrun = question.answer(asked)[question.estimate]
    return dict(zip(asked.select("case_id", LIMIT).iter_rows(), overrun, strict=True))


def asked_clocks(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """The `waiting_clocks` of `moments`, with the features of running cases; often fewer rows."""
    clocks = waiting_clocks(tables, moments)
    if clocks.is_empty():
        return clocks
    at = moments_of(clocks.select("case_id", "moment").unique())
    x = rows(build(tables, at, running_features(tables.office)))
    return clocks.join(x, on=["case_id", "moment"], how="left", maintain_order="left")
