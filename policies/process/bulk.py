"""Entries made outside working hours in bulk: by one actor, in whatever cases, in few minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from cases.office.model import WorkingHours
from cases.office.work.process import ProcessRule
from cases.tables.tables import Tables, moments_of, rows
from cases.tables.values import TIME
from features.as_of import events_at, numbered
from features.courses import Happened
from policies.process.steps import LAST_INSTANT, Found
from policies.process.wording import Words

ENTRY = ("at", "recorded_at", "activity", "actor")


def off_hours_entries(tables: Tables, actors: Collection[str], moment: datetime) -> pl.DataFrame:
    """What these actors had entered outside working hours by a moment, in whatever cases.

    `case_id` and the fields of an event, in the order of actor and `recorded_at`. What is only
    dated is left out.
    """
    of_actors = tables.event_rows.filter(pl.col("actor").is_in(actors))
    entered = pl.col("recorded_at")
    dated = (entered - entered.dt.truncate("1d")) == LAST_INSTANT
    apart = tables.rows("calendar").select(pl.col("day").dt.date(), "working")
    outside = (
        of_actors.with_columns(day=entered.dt.date())
        .join(apart, on="day", how="left")
        .filter(_off_hours(tables.office.working_hours), ~dated)
        .select(of_actors.columns)
    )
    asked = outside.select("case_id").unique().with_columns(moment=pl.lit(moment, TIME))
    few = Tables.of(tables.office, tables.case_rows, events=outside)
    known = rows(events_at(few, numbered(moments_of(asked))).select("case_id", *ENTRY))
    return known.sort("actor", "recorded_at", "case_id", "at")


def _off_hours(hours: WorkingHours) -> pl.Expr:
    """Whether an entry is outside the hours, or on a day that is no working day."""
    entered = pl.col("recorded_at").dt
    early, late = entered.hour() < hours.first_hour, entered.hour() >= hours.last_hour
    works = pl.coalesce("working", entered.weekday().is_in(hours.days))
    return early | late | ~works


def bursts(entries: pl.DataFrame, rule: ProcessRule) -> pl.DataFrame:
    """Those of the `entries` that are in bulk, with `burst` (a number), `size`, `first`, `last`.

    An entry is in bulk if it is among as many of its actor as the rule says, all of them within
    its minutes; what overlaps is one burst.
    """
    if rule.activities:
        entries = entries.filter(pl.col("activity").is_in(rule.activities))
    many = rule.entries or 2
    start = pl.col("recorded_at")
    end = start.shift(1 - many).over("actor")
    begins = entries.select(
        ((end - start) <= timedelta(minutes=rule.minutes or 1)).fill_null(value=False)
    )
    begin = np.flatnonzero(begins.to_series().to_numpy())
    burst = np.full(entries.height, -1)
    # Windows that share an entry are one burst: numbered by the first window of each.
    apart = np.diff(begin, prepend=-many) >= many
    number = np.cumsum(apart) - 1
    for offset in range(many):
        burst[begin + offset] = number
    marked = entries.with_columns(burst=pl.Series(burst)).filter(pl.col("burst") >= 0)
    together = pl.col("recorded_at")
    return marked.with_columns(
        size=pl.len().over("burst"),
        first=together.min().over("burst"),
        last=together.max().over("burst"),
    )


def found_in_bulk(
    entries: pl.DataFrame, rule: ProcessRule, words: Words
) -> Iterator[tuple[str, Found]]:
    """Each case with entries in bulk, once for each burst that it has a part in."""
    marked = bursts(entries, rule)
    for of_case in marked.partition_by("case_id", "burst", maintain_order=True):
        first = of_case.row(0, named=True)
        events = tuple(Happened(*event) for event in of_case.select(ENTRY).iter_rows())
        said = words.in_bulk(events, first["size"], first["first"], first["last"])
        since = events[0].recorded_at
        yield first["case_id"], Found(since, since.date(), events, said)
