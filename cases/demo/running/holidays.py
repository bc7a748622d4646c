"""The calendar of the demo office: China's public holidays, and the weekends made up for them.

As the General Office of the State Council announced them for 2024 (25 October 2023), 2025
(12 November 2024) and 2026 (4 November 2025).
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from cases.demo.clock import SATURDAY, START, office_days
from cases.numeric import Floats, Ints

# First and last day, month and day.
FREE = {
    2024: (
        "0101-0101",
        "0210-0217",
        "0404-0406",
        "0501-0505",
        "0610-0610",
        "0915-0917",
        "1001-1007",
    ),
    2025: ("0101-0101", "0128-0204", "0404-0406", "0501-0505", "0531-0602", "1001-1008"),
    2026: (
        "0101-0103",
        "0215-0223",
        "0404-0406",
        "0501-0505",
        "0619-0621",
        "0925-0927",
        "1001-1007",
    ),
}
MADE_UP = {
    2024: ("0204", "0218", "0407", "0428", "0511", "0914", "0929", "1012"),
    2025: ("0126", "0208", "0427", "0928", "1011"),
    2026: ("0104", "0214", "0228", "0509", "0920", "1010"),
}


def calendar_table() -> pl.DataFrame:
    """calendar.csv: `day` and `working`, of the days that are not as their weekday."""
    free = [day for year, spans in FREE.items() for span in spans for day in _days(year, span)]
    rows = [*((day, False) for day in free if day.weekday() < SATURDAY)]
    rows += [(_day(year, text), True) for year, texts in MADE_UP.items() for text in texts]
    return pl.DataFrame(sorted(rows), schema=["day", "working"], orient="row")


def last_days(start: Floats, allowed: Floats | Ints) -> Ints:
    """The last day of limits that start at moments (in days): a working day, or the next one."""
    last = office_days(start) + np.asarray(allowed, np.int64)
    return np.asarray(_next_working(last))


def _next_working(day: Ints) -> Ints:
    """The day itself if it is a working day, else the next one."""
    horizon = np.arange(int(day.max(initial=0)) + 30)
    works = horizon % 7 < SATURDAY
    for at, working in calendar_table().iter_rows():
        number = (at - START.date()).days
        if number < len(works):
            works[number] = working
    following = np.where(works, horizon, len(horizon))
    return np.asarray(np.minimum.accumulate(following[::-1])[::-1][day])


def _days(year: int, span: str) -> list[date]:
    first, last = (_day(year, text) for text in span.split("-"))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _day(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))
