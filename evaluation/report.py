"""What the model audit report says, as plain values: computed here, drawn and worded elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import polars as pl

from cases.office import Text
from cases.tables import Tables
from evaluation.backtest import MODEL, Backtest, Outcome, PeriodFigures
from evaluation.metrics import Bin, Figure, Measures, calibration_table
from evaluation.reviewers import Reviewers, review_reviewers
from features.build import build
from features.catalogue import catalogue
from models.bundle import Bundle
from models.complexity import ComplexityModel
from models.population import moments_of, rows, satisfying
from models.reasons import group_of
from models.risk import RiskModel
from training.labels import reviewed_moments

FEWEST = 10  # cases of either outcome; with fewer, figures are withheld
CALIBRATED = 0.03  # largest calibration error that passes without a remark
EXPLAINED = 1000  # latest reviewed cases whose contributions rank the groups of features
MOST_INFLUENCES = 12


@dataclass(frozen=True)
class DataFacts:
    """How much there is. `reviewable` cases are closed and of the risk model's kind; of these
    `reviewed` have a review and `unknown` have none. `drawn` reviews have a known chance."""

    cases: int
    closed: int
    events: int
    reviewable: int
    reviewed: int
    unknown: int
    reviews: int
    drawn: int
    first_opened: date | None
    last_closed: date | None
    data_hash: str


@dataclass(frozen=True)
class Fitted:
    """How many cases a model was fitted on, how many had the outcome, how many features."""

    cases: int
    positives: int
    features: int


@dataclass(frozen=True)
class Card:
    """Which models these are. `versions` are those of the libraries they were trained with."""

    trained_until: str
    risk: Fitted | None
    complexity: Fitted | None
    uses_handler: bool
    versions: dict[str, str]


@dataclass(frozen=True)
class Influence:
    """A group of features: its strongest member's meaning, how many it has, and its `share`
    of all mean absolute contributions to the log-odds (0 to 1)."""

    meaning: Text
    members: int
    share: float


@dataclass(frozen=True)
class Answer:
    """How one question was answered, small samples withheld."""

    estimators: tuple[str, ...]
    cases: int
    untrained: int
    pooled: PeriodFigures
    years: tuple[PeriodFigures, ...]
    periods: tuple[PeriodFigures, ...]
    calibration: tuple[Bin, ...]


@dataclass(frozen=True)
class Note:
    """Something a reader must know; `code` names the phrase, `values` fill it."""

    code: str
    values: dict[str, int | float | str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class ReportSummary:
    """Everything the report shows; rendering adds words and no numbers."""

    office: Text
    data: DataFacts
    card: Card
    first: date
    last: date
    every: str
    retrain: str
    share: float
    risk: Answer | None
    complexity: Answer | None
    reviewers: Reviewers
    influences: tuple[Influence, ...]
    notes: tuple[Note, ...]


def summarise(tables: Tables, bundle: Bundle, backtest: Backtest) -> ReportSummary:
    """The report on `bundle` with the out-of-time figures of `backtest`, both from `tables`."""
    until = datetime.fromisoformat(bundle.about["trained_until"])
    data = _data_facts(tables)
    card = _card(tables, bundle)
    risk, complexity = _answer(backtest.risk), _answer(backtest.complexity)
    return ReportSummary(
        office=tables.office.office.name,
        data=data,
        card=card,
        first=backtest.first,
        last=backtest.last,
        every=backtest.every,
        retrain=backtest.retrain,
        share=backtest.share,
        risk=risk,
        complexity=complexity,
        reviewers=review_reviewers(tables, until),
        influences=tuple(_influences(tables, bundle.risk, until))[:MOST_INFLUENCES]
        if bundle.risk
        else (),
        notes=(*_notes(data, card), *_doubts(complexity if card.risk is None else risk)),
    )


def _data_facts(tables: Tables) -> DataFacts:
    cases, reviews = tables.case_rows, tables.review_rows
    closed = cases.filter(pl.col("closed_at").is_not_null())
    moments = closed.select("case_id", moment="closed_at")
    asked = satisfying(tables, moments_of(moments), tables.office.risk.among)
    reviewable = rows(asked.select("case_id"))
    reviewed = reviewable.join(reviews, on="case_id", how="semi").height
    opened, last = cases["opened_at"].min(), closed["closed_at"].max()
    return DataFacts(
        cases=cases.height,
        closed=closed.height,
        events=tables.event_rows.height,
        reviewable=reviewable.height,
        reviewed=reviewed,
        unknown=reviewable.height - reviewed,
        reviews=reviews.height,
        drawn=reviews.height - reviews["inclusion_probability"].null_count(),
        first_opened=opened.date() if isinstance(opened, datetime) else None,
        last_closed=last.date() if isinstance(last, datetime) else None,
        data_hash=tables.data_hash,
    )


def _card(tables: Tables, bundle: Bundle) -> Card:
    about = bundle.about
    return Card(
        trained_until=str(about["trained_until"])[:10],
        risk=_fitted(bundle.risk, about["reviewed_cases"], about["defects"]),
        complexity=_fitted(bundle.complexity, about["complexity_cases"], about["complex"]),
        uses_handler=tables.office.risk.use_handler,
        versions=dict(about["versions"]),
    )


def _fitted(model: RiskModel | ComplexityModel | None, cases: int, positives: int) -> Fitted | None:
    return None if model is None else Fitted(cases, positives, len(model.names))


def _answer(outcome: Outcome | None) -> Answer | None:
    if outcome is None:
        return None
    scores = outcome.scores
    y, p, weight = (scores[name].to_numpy() for name in ("y", MODEL, "weight"))
    return Answer(
        outcome.estimators,
        scores.height,
        outcome.untrained,
        _shown(outcome.pooled),
        tuple(map(_shown, outcome.years)),
        tuple(map(_shown, outcome.periods)),
        calibration_table(y, p, weight),
    )


def _shown(figures: PeriodFigures) -> PeriodFigures:
    """The figures, or reasons in their place where too few cases of an outcome stand behind."""
    measures = figures.measures[MODEL]
    if min(measures.positives, measures.n - measures.positives) >= FEWEST:
        return figures
    withheld = Figure(None, None, None, measures.n, "too_few")
    return PeriodFigures(
        figures.period,
        {name: _withheld(one, withheld) for name, one in figures.measures.items()},
        dict.fromkeys(figures.gains, withheld),
    )


def _withheld(measures: Measures, withheld: Figure) -> Measures:
    """All figures withheld but the base rate, whose interval is right for any number of cases."""
    names = [field.name for field in dataclasses.fields(Measures)]
    hidden = {name for name in names if isinstance(getattr(measures, name), Figure)}
    changes: dict[str, Any] = dict.fromkeys(hidden - {"base_rate"}, withheld)
    return dataclasses.replace(measures, **changes)


def _influences(tables: Tables, risk: RiskModel, until: datetime) -> Iterator[Influence]:
    """Groups of features, the most influential first, on the latest cases trained on."""
    latest = rows(reviewed_moments(tables, until)).sort("moment", "case_id").tail(EXPLAINED)
    names = list(risk.names)
    x = rows(build(tables, moments_of(latest), names))
    size = np.abs(risk.trees_.contributions(x))[:, : len(names)].mean(axis=0)
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(group_of(name), []).append(place)
    meanings, total = catalogue(tables.office), float(size.sum())
    for members in sorted(groups.values(), key=lambda places: -size[places].sum()):
        strongest = names[max(members, key=lambda place: size[place])]
        share = float(size[members].sum()) / total if total else 0.0
        yield Influence(meanings[strongest].meaning, len(members), share)


def _notes(data: DataFacts, card: Card) -> Iterator[Note]:
    """What the data and the models do not say."""
    yield Note("no_risk" if card.risk is None else "estimates_reviews")
    if data.unknown and card.risk is not None:
        yield Note("unknown", {"unknown": data.unknown, "reviewable": data.reviewable})
    if data.drawn < data.reviews:
        yield Note("targeted", {"reviews": data.reviews, "without": data.reviews - data.drawn})
    yield Note("handler_used" if card.uses_handler else "handler_unused")


def _doubts(answer: Answer | None) -> Iterator[Note]:
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
