"""The gate while no fitted model of risk is in use: the start, and what replaces it.

The start (`models/estimators/start.py`) is not judged: it is what an office has without any model.
A fitted model of risk replaces it only if it is worth using at all and ranks later cases better.
"""

from __future__ import annotations

from dataclasses import replace

from cases.language.messages import Sayable, _, listed, sentences
from cases.progress import Progress
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest, Outcome
from evaluation.promotion import gate
from evaluation.promotion.comparison import compare
from evaluation.promotion.gate import Before, Verdict
from models.bundle.bundle import Bundle
from models.questions.complexity import ComplexityQuestion
from models.questions.risk import RiskQuestion
from training.run import with_start

# The estimators of a backtest that the start is: the rule of thumb, equal risks without one.
STARTS = ("rule_of_thumb", "base_rate")
FITTED = _("The champion has a fitted model of risk, which a start does not replace.")
WAITS = _("the gate has passed none yet.")


def decide_on(
    tables: Tables, bundle: Bundle, before: Before, tested: Backtest, progress: Progress
) -> Verdict:
    """The verdict on `bundle` after what came before, whether or not it or that is a start."""
    champion, fitted = before.champion, _fitted(before.champion)
    if bundle.start is not None and fitted:
        return Verdict(False, FITTED)
    if bundle.start is not None and bundle.judged is None:
        says = bundle.start.says
        return Verdict(True, says) if champion is None else _renewed(bundle, champion, says)
    if bundle.judged == RiskQuestion.code and not fitted:
        return _replaces_start(tables, bundle, before, tested)
    return gate.decide(tables, bundle, tested, before, progress)


def instead_of(
    tables: Tables, bundle: Bundle, before: Before, tested: Backtest, progress: Progress
) -> tuple[Bundle, Verdict] | None:
    """What is promoted in place of a `bundle` that was refused and its verdict, if anything.

    A start in place of its model of risk, and its model of complexity if that passes the gate by
    itself. Nothing where a fitted model of risk is in use or the champion knows more.
    """
    if _fitted(before.champion):
        return None
    started = bundle
    if bundle.start is None:
        because = _("a fitted model was tried and refused.")
        started = with_start(bundle, tables, because)
    tried = [started] if started is not bundle else []
    if ComplexityQuestion.code in started:
        tried.append(started.without(ComplexityQuestion.code, WAITS))
    for other in tried:
        verdict = decide_on(tables, other, before, tested, progress)
        if verdict.promoted:
            return other, verdict
    return None


def _fitted(champion: Bundle | None) -> bool:
    """Whether a fitted model of risk is in use."""
    return champion is not None and RiskQuestion.code in champion and champion.start is None


def _renewed(bundle: Bundle, champion: Bundle, says: Sayable) -> Verdict:
    """A start before another: promoted if it knows what the champion knows."""
    successor = gate.succeeds(bundle, champion)
    return replace(successor, reason=says) if successor.promoted else successor


def _replaces_start(tables: Tables, bundle: Bundle, before: Before, tested: Backtest) -> Verdict:
    """Whether a fitted model takes over from the start, which may be the champion."""
    alone, champion = gate.alone(tables, bundle, tested, before.attempt), before.champion
    if tested.risk is None or not alone.promoted:
        return alone
    if champion is not None and not (successor := gate.succeeds(bundle, champion)).promoted:
        return successor
    against = against_start(tested.risk, before.attempt)
    return replace(against, reason=sentences(alone.reason, against.reason))


def against_start(outcome: Outcome, attempt: int = 1) -> Verdict:
    """Whether the model ranked the later cases of a backtest better than the start.

    Its AUC must be higher, and no figure surely worse than the margins of the gate allow. Both
    were fitted on the same cases again and again, before the outcomes they are compared on.
    """
    start = next(name for name in STARTS if name in outcome.estimators)
    scores = outcome.scores
    given = (scores[name] for name in ("y", MODEL, start, "weight"))
    compared = compare(*given, attempt=attempt)
    ahead = next(c.worse < 0 for c in compared if c.figure == "auc")
    failed = [comparison for comparison in compared if not comparison.holds]
    if ahead and not failed:
        shown = listed(comparison.says for comparison in compared)
        held = _("It ranks later cases better than the start: {comparisons}.", comparisons=shown)
        return Verdict(True, held, compared)
    shown = listed(comparison.says for comparison in failed or compared)
    missed = _(
        "It does not hold against the start, which stays: {comparisons}. Train again when more "
        "outcomes are known.",
        comparisons=shown,
    )
    return Verdict(False, missed, compared)
