"""From days of the simulation to the office's wall clock.

The simulation counts days from midnight of `START`, a Monday. The office works on
weekdays; what would fall on a weekend is entered early on Monday. The mapping never
changes the order of two moments.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cases.numeric import Floats, Ints

START = datetime(2024, 1, 1)
END = datetime(2026, 7, 1)  # the day the tables were taken from the system
LAST_DAY = float((END - START) / timedelta(days=1))

SATURDAY, SUNDAY = 5, 6


def day_of(moment: datetime) -> float:
    """Days from `START` to `moment`."""
    return float((moment - START) / timedelta(days=1))


def in_hours(day: Floats) -> NDArray[Any]:
    """Wall-clock moments (datetime64[us]) within working hours, in the order of `day`.

    >>> str(in_hours(np.array([0.0, 5.0]))[1])  # a Saturday
    '2024-01-08T08:00:00.000000'
    """
    whole = np.floor(day)
    part = day - whole
    weekday = whole % 7
    hour = 8.5 + 9.0 * part
    hour = np.where(weekday == SATURDAY, 8.0 + 0.25 * part, hour)
    hour = np.where(weekday == SUNDAY, 8.25 + 0.25 * part, hour)
    return _moment(office_days(day), hour)


def office_days(day: Floats) -> Ints:
    """The days on which `in_hours` has these: themselves, or Monday for a weekend.

    >>> office_days(np.array([4.5, 5.5, 6.5])).tolist()
    [4, 7, 7]
    """
    whole = np.floor(day).astype(np.int64)
    weekday = whole % 7
    return np.asarray(whole + np.select([weekday == SATURDAY, weekday == SUNDAY], [2, 1], 0))


def off_hours(day: Floats) -> NDArray[Any]:
    """Wall-clock moments (datetime64[us]) of the same days, in the evening or on the weekend."""
    whole = np.floor(day)
    part = day - whole
    hour = np.where(whole % 7 >= SATURDAY, 9.0 + 8.0 * part, 18.5 + 4.5 * part)
    return _moment(whole, hour)


def _moment(day: Floats | Ints, hour: Floats) -> NDArray[Any]:
    seconds = (day * 86_400 + np.floor(hour * 3_600)).astype(np.int64)
    return np.datetime64(START, "us") + seconds.astype("timedelta64[s]")
