"""Alerts about running cases: in which order they stand, and which of them are given today.

Time limits come first, and all of them are given. An office can act on so many others a day:
breaches of the process first, then what is predicted, by what a warning is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from typing import NamedTuple

from cases.language.messages import Sayable


@unique
class Sort(StrEnum):
    """What an alert rests on, in the order in which they stand."""

    HARD = "hard"  # the clock of a limit: nearly used up, or overrun
    BREACH = "breach"  # what the office declares of its process does not hold
    PREDICTED = "predicted"  # a limit will probably be overrun


@unique
class Stage(StrEnum):
    """How far a limit is that raises an alert."""

    WARNING = "warning"
    OVERRUN = "overrun"


class AlertKey(NamedTuple):
    """An alert is the same one as long as these are: `began` is when clock or breach began.

    `rule` is the code of the limit, or of the rule of the process. That of a limit has its last
    day and `stage`, too: what was done about a warning says nothing of another last day, nor of
    an overrun.
    """

    case_id: str
    sort: Sort
    rule: str
    began: date
    due_on: date | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class Alert:
    """What is about to go wrong, or has, in a running case.

    It holds since the day `since`; the limit is over after the day `due_on` (None for a breach).
    `worth` is what a warning is worth: for a prediction its probability times the days ahead.
    """

    key: AlertKey
    unit: str | None
    since: date
    due_on: date | None
    why: Sayable
    todo: Sayable
    worth: float = 0.0
    probability: float | None = None


def in_order(alerts: Iterable[Alert], today: date) -> list[Alert]:
    """As they are dealt with: limits, breaches, predictions.

    Of limits those not over yet, the nearest first, then those over, the latest first; of breaches
    the newest first; of predictions those of most worth.
    """
    ranks = {sort: rank for rank, sort in enumerate(Sort)}

    def place(alert: Alert) -> tuple[int, float, float, AlertKey]:
        key = alert.key
        if key.sort is Sort.HARD and alert.due_on is not None:
            left = (alert.due_on - today).days
            return ranks[key.sort], float(left < 0), float(abs(left)), key
        if key.sort is Sort.BREACH:
            return ranks[key.sort], float(-alert.since.toordinal()), 0.0, key
        return ranks[key.sort], -alert.worth, 0.0, key

    return sorted(alerts, key=place)


def to_notify(
    ordered: Sequence[Alert], notified: Mapping[AlertKey, date], today: date, per_day: int
) -> list[Alert]:
    """Of alerts in order those to be given today, to whom they concern.

    Whatever was `notified`, by day, is not given again; what was given today already counts
    among the `per_day`. Limits do not.
    """
    given = sum(day == today for key, day in notified.items() if key.sort is not Sort.HARD)
    new = [alert for alert in ordered if alert.key not in notified]
    within = [alert for alert in new if alert.key.sort is not Sort.HARD][: max(0, per_day - given)]
    chosen = {alert.key for alert in within}
    return [alert for alert in new if alert.key.sort is Sort.HARD or alert.key in chosen]


def last_snooze(alert: Alert, today: date, snooze_days: int) -> date:
    """The last day until which an alert can be snoozed: a limit not longer than it runs."""
    last = today + timedelta(days=snooze_days)
    if alert.due_on is None or alert.due_on < today:
        return last
    return min(last, alert.due_on)
