"""Which cases are compared with which, to see what one group has and the other lacks."""

from __future__ import annotations

import polars as pl

from cases.tables import TIME, Tables
from evaluation.leakage_power import SEED
from policies.draw import tickets

CONTROLS = 5  # cases compared with each case of the rarer group, at most
# Columns beside those of the case table; no name of an office's own holds a colon.
GROUP, STRATUM, AT, TICKET, HALF = "::group", "::stratum", "::at", "::ticket", "::half"


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


def beside_open(cases: pl.DataFrame) -> pl.DataFrame:
    """Open cases (the group) and the slowest closed ones of the same kind and opening quarter.

    Slow cases differ from others in what is known at intake, and open ones are the slowest.
    """
    slow = pl.col("opened_at") - pl.col("closed_at")
    is_open = pl.col("closed_at").is_null().alias(GROUP)
    return matched(cases.with_columns(is_open, pl.col("opened_at").alias(AT)), slow)


def matched(cases: pl.DataFrame, first: pl.Expr | None = None) -> pl.DataFrame:
    """Of each stratum (quarter of `AT`, and kind) the cases of both groups, evenly many.

    `CONTROLS` times as many of the commoner group as of the rarer: those for whom `first` is
    smallest, then by ticket.
    """
    stratum = pl.struct(pl.col(AT).dt.truncate("1q"), "kind").rank("dense").alias(STRATUM)
    inside = pl.col(GROUP).sum().over(STRATUM)
    rarer = pl.min_horizontal(inside, pl.len().over(STRATUM) - inside)
    order = pl.struct(pl.lit(0) if first is None else first, TICKET).rank("ordinal")
    return cases.with_columns(stratum).filter(order.over(STRATUM, GROUP) <= CONTROLS * rarer)
