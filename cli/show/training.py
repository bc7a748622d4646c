"""How a training is shown on a terminal."""

from __future__ import annotations

from cases.language.messages import Sayable, _
from cli.console import Terminal
from evaluation.promotion.candidate import Trained
from models.bundle.bundle import gaps

QUESTIONS = {"risk": _("risk"), "complexity": _("complexity"), "effort": _("effort")}


def show_training(terminal: Terminal, trained: Trained) -> None:
    """Which questions are not answered and why, and what the gate said."""
    terminal.show(*gaps(trained.bundle.not_trained), _verdict(trained))


def _verdict(trained: Trained) -> Sayable:
    number, reason = trained.version.number, trained.verdict.reason
    judged = next((q for q in ("risk", "complexity") if q in trained.bundle), "effort")
    if trained.verdict.promoted:
        return _(
            "Model {number} is promoted to champion. Judged by {question}: {reason}",
            number=number,
            question=QUESTIONS[judged],
            reason=reason,
        )
    return _(
        "Model {number} is NOT promoted. Judged by {question}: {reason}",
        number=number,
        question=QUESTIONS[judged],
        reason=reason,
    )
