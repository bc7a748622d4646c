"""Demo offices with their truth, and what is done to their tables, for `gate_trials.py`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from benchmarks.leak_finder import PLANTS, with_column
from cases.demo import make_demo
from cases.numeric import Floats
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import Tables, moments_of, rows
from evaluation.backtests import backtest
from evaluation.promotion.comparison import later_scores
from evaluation.promotion.same_past import learnt_from
from features.conditions import reviewable
from models.bundle.bundle import Bundle
from models.estimators import calibrated, choice
from models.estimators.baselines import BaseRate
from models.estimators.choice import Choice
from models.matrix import Columns
from models.questions.risk import RiskModel, RiskQuestion
from training import fit
from training.labels import risk_labels
from training.once import fitted_once, reviewed_table
from training.splits import rolling_origin

CASES = 20_000
CHAMPION_OF = datetime(2025, 7, 1) - timedelta(microseconds=1)
NEW = datetime(2026, 7, 1) - timedelta(microseconds=1)  # what a candidate says it knows
FLIPPED = 0.2
LEAKS = ("outcome_10", "outcome_20", "outcome_30", "review_code", "review_code_half")


@dataclass(frozen=True)
class Place:
    """A demo office, and what is true of it."""

    seed: int
    tables: Tables
    truth: pl.DataFrame

    @classmethod
    def made(cls, seed: int) -> Place:
        """The office of that seed, which has no question but risk."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            office = load_office(make_demo(folder, cases=CASES, seed=seed))
            tables = read_tables(office.model_copy(update={"complexity": None}), folder)
            truth = pl.read_parquet(folder / "truth_defects.parquet")
        return cls(seed, tables, truth.select("case_id", true=pl.col("badness") > 0))

    @cached_property
    def unseen(self) -> pl.DataFrame:
        """`case_id, moment` and the `true` outcome of the year's cases that nobody reviewed."""
        closed = rows(reviewable(self.tables, after=CHAMPION_OF, until=NEW))
        cases = closed.select("case_id", "moment").join(self.truth, on="case_id")
        reviews = self.tables.review_rows.select("case_id")
        return cases.join(reviews, on="case_id", how="anti").sort("moment", "case_id")

    def auc(self, bundle: Bundle, tables: Tables | None = None) -> float:
        """The true AUC of a bundle on the unseen cases, with their facts as in `tables`."""
        x = self.facts if tables is None else _facts(tables, self.unseen)
        cases = self.unseen.join(x, on=["case_id", "moment"], maintain_order="left")
        return auc(cases["true"], bundle.answer("risk", cases)["risk"])

    @cached_property
    def facts(self) -> pl.DataFrame:
        """The honest features of the unseen cases."""
        return _facts(self.tables, self.unseen)

    @cached_property
    def champion(self) -> Bundle:
        """Trained on what was known a year ago."""
        return trained(self.tables, CHAMPION_OF)

    @cached_property
    def learnt(self) -> pl.DataFrame:
        """What the champion learnt from, as it was kept then: of the tables as they were."""
        then = as_they_were(self.tables)
        return learnt_from(then, self.champion, CHAMPION_OF)

    @cached_property
    def honest(self) -> Bundle:
        """The candidate that nobody sabotaged."""
        return trained(self.tables, NEW)

    @cached_property
    def out_of_time(self) -> pl.DataFrame:
        """The unseen cases with their `candidate` scores, each by what was fitted before it."""
        scored, cases = [], self.unseen.join(self.facts, on=["case_id", "moment"])
        for quarter in rolling_origin(date(2025, 7, 1), date(2026, 6, 30), "quarter"):
            later = cases.filter(pl.col("moment").is_between(quarter.after, quarter.until, "right"))
            score = trained(self.tables, quarter.after).answer("risk", later)["risk"]
            scored.append(later.with_columns(candidate=score))
        return pl.concat(scored)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """What the gate compares of the honest candidate and the champion."""
        return later_scores(self.tables, self.honest, self.champion)


def _facts(tables: Tables, cases: pl.DataFrame) -> pl.DataFrame:
    return fit.risk_table(tables, moments_of(cases))


def auc(true: pl.Series, score: ArrayLike) -> float:
    """How often a case with a defect has the higher score of two."""
    return float(roc_auc_score(true.to_numpy(), np.asarray(score)))


def trained(tables: Tables, until: datetime, names: Sequence[str] | None = None) -> Bundle:
    """A bundle of risk alone; of the features called `names`, if given."""
    x, labels = reviewed_table(tables, NEW), risk_labels(tables, until)
    if names is None:
        model: RiskModel = fitted_once(tables, fit.fit_risk)(x, labels, tables.office)
    else:
        model = fit.fit_risk(x, labels, tables.office, names)
    about = {"trained_until": until.isoformat(), "not_trained": {}}
    return Bundle(tables.office, {"risk": RiskQuestion(model)}, {}, about)


