"""What became of limits that alerts were about: whether they were overrun."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from cases.tables.tables import Tables
from evaluation.backtests.alerts.outcomes import clocks_at, was_overrun
from policies.alerts import AlertKey, Sort
from serving.work.alerting import Alerting

YEAR = timedelta(days=365)


def outcomes(tables: Tables, alerting: Alerting, as_of: datetime) -> dict[Sort, list[bool]]:
    """Of alerts given before their limit was over, which is over by now: whether it was overrun.

    Of the last year. Limits that were overrun when the desk was notified came true before;
    breaches have no limit.
    """
    today = as_of.date()
    first = today - YEAR
    over = [
        (key, due)
        for key, given_on, due in _limits(alerting)
        if max(first, given_on) <= due < today
    ]
    now = clocks_at(tables, {key.case_id for key, _due in over}, as_of)
    found: dict[Sort, list[bool]] = defaultdict(list)
    for key, due in over:
        overrun = was_overrun(now.get((key.case_id, key.rule)), key.began, due, today)
        if overrun is not None:
            found[key.sort].append(overrun)
    return found


def _limits(alerting: Alerting) -> Iterable[tuple[AlertKey, date, date]]:
    """The alerts about limits with the day on which they were given, and the last of the limit."""
    for key, one in alerting.courses.items():
        if one.notice is not None and one.given is not None and one.given.due_on is not None:
            yield key, one.notice.day, one.given.due_on
