"""How a training is shown on a terminal."""

from __future__ import annotations

from cases.language.messages import Sayable, _, sentences
from cli.console import Terminal
from evaluation.promotion.candidate import Trained
from evaluation.promotion.gate import judged_question
from models.bundle.bundle import gaps
from models.questions.risk import RiskQuestion


def show_training(terminal: Terminal, trained: Trained) -> None:
    """Which questions are not answered and why, the kind of the risk model, the verdict."""
    terminal.show(*gaps(trained.bundle.not_trained), *_kind(trained), _verdict(trained))


def _kind(trained: Trained) -> list[Sayable]:
    """Which kind of model the risk has and why; nothing if there is none."""
    if RiskQuestion.code not in trained.bundle:
        return []
    return [trained.bundle.question(RiskQuestion).kind]


def _verdict(trained: Trained) -> Sayable:
    number = trained.version.number
    if trained.verdict.promoted:
        result = _("Model {number} is promoted to champion.", number=number)
    else:
        result = _("Model {number} is NOT promoted.", number=number)
    return sentences(result, _reason(trained))


def _reason(trained: Trained) -> Sayable:
    question, reason = judged_question(trained.bundle), trained.verdict.reason
    if question is None:
        return reason
    return _("Judged by {question}: {reason}", question=question.meaning, reason=reason)
