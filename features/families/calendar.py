"""Where in the year, the month and the week the moment falls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

import narwhals as nw

from cases.language.messages import Sayable, _
from cases.office.model import Office
from features.feature import Feature, Formula, OfCase, Unit, days

MOMENT = OfCase("moment")


def month_sin(moment: nw.Expr) -> nw.Expr:
    """Sine of the month's angle: 1 in April, -1 in October."""
    return _angle(moment).sin()


def month_cos(moment: nw.Expr) -> nw.Expr:
    """Cosine of the month's angle: 1 in January, -1 in July."""
    return _angle(moment).cos()


def _angle(moment: nw.Expr) -> nw.Expr:
    """The month as an angle: January 0, a twelfth of a circle for each month."""
    return (moment.dt.month() - 1) * (2 * math.pi / 12)


def weekday(moment: nw.Expr) -> nw.Expr:
    """1 (Monday) to 7."""
    return moment.dt.weekday()


def day_of_month(moment: nw.Expr) -> nw.Expr:
    """1 to 31."""
    return moment.dt.day()


def days_to_month_end(moment: nw.Expr) -> nw.Expr:
    """0 on the last day; accounts are often settled at the end of a month."""
    next_month = (moment.dt.truncate("1mo") + timedelta(days=32)).dt.truncate("1mo")
    return days(next_month - moment.dt.truncate("1d")) - 1


def _of_moment(formula: Formula, name: str, unit: Unit, meaning: Sayable) -> Feature:
    return Feature(f"calendar.{name}", (MOMENT,), formula, unit, meaning)


FEATURES = (
    _of_moment(month_sin, "month_sin", "position", _("position in the year, spring to autumn")),
    _of_moment(month_cos, "month_cos", "position", _("position in the year, winter to summer")),
    _of_moment(weekday, "weekday", "position", _("day of the week, Monday is 1")),
    _of_moment(day_of_month, "day_of_month", "position", _("day of the month")),
    _of_moment(days_to_month_end, "days_to_month_end", "days", _("days left in the month")),
)


def features(_office: Office) -> Iterator[Feature]:
    """The same for every office. Years are left out: they would only date the model."""
    yield from FEATURES
