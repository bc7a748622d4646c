"""Which cases are compared with which, to see what one group has and the other lacks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import polars as pl

from cases.tables.tables import Tables
from cases.tables.values import TIME
from evaluation.leaks.power import SEED
from policies.spot_check.draw import tickets

CONTROLS = 5  # cases compared with each case of the rarer group, at most
BANDS = 8  # of the ages of open cases
SLOWEST = 0.95
# Columns beside those of the case table; no name of an office's own holds a colon.
GROUP, STRATUM, TICKET, HALF = "::group", "::stratum", "::ticket", "::half"
AGE, BAND = "::age", "::band"


def comparable(tables: Tables) -> pl.DataFrame:
    """The case table, dates among the attributes as days since the opening.

    Also a ticket, by which cases are thinned out, and one of two halves, both at random.
    """
    rows_ = tables.case_rows
    dates = [name for name in tables.office.attributes if rows_.schema[name] == TIME]
    since = [(pl.col(name) - pl.col("opened_at")).dt.total_seconds() / 86_400 for name in dates]
    places = tickets(SEED, rows_["case_id"].to_list())
    luck = pl.Series(TICKET, places[:, 0]), pl.Series(HALF, places[:, 1] * 2 < 1)
    return rows_.with_columns(*since, *luck)


@dataclass(frozen=True)
class BesideOpen:
    """Open cases with closed ones of their time, and with closed ones that were open as long.

    Open cases are newer than others, and slower. What differs from both is neither's doing.
    """

    of_time: pl.DataFrame
    of_age: pl.DataFrame

    @classmethod
    def of(cls, cases: pl.DataFrame) -> BesideOpen:
        """The pairs among the cases of `comparable`."""
        return cls(of_their_time(cases), as_long_open(cases))


def of_their_time(cases: pl.DataFrame) -> pl.DataFrame:
    """Open cases (the group) and the slowest closed ones of the same kind and opening quarter."""
    opened = pl.col("opened_at").dt.truncate("1q")
    return matched(_open_or_not(cases), opened, pl.col("opened_at") - pl.col("closed_at"))


def as_long_open(cases: pl.DataFrame) -> pl.DataFrame:
    """Open cases (the group) and the newest closed ones of the same kind that lasted as long.

    Open cases are cut into `BANDS` by age; a closed case stands in every band that it reached.
    Those older than nearly all closed ones (`SLOWEST`) are compared with the slowest of these.
    """
    both = _open_or_not(cases.select("case_id", "opened_at", "closed_at", "kind", TICKET))
    now = pl.max_horizontal(pl.col("opened_at").max(), pl.col("closed_at").max())
    age = (pl.col("closed_at").fill_null(now) - pl.col("opened_at")).dt.total_seconds()
    most = age.filter(~pl.col(GROUP)).quantile(SLOWEST).over("kind")
    both = both.with_columns(
        pl.when(GROUP).then(pl.min_horizontal(age, most)).otherwise(age).alias(AGE)
    )
    ages = both.filter(GROUP)[AGE].to_numpy()
    starts = np.unique(np.quantile(ages, np.arange(BANDS) / BANDS)) if ages.size else [0.0]
    bands = []
    for start, end in itertools.pairwise([*starts, np.inf]):
        here = (pl.col(AGE) >= start) & ((pl.col(AGE) < end) | ~pl.col(GROUP))
        bands.append(both.filter(here).with_columns(pl.lit(start).alias(BAND)))
    pairs = matched(pl.concat(bands), pl.col(BAND), -pl.col("opened_at").dt.timestamp())
    return pairs.select("case_id", GROUP, STRATUM).join(cases, on="case_id", maintain_order="left")


def _open_or_not(cases: pl.DataFrame) -> pl.DataFrame:
    return cases.with_columns(pl.col("closed_at").is_null().alias(GROUP))


def matched(cases: pl.DataFrame, period: pl.Expr, first: pl.Expr | None = None) -> pl.DataFrame:
    """Of each stratum (a period, and kind) the cases of both groups, evenly many.

    `CONTROLS` times as many of the commoner group as of the rarer: those for whom `first` is
    smallest, then by ticket.
    """
    place = pl.struct(period.alias("::period"), "kind").rank("dense").alias(STRATUM)
    turn = pl.int_range(pl.len()).over(STRATUM, GROUP)
    inside = pl.col(GROUP).sum().over(STRATUM)
    rarer = pl.min_horizontal(inside, pl.len().over(STRATUM) - inside)
    both = cases.with_columns(place).filter(rarer > 0)
    in_order = both.sort([TICKET] if first is None else [first, TICKET])
    return in_order.filter(turn < CONTROLS * rarer)
