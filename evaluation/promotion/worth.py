"""Whether a model is worth using at all: what it did on later cases, and what to try if not.

The order decides: it must be better than chance, also among cases of the same reviewer and of
the same unit. Probabilities that do not hold are a finding, and a refusal only where they do
harm: knowing the plain rate alone would surely be better.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.language.messages import Sayable, _, sentences
from cases.language.values import Value
from evaluation.backtests.answers import FEWEST_TO_JUDGE, allowed_error, surely_off
from evaluation.backtests.backtest import MODEL, Outcome
from evaluation.backtests.strata import CHANCE, NAMES, PLURALS, Within
from evaluation.promotion.comparison import MARGINS, more_cases, rounded_up, stretch
from evaluation.statistics.metrics import Figure, Measures, log_loss_excess
from evaluation.statistics.saying import interval, with_interval

KEPT = 0.5  # of what the AUC is above chance, the least that must be left among like cases


@dataclass(frozen=True)
class Worth:
    """Whether a model is worth using, and the sentences that say why."""

    holds: bool
    reason: Sayable


def judge(outcome: Outcome | None, parts: Sequence[Within] = (), attempt: int = 1) -> Worth:
    """The worth of a model whose backtest answered with `outcome`; `parts` are its strata.

    At least `FEWEST_TO_JUDGE` cases with the outcome and as many without. Its AUC must be above
    chance, interval included, as must that among cases of the same reviewer and of the same unit,
    where at least `KEPT` of the gain over chance must be left: else it tells reviewers or units
    apart. Its log loss must not surely be above the plain rate's by more than
    `MARGINS["log_loss"]`. From the second `attempt` on the same outcomes the interval of the AUC is
    wider (`stretch`).
    """
    if outcome is None:
        return Worth(False, _untested())
    measures = outcome.pooled.measures[MODEL]
    negatives = measures.n - measures.positives
    if min(measures.positives, negatives) < FEWEST_TO_JUDGE or measures.auc.value is None:
        return Worth(False, _too_few(measures.positives, negatives))
    excess = _excess(outcome)
    of_order = [*_of_chance(measures.auc, attempt)]
    if not of_order:  # else there is no gain that could be one of reviewers
        of_order = [why for part in parts for why in _of_strata(part)]
    objections = (*of_order, *_of_probabilities(excess))
    if objections:
        return Worth(False, sentences(*objections))
    found = (_ranks(measures.auc), *map(_within, parts), *_findings(measures, excess))
    return Worth(True, sentences(*found))


def _excess(outcome: Outcome) -> Figure:
    """The model's log loss minus that of the rate known before, on the same cases."""
    scores = outcome.scores
    return log_loss_excess(*(scores[name] for name in ("y", MODEL, "base_rate", "weight")))


def _untested() -> Sayable:
    return _(
        "There are no later cases of known outcome to judge it by. What to try: have closed cases "
        "reviewed, drawn by `triage plan`, and train again when their grades are final."
    )


def _too_few(positives: int, negatives: int) -> Sayable:
    values = {"positives": positives, "negatives": negatives, "needed": FEWEST_TO_JUDGE}
    few, total = min(positives, negatives), positives + negatives
    if not few:
        return _(
            "{positives:,} later cases with the outcome and {negatives:,} without are too few to "
            "judge it by ({needed} of each are needed). What to try: more known outcomes, so have "
            "more cases reviewed.",
            **values,
        )
    return _(
        "{positives:,} later cases with the outcome and {negatives:,} without are too few to judge "
        "it by ({needed} of each are needed). What to try: at this rate about {more:,} more known "
        "outcomes, so have as many more cases reviewed.",
        **values,
        more=rounded_up(total * (FEWEST_TO_JUDGE - few) / few),
    )


def _of_chance(auc: Figure, attempt: int) -> Iterator[Sayable]:
    """That the order may be no better than chance, if it may."""
    if auc.value is None or auc.low is None:
        return
    below = (auc.value - auc.low) * stretch(attempt)
    low = auc.value - below
    if low > CHANCE:
        return
    why = _(
        "AUC {auc:.3f} on later cases may be no better than chance ({chance:.1f}): its interval "
        "begins at {low:.3f}.",
        auc=auc.value,
        chance=CHANCE,
        low=low,
    )
    yield sentences(why, _try_against_chance(auc.value, below, auc.n))


