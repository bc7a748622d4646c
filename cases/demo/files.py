"""Simulated cases as the files an office would hand over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from cases.demo.clock import LAST_DAY, in_hours
from cases.demo.draws import col
from cases.demo.process import RETURNS
from cases.numeric import Floats

AT_INTAKE: tuple[str | pl.Expr, ...] = (
    "charge",
    "charge_group",
    "suspects",
    "victims",
    "juvenile",
    "prior_record",
    "defender",
    "cross_region",
    "detained",
    pl.when("detained").then("detained_on").dt.date(),
    "police_bureau",
    col("evidence_volumes").cast(pl.Int64),
    pl.when(col("money") > 0).then("amount"),
)
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
COMPLEX_DAYS = 150


def case_table(cases: pl.DataFrame, handlers: pl.DataFrame) -> pl.DataFrame:
    """cases.csv: what had been entered by the end; open cases have no closing and no outcome."""
    is_closed = col("closed") < LAST_DAY
    code = handlers["handler"]
    moments = {
        "opened_at": in_hours(cases["opened"].to_numpy()),
        "closed_at": in_hours(cases["closed"].to_numpy()),
        "detained_on": in_hours(
            np.floor(cases["opened"].to_numpy() - cases["days_held"].to_numpy())
        ),
    }
    return cases.with_columns(
        **{name: pl.Series(values) for name, values in moments.items()},
        handler=pl.Series(code.gather(cases["handler"])),
    ).select(
        "case_id",
        "opened_at",
        pl.when(is_closed).then("closed_at"),
        "kind",
        "unit",
        pl.when(col("assigned") < LAST_DAY).then("handler"),
        *AT_INTAKE,
        pl.when(col("plea_discussed") < LAST_DAY).then("guilty_plea"),
        pl.when(is_closed).then("outcome"),
        pl.when(is_closed).then("worked_days"),
    )


def truth_table(cases: pl.DataFrame) -> pl.DataFrame:
    """truth.parquet: what no office knows, also of cases still open at the end."""
    opened, closed = (in_hours(cases[name].to_numpy()) for name in ("opened", "closed"))
    lasted = pl.Series((closed - opened) / np.timedelta64(1, "D"))
    return cases.select(
        "case_id",
        # the last bits of exp and log depend on where an array lies in memory
        col("defect_probability").round(12),
        effort_days=col("effort").round(12),
        complex=(col("returns") == RETURNS)
        | col("committee").is_not_null()
        | (pl.lit(lasted) >= COMPLEX_DAYS),
    )


def truth_of_defects(cases: pl.DataFrame) -> pl.DataFrame:
    """truth_defects.parquet: a defect if `badness` is above zero, in its `dimensions`."""
    return cases.select("case_id", col("badness").round(12), "dimensions")


def truth_of_people(who: str, codes: Iterable[str], **trait: Floats) -> pl.DataFrame:
    """truth_reviewers.parquet and truth_colleagues.parquet: how far from usual each person is."""
    return pl.DataFrame({who: pl.Series(codes, dtype=pl.String), **trait})


def write_csv(table: pl.DataFrame, path: Path) -> None:
    """The table as CSV with ISO moments."""
    table.write_csv(path, datetime_format=TIME_FORMAT)
