"""Whether the tables reach as far as a training says it knows.

A table that stopped being filled looks like cases in which nothing happened. The candidate learns
that, the champion is scored on it, and the comparison of both sees nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from cases.language.messages import Sayable, _
from cases.tables.tables import Tables

SHORTEST = timedelta(days=30)  # a gap that says nothing
LONGER = 2  # times as long as the longest gap there was before


def behind(tables: Tables, until: datetime) -> Sayable | None:
    """Why the tables do not say what was known by `until`; None if nothing speaks against it.

    Two gaps are looked at: from the last record of all to `until`, and from the last event to the
    last opening of a case. A gap counts if it is longer than `SHORTEST` and `LONGER`
    times as long as any before it, as far as records go by the day. Reviews may lag as they will.
    """
    opened, closed = (_by(tables.case_rows[name], until) for name in ("opened_at", "closed_at"))
    events = _by(tables.event_rows["recorded_at"], until)
    reviews = _by(tables.review_rows["reviewed_at"], until)
    every = pl.concat([opened, closed, events, reviews])
    if _stopped(every, until):
        return _(
            "The last record is of {last}, but it should know what was known by {until}. What to "
            "try: read the newest tables, or train up to that day (`--until`).",
            last=every.max(),
            until=until,
        )
    last = opened.max()
    if isinstance(last, datetime) and _stopped(events, last):
        return _(
            "The last event is of {event}, and cases were opened until {case}: the event table is "
            "not up to date. What to try: read the newest events, or train up to that day "
            "(`--until`).",
            event=events.max(),
            case=last,
        )
    return None


def _by(times: pl.Series, until: datetime) -> pl.Series:
    return times.filter(times <= until).cast(pl.Datetime("us"))


def _stopped(times: pl.Series, until: datetime) -> bool:
    """Whether the time from the last of them to `until` is longer than any gap would explain."""
    days = times.dt.truncate("1d").unique().sort()
    last, longest = days.max(), days.diff().max()
    if not isinstance(last, datetime) or not isinstance(longest, timedelta):
        return False
    return until - last > max(SHORTEST, LONGER * longest)