def _try_against_chance(auc: float, below: float, cases: int) -> Sayable:
    """More outcomes where they could show it; else other facts."""
    more = more_cases(cases, below, auc - CHANCE)
    if more is None:
        return _(
            "What to try: facts that say more about a case, as further columns of the office "
            "file, or a longer time to learn from; more outcomes alone will hardly help."
        )
    return _(
        "What to try: about {more:,} more known outcomes, if it ranks as well as it seems; or a "
        "longer time to learn from.",
        more=more,
    )


def _of_strata(part: Within) -> Iterator[Sayable]:
    """That it tells reviewers or units apart and not cases, if it does."""
    if not _judged(part) or (part.auc_within.surely_above(CHANCE) and _kept(part) >= KEPT):
        return
    why = _(
        "It tells {strata} apart more than cases: AUC {auc} over all, {within} among cases of the "
        "same {stratum}, where the interval must lie above {chance:.1f} and at least {least:.0%} "
        "of the gain over chance be left.",
        strata=PLURALS[part.by],
        stratum=NAMES[part.by],
        auc=with_interval(part.auc, ".3f"),
        within=with_interval(part.auc_within, ".3f"),
        chance=CHANCE,
        least=KEPT,
    )
    yield sentences(why, TRY_WITHIN[part.by])


TRY_WITHIN: dict[str, Sayable] = {
    "reviewer": _(
        "What to try: have a part of the cases read by two reviewers, so that severity can be "
        "taken out; and leave out facts that stand in for the reviewer."
    ),
    "unit": _(
        "What to try: leave out the unit and the facts that stand in for it, and draw reviews at "
        "random in every unit."
    ),
}


def _judged(part: Within) -> bool:
    """Whether the figures within strata are there, and speak for at least half of the cases."""
    known = part.auc.value is not None and part.auc_within.value is not None
    return known and part.cases >= part.left_out


def _kept(part: Within) -> float:
    """Of what the AUC over all is above chance, the share that is left within strata.

    1 where there is no gain to lose.
    """
    over_all, own = (figure.value or 0.0 for figure in (part.auc, part.auc_within))
    return (own - CHANCE) / (over_all - CHANCE) if over_all > CHANCE else 1.0


def _of_probabilities(excess: Figure) -> Iterator[Sayable]:
    """That its probabilities are surely worse than the plain rate by more than the margin."""
    if excess.surely_above(MARGINS["log_loss"]):
        yield _(
            "Its probabilities do harm: log loss above that of the plain rate by {excess} "
            "({margin:.2f} allowed). What to try: train on newer outcomes, since the level has "
            "moved; “What changed” in its report says since when (`triage report OFFICE --version "
            "N`).",
            excess=with_interval(excess, ".4f"),
            margin=MARGINS["log_loss"],
        )


def _findings(measures: Measures, excess: Figure) -> Iterator[Sayable]:
    """That probabilities are no rates, if they are surely off or no better than the plain rate."""
    error, bias = measures.calibration_error, measures.bias
    if error.value is not None and bias.value is not None and surely_off(measures):
        rate = measures.base_rate.value or 0.0
        yield _(
            "Use the order, not the probabilities: {expected:.1%} expected and {found:.1%} found; "
            "off by {error} percentage points on average, where {allowed} are allowed.",
            expected=rate + bias.value,
            found=rate,
            error=_points(error),
            allowed=Value(100 * allowed_error(measures), ".1f"),
        )
    elif excess.surely_above(0):
        yield _(
            "Use the order, not the probabilities: their log loss is above that of the plain rate "
            "by {excess}.",
            excess=with_interval(excess, ".4f"),
        )


def _points(figure: Figure) -> Sayable:
    value, low, high = (100 * (end or 0.0) for end in (figure.value, figure.low, figure.high))
    return interval(value, low, high, ".1f")


def _ranks(auc: Figure) -> Sayable:
    return _("AUC {auc} on later cases.", auc=with_interval(auc, ".3f"))


def _within(part: Within) -> Sayable:
    """What is left of the order among cases of the same reviewer or unit."""
    if not _judged(part):
        return _(
            "Whether it ranks cases or {strata} cannot be said: too few cases share a {stratum}.",
            strata=PLURALS[part.by],
            stratum=NAMES[part.by],
        )
    return _(
        "Among cases of the same {stratum} AUC {auc}.",
        stratum=NAMES[part.by],
        auc=with_interval(part.auc_within, ".3f"),
    )
