"""The questions there are, by code, in the order in which they are trained and shown."""

from __future__ import annotations

from models.questions.complexity import ComplexityQuestion
from models.questions.effort import EffortQuestion
from models.questions.overruns import OverrunQuestion
from models.questions.question import Question
from models.questions.remaining import RemainingQuestion
from models.questions.risk import RiskQuestion
from models.questions.running_risk import RunningRiskQuestion

QUESTIONS: dict[str, type[Question]] = {
    question.code: question
    for question in (
        RiskQuestion,
        ComplexityQuestion,
        EffortQuestion,
        RemainingQuestion,
        OverrunQuestion,
        RunningRiskQuestion,
    )
}
