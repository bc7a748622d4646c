"""The closed cases of a log as arrays: when each activity first and last came, and how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cases.numeric import Flags
from cases.tables.tables import Tables

MOST_CASES, MOST_ACTIVITIES = 20_000, 40  # the last closed, the most frequent
NEVER = np.datetime64("NaT", "us")

Times = NDArray[np.datetime64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Log:
    """Cases by activities.

    `cases` has `case_id, kind, opened_at, closed_at`, `events` those of the `activities` with
    `case` and `activity`, their places. The arrays are of shape (cases, activities); `first` and
    `last` are NaT where an activity did not come.
    """

    cases: pl.DataFrame
    events: pl.DataFrame
    activities: tuple[str, ...]
    first: Times
    last: Times
    counts: Counts

    @classmethod
    def of(cls, tables: Tables) -> Log:
        """The log of the cases closed last, with the declared activities that most of them had."""
        columns = ("case_id", "kind", "opened_at", "closed_at")
        closed = tables.case_rows.select(columns).drop_nulls("closed_at")
        cases = closed.sort("closed_at", "case_id").tail(MOST_CASES).with_row_index("case")
        events = tables.event_rows.join(cases.select("case", "case_id"), on="case_id")
        events = events.filter(pl.col("activity").is_in(list(tables.office.activities)))
        frequent = events.group_by("activity").agg(cases=pl.col("case").n_unique())
        chosen = frequent.sort("cases", "activity", descending=[True, False]).head(MOST_ACTIVITIES)
        named = chosen.select("activity").with_row_index("place")
        events = events.join(named, on="activity").drop("activity")
        events = events.select(
            "case", activity="place", at="at", recorded_at="recorded_at", actor="actor"
        )
        return cls(
            cases.drop("case"), events, tuple(named["activity"]), *_arrays(cases, named, events)
        )

    def has(self) -> Flags:
        """Whether each case had each activity."""
        return self.counts > 0


def _arrays(
    cases: pl.DataFrame, named: pl.DataFrame, events: pl.DataFrame
) -> tuple[Times, Times, Counts]:
    shape = cases.height, named.height
    each = events.group_by("case", "activity").agg(
        first=pl.col("at").min(), last=pl.col("at").max(), count=pl.len()
    )
    places = each["case"].to_numpy(), each["activity"].to_numpy()
    first, last = np.full(shape, NEVER), np.full(shape, NEVER)
    counts = np.zeros(shape, np.int64)
    first[places], last[places] = each["first"].to_numpy(), each["last"].to_numpy()
    counts[places] = each["count"].to_numpy()
    return first, last, counts


def end_of(at: Times) -> Times:
    """The last instant a step may have been at: of one that is only dated, that of its day."""
    days = at.astype("datetime64[D]")
    whole: Times = np.where(at == days, days + np.timedelta64(1, "D") - np.timedelta64(1, "us"), at)
    return whole


def days_between(start: Times, end: Times) -> NDArray[np.float64]:
    """Days from one date to another; nan where either is unknown."""
    days = end.astype("datetime64[D]") - start.astype("datetime64[D]")
    found: NDArray[np.float64] = np.where(np.isnat(days), np.nan, days.astype(np.float64))
    return found
