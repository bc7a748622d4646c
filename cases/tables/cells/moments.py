"""Moments by the office's wall clock: what a date without a time stands for."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

Every = Literal["month", "quarter", "year"]  # of the calendar

DATE_LENGTH = len("2026-06-30")


def end_of_day(day: date) -> datetime:
    """The last instant of a day, which is when all of it is known."""
    return datetime.combine(day, time.max)


def whole_day(moment: datetime) -> datetime:
    """Midnight, which is a date without a time, as the last instant of that day.

    What happened some time that day is known for certain only when the day is over.

    >>> whole_day(datetime(2024, 3, 1))
    datetime.datetime(2024, 3, 1, 23, 59, 59, 999999)
    """
    timed = moment.hour or moment.minute or moment.second or moment.microsecond
    return moment if timed else end_of_day(moment)


def moment_until(text: str) -> datetime:
    """The moment an ISO text names; a date alone means to the end of its day.

    `ValueError` if the text is not a date, or has a zone.

    >>> moment_until("2026-06-30")
    datetime.datetime(2026, 6, 30, 23, 59, 59, 999999)
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError("moments are the office's wall clock, without a zone")
    return end_of_day(moment) if len(text) <= DATE_LENGTH else moment


def is_before(moment: datetime, limit: datetime) -> bool:
    """Whether `moment` lies before `limit`; a date without a time lies in the whole of its day."""
    return moment < limit and whole_day(moment) < limit
