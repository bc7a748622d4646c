"""Whether a freshly trained model may be used: its figures on later cases decide.

It must be worth using at all (`judge`), know at least what the champion knows (`succeeds`),
and not be worse than the champion by more than a margin on the same cases (`compare`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _, listed, sentences
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Outcome
from evaluation.promotion.comparison import Comparison, compare, later_scores, trained_until
from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import with_interval
from models.bundle.bundle import Bundle
from models.questions.question import Question

CHANCE = 0.5  # AUC of a model that knows nothing
# Later cases with and without the outcome; on fewer an AUC of 0.7 has an interval of +-0.1
# and more, and a few cases more or less turn the verdict.
FEWEST = 30


@dataclass(frozen=True)
class Verdict:
    """Whether the model is promoted, the sentences that say why, and figures against the champion.

    `comparisons` is empty where the two could not be compared; `reason` then says why.
    """

    promoted: bool
    reason: Sayable
    comparisons: tuple[Comparison, ...] = ()

    @property
    def figures(self) -> dict[str, float]:
        """The comparisons by name, as the registry keeps them."""
        return {
            f"gate.{comparison.figure}.{part}": getattr(comparison, part)
            for comparison in self.comparisons
            for part in ("candidate", "champion", "worse", "at_worst")
        }


def decide(
    tables: Tables,
    bundle: Bundle,
    champion: Bundle | None,
    outcome: Outcome | None,
    progress: Progress = silent,
) -> Verdict:
    """The verdict on `bundle`, whose backtest answered with `outcome`, before the `champion`.

    Without a question that is judged by an outcome, it is only held against what the champion
    knows.
    """
    question = judged_question(bundle)
    if question is None:
        return _unjudged(bundle) if champion is None else succeeds(bundle, champion)
    alone = judge(outcome)
    if not alone.promoted or champion is None:
        return alone
    successor = succeeds(bundle, champion)
    if not successor.promoted:
        return successor
    if question.code not in champion:
        other = _("The champion does not estimate {question}.", question=question.meaning)
        return replace(alone, reason=sentences(alone.reason, other))
    try:
        scores = later_scores(tables, bundle, champion, progress)
    except Refused as refused:
        return replace(alone, reason=sentences(alone.reason, not_compared(refused)))
    against = against_champion(scores)
    return replace(against, reason=sentences(alone.reason, against.reason))


def judged_question(bundle: Bundle) -> Question | None:
    """The question whose outcomes decide about the bundle; None if it answers none of that kind."""
    return None if bundle.judged is None else bundle.questions[bundle.judged]


def _unjudged(bundle: Bundle) -> Verdict:
    meanings = listed(question.meaning for question in bundle.questions.values())
    return Verdict(
        True,
        _("It estimates only {questions}, which is not judged by an outcome.", questions=meanings),
    )


def not_compared(refused: Refused) -> Sayable:
    """Why a model could not be compared with the champion."""
    return _("It could not be compared with the champion: {why}", why=refused.message)


def judge(outcome: Outcome | None) -> Verdict:
    """Promote a model that ranks later cases better than chance, its interval included,
    and whose probabilities are worth at least as much as the plain rate (log loss), both
    on at least `FEWEST` cases with the outcome and as many without.

    `outcome` is how the backtest answered the question the model is for.
    """
    if outcome is None:
        return Verdict(False, _("There are no later cases of known outcome to judge it by."))
    measures = outcome.pooled.measures
    auc, loss = measures[MODEL].auc, measures[MODEL].log_loss.value
    rate_loss = measures["base_rate"].log_loss.value
    positives = measures[MODEL].positives
    negatives = measures[MODEL].n - positives
    few = min(positives, negatives) < FEWEST
    if few or auc.low is None or loss is None or rate_loss is None:
        return Verdict(False, _too_few_to_judge(positives, negatives))
    if not auc.surely_above(CHANCE):
        return Verdict(False, _no_better_than_chance(auc))
    if loss > rate_loss:
        return Verdict(False, _worse_than_the_rate(loss, rate_loss))
    return Verdict(True, _worth_using(auc, loss, rate_loss))


def _too_few_to_judge(positives: int, negatives: int) -> Sayable:
    return _(
        "{positives:,} later cases with the outcome and {negatives:,} without are too few to judge "
        "it by ({needed} of each are needed).",
        positives=positives,
        negatives=negatives,
        needed=FEWEST,
    )


def _no_better_than_chance(auc: Figure) -> Sayable:
    return _(
        "AUC {auc:.3f} on later cases may be no better than chance ({chance:.1f}): its interval "
        "begins at {low:.3f}.",
        auc=auc.value,
        chance=CHANCE,
        low=auc.low,
    )


def _worse_than_the_rate(loss: float, rate_loss: float) -> Sayable:
    return _(
        "Log loss {loss:.4f} on later cases is above that of the plain rate ({rate_loss:.4f}).",
        loss=loss,
        rate_loss=rate_loss,
    )


def _worth_using(auc: Figure, loss: float, rate_loss: float) -> Sayable:
    return _(
        "AUC {auc} on later cases; log loss {loss:.4f} against {rate_loss:.4f} of the plain rate.",
        auc=with_interval(auc, ".3f"),
        loss=loss,
        rate_loss=rate_loss,
    )


def succeeds(bundle: Bundle, champion: Bundle) -> Verdict:
    """Refuse a bundle that knows less than the champion: of earlier time, or lacking a model."""
    until, champion_until = trained_until(bundle), trained_until(champion)
    if until < champion_until:
        return Verdict(
            False,
            _(
                "It knows less than the champion: what was known by {until}, and the champion what "
                "was known by {champion}.",
                until=until,
                champion=champion_until,
            ),
        )
    lost = sorted(set(champion.questions) - set(bundle.questions))
    if lost:
        return Verdict(
            False,
            _(
                "It does not estimate what the champion estimates: {questions}.",
                questions=listed(champion.questions[code].meaning for code in lost),
            ),
        )
    return Verdict(True, _("It knows at least what the champion knows."))


def against_champion(scores: pl.DataFrame) -> Verdict:
    """Whether the candidate holds against the champion on `later_scores`.

    With fewer than `FEWEST` cases of either outcome they are not compared and the champion stays:
    training again on the same tables is no reason to replace it.
    """
    positives = int(scores["y"].sum())
    negatives = scores.height - positives
    if min(positives, negatives) < FEWEST:
        return Verdict(False, _too_few_to_compare(positives, negatives))
    compared = compare(*(scores[name] for name in ("y", "candidate", "champion", "weight")))
    failed = [comparison for comparison in compared if not comparison.holds]
    shown = listed(comparison.says for comparison in failed or compared)
    if failed:
        return Verdict(False, _may_be_worse(scores.height, shown), compared)
    return Verdict(True, _holds_against(scores.height, shown), compared)


def _too_few_to_compare(positives: int, negatives: int) -> Sayable:
    return _(
        "{positives:,} later cases with the outcome and {negatives:,} without are too few to "
        "compare it with the champion, which stays ({needed} of each are needed). Train again when "
        "more outcomes are known.",
        positives=positives,
        negatives=negatives,
        needed=FEWEST,
    )


def _may_be_worse(cases: int, comparisons: Sayable) -> Sayable:
    return _(
        "It may be worse than the champion on {cases:,} cases whose outcome became known after the "
        "champion was trained: {comparisons}.",
        cases=cases,
        comparisons=comparisons,
    )


def _holds_against(cases: int, comparisons: Sayable) -> Sayable:
    return _(
        "It holds against the champion on {cases:,} cases whose outcome became known after the "
        "champion was trained: {comparisons}.",
        cases=cases,
        comparisons=comparisons,
    )
