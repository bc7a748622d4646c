"""The figures of a backtest as a report may show them: small samples withheld."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from evaluation.backtests.backtest import MODEL, Outcome, PeriodFigures
from evaluation.statistics.metrics import FEWEST, Bin, Figure, Measures, calibration_table

# The largest calibration error that probabilities read as rates may have: in itself, and as a
# share of the base rate, since 3 points of error are much where 5 % are defective.
CALIBRATED = 0.03
CALIBRATED_OF_RATE = 1 / 3
# Later cases with and without the outcome to judge a model by; on fewer an AUC of 0.7 has an
# interval of +-0.1 and more, and a few cases more or less turn the verdict.
FEWEST_TO_JUDGE = 30


@dataclass(frozen=True)
class Answer:
    """How one question was answered on cases of `first` to `last`, small samples withheld."""

    estimators: tuple[str, ...]
    cases: int
    untrained: int
    pooled: PeriodFigures
    years: tuple[PeriodFigures, ...]
    periods: tuple[PeriodFigures, ...]
    calibration: tuple[Bin, ...]
    first: date
    last: date


def answer(outcome: Outcome | None) -> Answer | None:
    """The figures of a backtest's outcome, small samples withheld; None without."""
    if outcome is None:
        return None
    scores, pooled = outcome.scores, shown_figures(outcome.pooled)
    y, p, weight = (scores[name].to_numpy() for name in ("y", MODEL, "weight"))
    return Answer(
        outcome.estimators,
        scores.height,
        outcome.untrained,
        pooled,
        tuple(map(shown_figures, outcome.years)),
        tuple(map(shown_figures, outcome.periods)),
        () if _few(pooled) else calibration_table(y, p, weight),
        *_days(scores["moment"]),
    )


def _days(moments: pl.Series) -> tuple[date, date]:
    """The days of the first and of the last moment."""
    days = moments.dt.date().sort()
    return days[0], days[-1]


def shown_figures(figures: PeriodFigures) -> PeriodFigures:
    """The figures, or reasons in their place where there are too few cases of an outcome."""
    if not _few(figures):
        return figures
    withheld = Figure.withheld(figures.measures[MODEL].n)
    return PeriodFigures(
        figures.period,
        {name: _but_base_rate(own, withheld) for name, own in figures.measures.items()},
        dict.fromkeys(figures.gains, withheld),
    )


def allowed_error(measures: Measures) -> float:
    """The calibration error up to which probabilities can be read as rates."""
    return min(CALIBRATED, (measures.base_rate.value or 0.0) * CALIBRATED_OF_RATE)


def surely_off(measures: Measures) -> bool:
    """Whether the probabilities are off by more than `allowed_error` beyond chance.

    Over ten groups (`calibration_error`), or all together (`bias`), which fewer cases show.
    """
    allowed, bias = allowed_error(measures), measures.bias
    return (
        measures.calibration_error.surely_above(allowed)
        or bias.surely_above(allowed)
        or bias.surely_below(-allowed)
    )


def _few(figures: PeriodFigures) -> bool:
    measures = figures.measures[MODEL]
    return min(measures.positives, measures.n - measures.positives) < FEWEST


def surely_behind(gain: Figure) -> bool:
    """Whether the other way is better than the model beyond chance."""
    return gain.surely_below(0)


def _but_base_rate(measures: Measures, withheld: Figure) -> Measures:
    """All figures withheld but the base rate, whose interval is right for any number of cases."""
    names = [field.name for field in dataclasses.fields(Measures)]
    hidden = {name for name in names if isinstance(getattr(measures, name), Figure)}
    changes: dict[str, Any] = dict.fromkeys(hidden - {"base_rate"}, withheld)
    return dataclasses.replace(measures, **changes)
