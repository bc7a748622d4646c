"""When the life of the demo took place.

Its tables end on a day of their own, and pages follow the clock of the machine. So that nothing
looks years late whenever a demo is made, its people worked in the weeks before it is made: their
reviews, answers and measures have days counted back from then. The records of the ledger say when
they were truly written, which is while the demo is made.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from cases.tables.cells.zones import wall_clock
from cases.tables.tables import Tables

WEEKS = timedelta(days=50)  # in which all of it happened
MINUTES = 480  # of a working day, from its beginning
FIRST_HOUR = 9
SATURDAY = 5


def present_moment(tables: Tables) -> datetime | None:
    """Now on the office's clock; None where there was no time for all that since the tables end."""
    now = wall_clock(tables.office.office.time_zone)
    return now if now >= tables.latest_record + WEEKS else None


def days_before(today: datetime, days: float, number: int = 0) -> datetime:
    """A working day so many days before; the `number` spreads several over its hours."""
    day = today.date() - timedelta(days=int(days))
    day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    minutes = timedelta(minutes=number * 37 % MINUTES)
    return datetime.combine(day, time(FIRST_HOUR)) + minutes
