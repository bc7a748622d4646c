"""Which limits of the demo's cases are overrun, by arithmetic from their milestones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from cases.demo.clock import office_days
from cases.demo.draws import col
from cases.demo.process import INVESTIGATION_LIMIT, LEGS, RETURNS, REVIEW_LIMIT
from cases.demo.running.holidays import last_days

# The office does not work on weekends that are made up, which are last days all the same.
MADE_UP = "made_up_weekend"


def truth_of_overruns(cases: pl.DataFrame) -> pl.DataFrame:
    """truth_overruns.parquet: `case_id`, `limit`, `cause`, and the `days` beyond the limit.

    `days` is 0 where an extension came too late and the limit was kept after it.
    """
    stretches = pl.concat(_stretches(cases), how="vertical_relaxed")
    last = last_days(stretches["start"].to_numpy(), stretches["allowed"].to_numpy())
    over = office_days(stretches["end"].to_numpy()) - last
    unextended = last_days(
        stretches["start"].to_numpy(), np.full(stretches.height, int(REVIEW_LIMIT))
    )
    late = office_days(stretches["extended"].fill_null(0).to_numpy()) > unextended
    return (
        stretches.with_columns(days=pl.Series(over.clip(0)))
        .filter(pl.Series((over > 0) | late))
        .select("case_id", "limit", col("cause").fill_null(MADE_UP), "days")
    )


def _stretches(cases: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The stretches that each limit is counted over: `start`, `end`, days `allowed`, `extended`."""
    rested = (col("opinion_received").floor() - col("opinion_asked").floor()).fill_null(0)
    for leg in LEGS:
        delayed = col("leg") == leg
        start = col("opened" if leg == 1 else f"resubmitted_{leg - 1}")
        end = "decided" if leg > RETURNS else pl.coalesce(f"returned_{leg}", "decided")
        yield cases.filter(col("returns") >= leg - 1).select(
            "case_id",
            limit="kind",
            start=pl.when(delayed).then(pl.coalesce("charge_changed", start)).otherwise(start),
            end=end,
            allowed=col(f"allowed_{leg}") + pl.when(delayed).then(rested).otherwise(0),
            extended=f"extended_{leg}",
            cause=pl.when(delayed).then("cause"),
        )
    for leg in LEGS[:-1]:
        yield cases.filter(col("returns") >= leg).select(
            "case_id",
            limit=pl.lit("supplementary_investigation"),
            start=f"returned_{leg}",
            end=f"resubmitted_{leg}",
            allowed=pl.lit(INVESTIGATION_LIMIT),
            extended=pl.lit(None, pl.Float64),
            cause=pl.lit(None, pl.String),
        )
