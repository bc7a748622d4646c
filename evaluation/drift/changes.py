"""What changed lately, as the report shows it: the drift of one quarter, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import polars as pl

from cases.tables.tables import Tables
from evaluation.drift.calibration import FEWEST
from evaluation.drift.drift import Against, Drift, drift
from evaluation.drift.wording import DriftFinding, findings
from evaluation.statistics.periods import period_name
from models.bundle.bundle import Bundle
from training.labels import judged_labels
from training.splits import rolling_origin

Compared = TypeVar("Compared")


@dataclass(frozen=True)
class Changes:
    """The drift of `name`, a quarter, and what it means.

    `trained_on` says whether the model was trained on the quarter itself; it is then compared
    with the quarter before alone.
    """

    name: str
    trained_on: bool
    drift: Drift
    findings: tuple[DriftFinding, ...]


def changes(tables: Tables, bundle: Bundle, now: datetime) -> Changes | None:
    """The changes in the latest quarter of which enough outcomes are known by `now`.

    Enough are `FEWEST`, and half of the median quarter that the model was trained on: of a
    quarter that is not yet decided, or long past the last intake, only special cases are known.
    None if no quarter has so many, or the bundle has nothing that outcomes judge.
    """
    if bundle.judged is None:
        return None
    labels = judged_labels(tables, bundle.judged, now)
    trained_until = datetime.fromisoformat(bundle.about["trained_until"])
    trained = _by_quarter(labels.filter(pl.col("known_at") <= trained_until))["len"].median()
    enough = pl.max_horizontal(pl.lit(FEWEST), pl.lit(trained) / 2)
    quarters = _by_quarter(labels).filter(pl.col("len") >= enough).sort("start")
    if quarters.is_empty():
        return None
    start, name, _count = quarters.row(-1)
    (period,) = rolling_origin(start.date(), start.date(), "quarter")
    found = drift(tables, bundle, period, until=now)
    trained_on = period.after < trained_until
    if trained_on:
        found = _against_previous(found)
    return Changes(name, trained_on, found, findings(found, tables.office))


def _by_quarter(labels: pl.DataFrame) -> pl.DataFrame:
    """How many labels each quarter has: `start, name, len`."""
    start = pl.col("moment").dt.truncate("1q")
    return labels.group_by(start=start, name=period_name("quarter")).len()


def _against_previous(found: Drift) -> Drift:
    """Without the comparison with a training time that the period is a part of."""
    windows, shifts, rates = found.windows, found.shifts, found.rates
    return replace(
        found, windows=_previous(windows), shifts=_previous(shifts), rates=_previous(rates)
    )


def _previous(compared: dict[Against, Compared]) -> dict[Against, Compared]:
    return {against: value for against, value in compared.items() if against == "previous"}
