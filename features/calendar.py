"""Where in the year, the month and the week the moment falls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

import narwhals as nw

from cases.office.model import Office
from features.feature import Feature, OfCase, days, feature

MOMENT = OfCase("moment")


def _turn(moment: nw.Expr) -> nw.Expr:
    """The month as an angle: January 0, a twelfth of a turn for each month."""
    return (moment.dt.month() - 1) * (2 * math.pi / 12)


@feature(
    "calendar.month_sin",
    MOMENT,
    unit="position",
    en="place in the year, spring to autumn",
    zh="月份（春秋方向）",
)
def month_sin(moment: nw.Expr) -> nw.Expr:
    """Sine of the month's angle: 1 in April, -1 in October."""
    return _turn(moment).sin()


@feature(
    "calendar.month_cos",
    MOMENT,
    unit="position",
    en="place in the year, winter to summer",
    zh="月份（冬夏方向）",
)
def month_cos(moment: nw.Expr) -> nw.Expr:
    """Cosine of the month's angle: 1 in January, -1 in July."""
    return _turn(moment).cos()


@feature(
    "calendar.weekday",
    MOMENT,
    unit="position",
    en="day of the week, Monday is 1",
    zh="星期几（周一为1）",
)
def weekday(moment: nw.Expr) -> nw.Expr:
    """1 to 7."""
    return moment.dt.weekday()


@feature(
    "calendar.day_of_month",
    MOMENT,
    unit="position",
    en="day of the month",
    zh="当月第几天",
)
def day_of_month(moment: nw.Expr) -> nw.Expr:
    """1 to 31."""
    return moment.dt.day()


@feature(
    "calendar.days_to_month_end",
    MOMENT,
    unit="days",
    en="days left in the month",
    zh="距月末天数",
)
def days_to_month_end(moment: nw.Expr) -> nw.Expr:
    """0 on the last day; accounts are often settled at the end of a month."""
    next_month = (moment.dt.truncate("1mo") + timedelta(days=32)).dt.truncate("1mo")
    return days(next_month - moment.dt.truncate("1d")) - 1


def features(_office: Office) -> Iterator[Feature]:
    """The same for every office. Years are left out: they would only date the model."""
    yield from (month_sin, month_cos, weekday, day_of_month, days_to_month_end)
