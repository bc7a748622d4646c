"""How a training is shown on a terminal."""

from __future__ import annotations

from cases.language.messages import Sayable, _, sentences
from cli.console import Terminal
from evaluation.promotion.candidate import Trained
from evaluation.promotion.gate import judged_question
from models.bundle.bundle import gaps


def show_training(terminal: Terminal, trained: Trained) -> None:
    """Which questions are not answered and why, and what the gate said."""
    terminal.show(*gaps(trained.bundle.not_trained), _verdict(trained))


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
