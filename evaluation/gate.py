"""Whether a freshly trained model may be used: its figures on later cases decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evaluation.backtest import MODEL, Outcome
from models.bundle import Bundle

CHANCE = 0.5  # AUC of a model that knows nothing
# Later cases with and without the outcome; on fewer an AUC of 0.7 has an interval of +-0.1
# and more, and a few cases more or less turn the verdict.
FEWEST = 30


@dataclass(frozen=True)
class Verdict:
    """Whether the model is promoted, and the sentence that says why."""

    promoted: bool
    reason: str


def judge(outcome: Outcome | None) -> Verdict:
    """Promote a model that ranks later cases better than chance, its interval included,
    and whose probabilities are worth at least as much as the plain rate (log loss), both
    on at least `FEWEST` cases with the outcome and as many without.

    `outcome` is how the backtest answered the question the model is for.
    """
    if outcome is None:
        return Verdict(False, "There are no later cases of known outcome to judge it by.")
    measures = outcome.pooled.measures
    auc, own = measures[MODEL].auc, measures[MODEL].log_loss.value
    rate = measures["base_rate"].log_loss.value
    positives = measures[MODEL].positives
    others = measures[MODEL].n - positives
    if min(positives, others) < FEWEST or auc.low is None or own is None or rate is None:
        reason = f"{positives} later cases with the outcome and {others} without are too few"
        return Verdict(False, f"{reason} to judge it by: {FEWEST} of each are needed.")
    if auc.low <= CHANCE:
        reason = f"AUC {auc.value:.3f} on later cases may be no better than chance (0.5)"
        return Verdict(False, f"{reason}: its 95 % interval begins at {auc.low:.3f}.")
    if own > rate:
        reason = f"log loss {own:.4f} on later cases is above that of the plain rate"
        return Verdict(False, f"{reason} ({rate:.4f}).")
    reason = f"AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f}) on later cases"
    return Verdict(True, f"{reason}; log loss {own:.4f} against {rate:.4f} of the plain rate.")


def succeeds(bundle: Bundle, champion: Bundle) -> Verdict:
    """Refuse a bundle that knows less than the champion: of earlier time, or lacking a model."""
    own, other = (datetime.fromisoformat(one.about["trained_until"]) for one in (bundle, champion))
    if own < other:
        reason = f"It knows what was known by {own:%Y-%m-%d}, the champion by {other:%Y-%m-%d}."
        return Verdict(False, reason)
    lost = sorted(set(bundle.about["not_trained"]) - set(champion.about["not_trained"]))
    if lost:
        return Verdict(False, f"It says nothing about {' and '.join(lost)}, the champion does.")
    return Verdict(True, "It knows at least what the champion knows.")
