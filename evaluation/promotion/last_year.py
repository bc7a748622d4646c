"""How a bundle's way of training would have done on the last year of known outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from cases.progress import Progress
from cases.tables.tables import Tables
from evaluation.backtests.answers import FEWEST_TO_JUDGE
from evaluation.backtests.backtest import Backtest, backtest
from evaluation.backtests.efforts import effort_backtest
from evaluation.promotion.kept_backtests import backtest_file, frame_once, keep, kept
from models.bundle.bundle import Bundle
from training.labels import judging_labels

EVALUATED_DAYS = 365


def last_year_backtest(home: Path, tables: Tables, bundle: Bundle, progress: Progress) -> Backtest:
    """As `run_last_year_backtest`; read from `home` if it was made there before."""
    target = backtest_file(home, tables, bundle)
    found = kept(target, tables.office.spot_checks.capacity_share) if target else None
    if found is None:
        found = run_last_year_backtest(tables, bundle, progress)
        if target:
            keep(found, target)
    return found


def last_year_efforts(
    home: Path, tables: Tables, bundle: Bundle, progress: Progress
) -> pl.DataFrame | None:
    """How efforts would have been forecast in the year before `bundle` was trained.

    Read from `home` if it was made there before; None where the bundle forecasts none.
    """
    if "effort" not in bundle:
        return None
    until = datetime.fromisoformat(bundle.about["trained_until"])
    first = (until - timedelta(days=EVALUATED_DAYS)).date()
    target = backtest_file(home, tables, bundle, "efforts")
    return frame_once(target, lambda: effort_backtest(tables, first, until.date(), until, progress))


def run_last_year_backtest(tables: Tables, bundle: Bundle, progress: Progress) -> Backtest:
    """Figures on the last year of cases whose outcome was known when `bundle` was trained.

    Where few outcomes of that year can be known yet, the last year before (`judging_labels`).

    The outcome of a review; where no model of risk was fitted, whether it proved complex.
    A longer time where a year has fewer cases of either outcome than the gate needs. Models
    are fitted again every quarter: where labels are few, most were not known a year before.
    """
    until = datetime.fromisoformat(bundle.about["trained_until"])
    labels = judging_labels(tables, bundle.judged, until)
    known = labels["moment"].max()
    last = known if isinstance(known, datetime) else until
    first = last - timedelta(days=EVALUATED_DAYS)
    return backtest(
        tables,
        first=min([first, *_enough_since(labels)]).date(),
        last=last.date(),
        until=until,
        retrain="quarter",
        risk=bundle.start is None,
        progress=progress,
    )


def _enough_since(labels: pl.DataFrame) -> Iterator[datetime]:
    """Since when either outcome has as many cases as the gate needs; nothing without so many."""
    for y in (0, 1):
        moments = labels.filter(pl.col("y") == y)["moment"].sort(descending=True)
        if len(moments) >= FEWEST_TO_JUDGE:
            yield moments[FEWEST_TO_JUDGE - 1]
