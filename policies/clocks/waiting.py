"""The clocks that may still be overrun, as rows that a model of overruns is asked about."""

from __future__ import annotations

from datetime import date

import polars as pl

from cases.tables.tables import Tables, moments_of
from cases.tables.values import TIME
from features.build import known_at
from features.feature import CLOCK, LIMIT
from policies.clocks.clocks import judged_at
from policies.clocks.reading import Reading, State

WAITING = (State.RUNNING, State.SUSPENDED)
KEYS = {"case_id": pl.String(), "moment": TIME, LIMIT: pl.String()}
SCHEMA = KEYS | dict.fromkeys(CLOCK[1:], pl.Float64())


def waiting_clocks(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """`case_id, moment` and `CLOCK` of the clocks that run or are suspended, never overrun so far.

    Of the cases of `moments` (`case_id, moment`), in the order of both and of the office file.
    """
    rows = [
        (one.course.case_id, one.moment, *_of(reading, one.moment.date()))
        for one in judged_at(tables, known_at(tables, moments_of(moments)))
        for reading in one.readings
        if reading.state in WAITING and reading.first_overrun is None
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _of(reading: Reading, today: date) -> tuple[str, int, int, int, bool, int, int]:
    suspended, last = reading.state is State.SUSPENDED, reading.steps[-1]
    days = reading.left, reading.used, reading.allowed
    return reading.code, *days, suspended, last.used, (today - last.day).days
