"""How long running cases still take, learnt from cases as they were at their landmarks."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.language.messages import Sayable
from cases.office.model import Office
from models.questions.remaining import RemainingModel
from training.fit import calibrated, effort_lacks, quarter_forecasts, refuse_without, work_at

FORECAST_QUARTERS = 8  # whose forecasts set the interval


def fit_remaining(
    x: pl.DataFrame, labels: pl.DataFrame, office: Office, until: datetime
) -> RemainingModel:
    """The model of remaining time from `x` (a `running_table`) and `remaining_labels` by `until`.

    Cases still open count for as far as they have come. `Refused` if the labels do not support
    one (`remaining_lacks`).
    """
    refuse_without(remaining_lacks(labels))
    cases = labels.join(x, on=["case_id", "moment"]).sort("moment", "case_id")
    model = RemainingModel.of(office).fit(work_at(cases, until))
    quarters = quarter_forecasts(cases, lambda: RemainingModel.of(office), until, FORECAST_QUARTERS)
    return calibrated(model, quarters, until)


def remaining_lacks(labels: pl.DataFrame) -> Sayable | None:
    """What `remaining_labels` lack to be learnt from; None if nothing."""
    return effort_lacks(labels.unique("case_id", keep="first", maintain_order=True))
