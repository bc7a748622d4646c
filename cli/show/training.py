"""How a training is shown on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, sentences
from cli.console import Terminal
from evaluation.promotion.candidate import Trained
from evaluation.promotion.gate import judged_question
from models.bundle.bundle import gaps
from models.questions.risk import RiskQuestion


def show_training(terminal: Terminal, trained: Trained) -> None:
    """What answers each question, what the gate said, and what is used instead."""
    terminal.show(
        *gaps(trained.bundle.not_trained), *_kind(trained), _verdict(trained), *_instead(trained)
    )


def _kind(trained: Trained) -> Iterator[Sayable]:
    """Which kind of model the risk has and why, or that it is a start."""
    kind, start = trained.bundle.question(RiskQuestion).kind, trained.bundle.start
    if kind is not None:
        yield kind
    if start is not None and trained.bundle.judged is not None:  # else the verdict says it
        yield start.says


def _instead(trained: Trained) -> Iterator[Sayable]:
    if trained.instead is not None:
        yield _(
            "Model {number} is promoted to champion instead. {reason}",
            number=trained.instead.version.number,
            reason=trained.instead.verdict.reason,
        )


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
