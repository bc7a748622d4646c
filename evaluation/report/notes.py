"""What a reader must know: what data and models do not say, and where they fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.messages import Sayable, _, listed, sentences
from cases.language.values import Value
from evaluation.backtests.answers import CALIBRATED, Answer
from evaluation.backtests.backtest import MODEL
from evaluation.pages.names import estimator
from evaluation.report.facts import Card, DataFacts
from evaluation.statistics.metrics import FEWEST


@dataclass(frozen=True)
class Note:
    """Something a reader must know: its code for programs, and the sentence."""

    code: str
    says: Sayable


def limits(data: DataFacts, card: Card) -> Iterator[Note]:
    """What the data and the models do not say."""
    yield _no_risk(card) if card.risk is None else _estimates_reviews()
    if data.unknown and card.risk is not None:
        yield _unknown(data)
    if data.drawn < data.reviews:
        yield _targeted(data)
    yield about_handlers(card)


def _no_risk(card: Card) -> Note:
    complexity = _(
        "A complexity is the estimated probability that a new case proves complex. "
        "It is not a finding, and a person decides."
    )
    return Note("no_risk", sentences(started(card), complexity))


def started(card: Card) -> Sayable:
    """What is used while there is no fitted model of risk."""
    return card.start.says if card.start else _("The model says nothing about risk.")


def _estimates_reviews() -> Note:
    says = _(
        "A risk is the estimated probability that a review of the case finds a defect. "
        "It is not a finding, and a person decides."
    )
    return Note("estimates_reviews", says)


def _unknown(data: DataFacts) -> Note:
    says = _(
        "{unknown:,} of {reviewable:,} cases that can be reviewed have no review. They are "
        "unknown, not good, and count nowhere below.",
        unknown=data.unknown,
        reviewable=data.reviewable,
    )
    return Note("unknown", says)


def _targeted(data: DataFacts) -> Note:
    says = _(
        "{without:,} of {reviews:,} reviews have no recorded inclusion probability. If these "
        "cases were picked because something seemed wrong, the figures hold for reviewed cases "
        "only, and the rate of defects is not that of the office.",
        reviews=data.reviews,
        without=data.reviews - data.drawn,
    )
    return Note("targeted", says)


def about_handlers(card: Card) -> Note:
    """Whether the model knows who handled a case."""
    if card.uses_handler:
        says = _(
            "The office file lets the model use who handled a case, what came of that handler's "
            "earlier cases, and how busy that handler was."
        )
        return Note("handler_used", says)
    if card.risk is None:
        says = _(
            "The models of complexity and effort, where there are any, know the facts of a case "
            "at intake only: not who handles it, and not how busy anyone is."
        )
        return Note("facts_alone", says)
    unused = _(
        "The model does not know who handled a case, nor what came of that handler's earlier cases."
    )
    if not card.uses_load:
        return Note("handler_unused", unused)
    load = _("It does use how busy that handler was: how many cases were open, opened and closed.")
    return Note("load_used", sentences(unused, load))


def doubts(answer: Answer | None) -> Iterator[Note]:
    """Where the figures of the main question are missing or poor."""
    if answer is None:
        says = _("There were too few cases of known outcome in this time to test the model.")
        yield Note("no_backtest", says)
        return
    if answer.untrained:
        says = _(
            "{cases:,} cases were left out, because before them too little was known to train on.",
            cases=answer.untrained,
        )
        yield Note("untrained", says)
    yield from _poor_years(answer)
    yield from _withheld(answer)


def _poor_years(answer: Answer) -> Iterator[Note]:
    """The years in which probabilities are off, or another way is as good."""
    shown = [year for year in answer.years if year.measures[MODEL].auc.value is not None]
    off = [
        year.period
        for year in shown
        if year.measures[MODEL].calibration_error.surely_above(CALIBRATED)
    ]
    if off:
        says = _(
            "In {years} the calibration error exceeded {limit} percentage points beyond chance: "
            "there, probabilities were an order and no rates.",
            years=listed(off),
            limit=Value(100 * CALIBRATED, ".0f"),
        )
        yield Note("miscalibrated", says)
    for name in answer.estimators[1:]:
        unsure = [year.period for year in shown if not year.gains[name].surely_above(0)]
        if unsure:
            says = _(
                "In {years} the model is not clearly better (AUC) than: {estimator}.",
                years=listed(unsure),
                estimator=estimator(name),
            )
            yield Note("not_better", says)


def _withheld(answer: Answer) -> Iterator[Note]:
    """How many periods have too few cases for figures."""
    periods = {figures.period: figures for figures in (*answer.periods, *answer.years)}.values()
    withheld = sum(figures.measures[MODEL].auc.absent == "too_few" for figures in periods)
    if withheld:
        says = _(
            "Figures of {periods} periods are withheld: fewer than {fewest} cases with, or "
            "without, the outcome.",
            periods=withheld,
            fewest=FEWEST,
        )
        yield Note("withheld", says)
