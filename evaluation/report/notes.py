"""What a reader must know: what data and models do not say, and where they fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from evaluation.backtests.answers import Answer
from evaluation.backtests.backtest import MODEL
from evaluation.pages.render import Voice
from evaluation.report.facts import Card, DataFacts
from evaluation.statistics.metrics import FEWEST, Figure

CALIBRATED = 0.03  # largest calibration error that passes without a remark


@dataclass(frozen=True)
class Note:
    """Something a reader must know; `code` names the phrase, `values` fill it."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


def limits(data: DataFacts, card: Card) -> Iterator[Note]:
    """What the data and the models do not say."""
    yield Note("no_risk" if card.risk is None else "estimates_reviews")
    if data.unknown and card.risk is not None:
        yield Note("unknown", {"unknown": data.unknown, "reviewable": data.reviewable})
    if data.drawn < data.reviews:
        yield Note("targeted", {"reviews": data.reviews, "without": data.reviews - data.drawn})
    yield about_handlers(card)


def about_handlers(card: Card) -> Note:
    """Whether the model knows who handled a case."""
    if card.uses_handler:
        return Note("handler_used")
    return Note("facts_alone" if card.risk is None else "handler_unused")


def doubts(answer: Answer | None) -> Iterator[Note]:
    """Where the figures of the main question are missing or poor."""
    if answer is None:
        yield Note("no_backtest")
        return
    if answer.untrained:
        yield Note("untrained", {"cases": answer.untrained})
    shown = [year for year in answer.years if year.measures[MODEL].auc.value is not None]
    off = [year.period for year in shown if _over(year.measures[MODEL].calibration_error)]
    if off:
        yield Note("miscalibrated", {"years": ", ".join(off), "limit": 100 * CALIBRATED})
    for name in answer.estimators[1:]:
        unsure = [year.period for year in shown if not _above(year.gains[name], 0)]
        if unsure:
            yield Note("not_better", {"years": ", ".join(unsure), "estimator": name})
    periods = {figures.period: figures for figures in (*answer.periods, *answer.years)}.values()
    withheld = sum(figures.measures[MODEL].auc.absent == "too_few" for figures in periods)
    if withheld:
        yield Note("withheld", {"periods": withheld, "fewest": FEWEST})


def _over(figure: Figure) -> bool:
    return figure.value is not None and figure.value > CALIBRATED


def _above(figure: Figure, floor: float) -> bool:
    return figure.low is not None and figure.low > floor


def said(note: Note, voice: Voice) -> str:
    """The sentence of a note."""
    values = dict(note.values)
    if "estimator" in values:
        values["estimator"] = voice.say(str(values["estimator"]))
    if "years" in values:
        values["years"] = voice.listed(str(values["years"]).split(", "))
    return voice.say(note.code, **values)
