"""The alerts of running cases at a moment: from their clocks, breaches and what is predicted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from cases.office.model import Limit, Office
from cases.tables.tables import Tables
from evaluation.backtests.alerts.outcomes import Predicted
from policies.alerts import Alert, AlertKey, Sort, Stage
from policies.clocks.clocks import Judged, judged
from policies.clocks.counting import Terms
from policies.clocks.days import Calendar
from policies.clocks.reading import CHANGES, Reading, State
from policies.process.breaches import Breach, breaches
from serving.use_cases.watching import wording


def raised(tables: Tables, as_of: datetime, predicted: Predicted) -> list[Alert]:
    """All alerts of the cases open at a moment, in no order, each once.

    Of a limit that is nearly used up nothing is predicted any more.
    """
    every, office = judged(tables, as_of), tables.office
    of_clocks = list(_of_clocks(office, Calendar.of(tables), every))
    of_process = _of_breaches(office, breaches(tables, as_of), every)
    return [*of_clocks, *of_process, *_of_predictions(office, predicted, every)]


def _of_clocks(office: Office, calendar: Calendar, every: Iterable[Judged]) -> Iterator[Alert]:
    """Limits that are overrun, and those that run and are nearly used up."""
    limits = {limit.code: limit for limit in office.limits}
    for one in every:
        for reading in one.readings:
            limit, began = limits[reading.code], reading.started_on
            if began is None or not _is_pressing(reading):
                continue
            stage = Stage.OVERRUN if reading.overrun_by > 0 else Stage.WARNING
            of_limit = (reading.code, began, reading.due_on, stage)
            key = AlertKey(reading.case_id, Sort.HARD, *of_limit)
            why, todo = wording.of_clock(office, limit, reading)
            since = reading.overrun_since or _warned_since(
                limit, calendar, reading, one.moment.date()
            )
            yield Alert(key, one.course.unit, since, reading.due_on, why, todo)


def _is_pressing(reading: Reading) -> bool:
    over = reading.overrun_by > 0 and reading.state is not State.ENDED
    return over or reading.warns


def _warned_since(limit: Limit, calendar: Calendar, reading: Reading, today: date) -> date:
    """The first day, since the clock last did something else than count, with so few days left."""
    days = Terms(limit, calendar).days
    last = max(step.day for step in reading.steps if step.effect in CHANGES).toordinal()
    due = (reading.due_on or today).toordinal()
    day = today.toordinal()
    while day > last and days.between(day - 1, due) <= limit.warn_days:
        day -= 1
    return date.fromordinal(day)


def _of_breaches(
    office: Office, found: Iterable[Breach], every: Iterable[Judged]
) -> Iterator[Alert]:
    """Breaches of the process, several of a rule on a day in one alert."""
    units = {one.course.case_id: one.course.unit for one in every}
    same: dict[AlertKey, list[Breach]] = {}
    for breach in found:
        key = AlertKey(breach.case_id, Sort.BREACH, breach.rule, breach.since.date())
        same.setdefault(key, []).append(breach)
    rules = {rule.code: rule for rule in office.process}
    for key, several in same.items():
        why, todo = wording.of_breaches(rules[key.rule], several)
        yield Alert(key, units[key.case_id], key.began, None, why, todo)


def _of_predictions(
    office: Office, predicted: Predicted, every: Sequence[Judged]
) -> Iterator[Alert]:
    """Limits with days left that will probably be overrun."""
    limits = {limit.code: limit for limit in office.limits}
    for one in every:
        for reading in one.readings:
            probability = predicted.get((reading.case_id, reading.code), 0.0)
            if probability < office.alerts.least_probability or not reading.has_time:
                continue
            assert reading.started_on is not None  # noqa: S101  it runs
            key = AlertKey(reading.case_id, Sort.PREDICTED, reading.code, reading.started_on)
            why, todo = wording.of_prediction(limits[reading.code], reading, probability)
            yield Alert(
                key,
                one.course.unit,
                one.moment.date(),
                reading.due_on,
                why,
                todo,
                probability * reading.left,
                probability,
            )
