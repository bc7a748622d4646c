"""What one run of training and trying needs again and again, made once for the same tables.

Features at a moment never change with later data, and a model is what its labels make it: so the
backtest of a candidate takes the tables and the models that training has made already.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import polars as pl

from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Tables, moments_of, rows
from features.as_of import intake_moments
from features.build import build
from features.catalogue import running_features
from models.questions.effort import EffortModel
from training.fit import Fit, Forecasts, Model, intake_table, risk_table
from training.labels import remaining_labels, reviewed_moments


def reviewed_table(tables: Tables, until: datetime, progress: Progress = silent) -> pl.DataFrame:
    """The `risk_table` of all cases of `risk_labels`."""

    def make() -> pl.DataFrame:
        return risk_table(tables, reviewed_moments(tables, until), progress)

    return _frame(tables, f"reviewed by {until}", make)


def opened_table(tables: Tables, until: datetime, progress: Progress = silent) -> pl.DataFrame:
    """The `intake_table` of every case opened by then."""

    def make() -> pl.DataFrame:
        return intake_table(tables, intake_moments(tables, after=None, until=until), progress)

    return _frame(tables, f"opened by {until}", make)


def fitted_once(tables: Tables, fit: Fit[Model]) -> Fit[Model]:
    """`fit`, which gives the model there is where it was fitted on the same labels before."""
    made: list[tuple[pl.DataFrame, Model]] = tables.memo.setdefault(fit.__name__, [])

    def fitted(x: pl.DataFrame, labels: pl.DataFrame, office: Office) -> Model:
        for known, model in made:
            if known.equals(labels):
                return model
        model = fit(x, labels, office)
        made.append((labels, model))
        return model

    return fitted


def running_table(tables: Tables, until: datetime, progress: Progress = silent) -> pl.DataFrame:
    """`case_id, moment` and the features of running cases, at all landmarks by then."""

    def make() -> pl.DataFrame:
        at = moments_of(remaining_labels(tables, until).select("case_id", "moment"))
        return rows(build(tables, at, running_features(tables.office), progress))

    return _frame(tables, f"running by {until}", make)


def forecasts_of(tables: Tables, until: datetime) -> Forecasts[EffortModel]:
    """The quarters whose efforts were forecast so far, of the cases opened by `until`."""
    made: Forecasts[EffortModel] = tables.memo.setdefault(f"forecasts by {until}", {})
    return made


def _frame(tables: Tables, name: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    if name not in tables.memo:
        tables.memo[name] = make()
    found: pl.DataFrame = tables.memo[name]
    return found
