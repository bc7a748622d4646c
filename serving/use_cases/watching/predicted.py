"""What the champion predicts of running cases, and how such predictions did before."""

from __future__ import annotations

from datetime import datetime

from cases.tables.tables import Tables
from evaluation.backtests.alerts.against_clock import TRIED, AgainstClock, from_kept
from evaluation.backtests.alerts.outcomes import Predicted
from evaluation.backtests.alerts.overruns import probabilities
from models.questions.overruns import OverrunQuestion
from serving.use_cases.context import Champion


def predicted(model: Champion | None, tables: Tables, as_of: datetime) -> Predicted:
    """How probable it is that each running clock will be overrun; nothing without such a model."""
    if model is None or OverrunQuestion.code not in model:
        return {}
    return probabilities(tables, model.question(OverrunQuestion), as_of)


def tried_before(model: Champion | None) -> AgainstClock | None:
    """How predictions did when the model was trained; None for a model that makes none."""
    if model is None or OverrunQuestion.code not in model or TRIED not in model.about:
        return None
    return from_kept(model.about[TRIED])