# Sabotage: from tables and a random generator, other tables.


def flipped(tables: Tables, rng: np.random.Generator, _at: int) -> Tables:
    """A fifth of the grades of independent reviews, turned to the other outcome."""
    office, reviews = tables.office, tables.review_rows
    assert office.reviews is not None
    independent = [name for name, kind in office.reviews.kinds.items() if kind == "review"]
    turned = pl.Series(rng.random(reviews.height) < FLIPPED) & reviews["kind"].is_in(independent)
    bad = pl.col("grade").is_in(sorted(office.defect_grades))
    of_its_day = pl.when(pl.col("reviewed_at") < datetime(2026, 2, 1)).then(pl.lit("flawed"))
    defect = of_its_day.otherwise(pl.lit("basically_qualified"))
    other = pl.when(bad).then(pl.lit("qualified")).otherwise(defect)
    grade = pl.when(turned).then(other).otherwise("grade").alias("grade")
    return tables.with_rows(reviews=reviews.with_columns(grade))


def leaked(tables: Tables, rng: np.random.Generator, at: int) -> Tables:
    """One more column that knows the outcome."""
    name = LEAKS[at % len(LEAKS)]
    kind, known, make = PLANTS[name]
    return with_column(tables, name, kind, known, make(tables, rng))


def shifted(tables: Tables, rng: np.random.Generator, at: int) -> Tables:
    """In one unit, every value of a code stands for another."""
    cases = tables.case_rows
    unit = (units := cases["unit"].unique().drop_nulls().sort())[at % len(units)]
    codes = [name for name, one in tables.office.attributes.items() if one.type == "code"]
    columns = []
    for name in codes:
        values = cases.filter(unit=unit)[name].drop_nulls().unique().sort().to_list()
        order = rng.permutation(len(values)).tolist()
        other = {values[a]: values[b] for a, b in zip(order, order[1:] + order[:1], strict=True)}
        replaced = pl.col(name).replace(other)
        columns.append(pl.when(pl.col("unit") == unit).then(replaced).otherwise(name).alias(name))
    return tables.with_rows(cases=cases.with_columns(columns))


def stale(tables: Tables, _rng: np.random.Generator, at: int) -> Tables:
    """No event of the last year, or no record at all."""
    if at % 2:
        return as_they_were(tables)
    return tables.with_rows(events=_events_then(tables))


def as_they_were(tables: Tables) -> Tables:
    """The tables of a year ago: what was recorded by then, and no fact that came to light later."""
    cases = tables.case_rows.filter(pl.col("opened_at") <= CHAMPION_OF)
    late = pl.col("closed_at").is_null() | (pl.col("closed_at") > CHAMPION_OF)
    later = ["closed_at"]
    later += [name for name, one in tables.office.attributes.items() if one.known == "closing"]
    hidden = [pl.when(~late).then(name).alias(name) for name in later]
    reviews = tables.review_rows.filter(pl.col("reviewed_at") <= CHAMPION_OF)
    return tables.with_rows(
        cases=cases.with_columns(hidden), events=_events_then(tables), reviews=reviews
    )


def _events_then(tables: Tables) -> pl.DataFrame:
    return tables.event_rows.filter(pl.col("recorded_at") <= CHAMPION_OF)


SABOTAGE = {"flipped": flipped, "leaked": leaked, "shifted": shifted, "stale": stale}


def sabotaged(place: Place, kind: str, at: int) -> Tables:
    """The tables of a trial; the same every time."""
    rng = np.random.default_rng([place.seed, at, list(SABOTAGE).index(kind)])
    return SABOTAGE[kind](place.tables, rng, at)


class _Nothing:
    """Trees that say nothing."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def raw_of(self, matrix: Floats) -> Floats:
        """Zero for every row."""
        return np.zeros(len(matrix))


@contextmanager
def quickly() -> Iterator[None]:
    """With no kind of model but the regression, and no baseline but the base rate."""

    def no_trees(columns: Columns, folds: Sequence[Any], _: object) -> tuple[list[_Nothing], int]:
        return [_Nothing(columns) for _fold in folds], 1

    def regression(raw: Floats, _: object, y: Floats, offset: Floats | None = None) -> Choice:
        slope, level = choice._slope(raw, y, np.zeros(len(y)) if offset is None else offset)
        return Choice(1.0, slope, 0.0, level, {}, len(y))

    def base_rate(x: pl.DataFrame, labels: pl.DataFrame, _: object) -> dict[str, BaseRate]:
        return {"base_rate": BaseRate().fit(fit.sample_of(x, labels))}

    with (
        patch.object(calibrated, "fit_folds", no_trees),
        patch.object(calibrated, "choose", regression),
        patch.object(backtest, "fit_baselines", base_rate),
    ):
        yield
