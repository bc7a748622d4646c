"""What became of clocks that alerts were about: whether they were overrun, as is known now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

import narwhals as nw
import polars as pl

from cases.tables.tables import Tables
from evaluation.backtests.alerts.against_clock import ASKED
from features.as_of import cut
from policies.clocks.clocks import judged, judged_at
from policies.clocks.reading import Reading, State

Clocks = Mapping[tuple[str, str], Reading]  # by case id and code of the limit
Predicted = Mapping[tuple[str, str], float]  # probability of an overrun, likewise


def asked_before(
    tables: Tables,
    moments: Sequence[datetime],
    as_of: datetime,
    predict: Callable[[datetime], Predicted],
) -> pl.DataFrame:
    """What was predicted at past moments of limits whose last day is over by now (`ASKED`)."""
    asked = []
    for moment in moments:
        probabilities = predict(moment)
        for one in judged(tables, moment):
            for reading in (clock for clock in one.readings if clock.has_time):
                probability = probabilities.get((reading.case_id, reading.code), 0.0)
                is_over = reading.due_on is not None and reading.due_on < as_of.date()
                asked += [(moment, reading, probability)] if is_over else []
    now = clocks_at(tables, {reading.case_id for _moment, reading, _p in asked}, as_of)
    today = as_of.date()
    lines = [
        (moment, one.case_id, one.code, probability, one.left, was_overrun(*about, today))
        for moment, one, probability in asked
        for about in [(now.get((one.case_id, one.code)), one.started_on, one.due_on)]
    ]
    return pl.DataFrame(lines, ASKED, orient="row")


def clocks_at(tables: Tables, case_ids: Iterable[str], as_of: datetime) -> Clocks:
    """The clocks of some cases, open or closed, as they stand at a moment after their opening."""
    there = tables.of_cases("cases", sorted(case_ids)).select(
        "case_id", moment=pl.lit(as_of, pl.Datetime("us"))
    )
    if there.is_empty():
        return {}
    every = judged_at(tables, cut(tables, nw.from_native(there.lazy())))
    return {(one.case_id, one.code): one for found in every for one in found.readings}


def was_overrun(
    reading: Reading | None, began: date | None, due_on: date | None, today: date
) -> bool | None:
    """Whether a clock that started on a day was overrun by its last day `due_on`, seen `today`.

    A clock that was given more days, suspended or started anew by then was not, whatever became of
    it later. None where that is not known: the day, or another that counts, has not come, or the
    clock is not there any more.
    """
    if reading is None or began is None or due_on is None or reading.started_on is None:
        return None
    if any((one.started_on, one.due_on) == (began, due_on) for one in reading.overruns):
        return True
    same = (reading.started_on, reading.due_on) == (began, due_on)
    waits = same and reading.state is State.RUNNING
    return None if due_on >= today or waits or reading.started_on < began else False
