"""Figures as parts of the sentences that say what a table shows."""

from __future__ import annotations

from cases.language.messages import Message, _
from cases.language.values import Value
from evaluation.statistics.metrics import Figure

DEFECTS = _("defects")
COMPLEX_CASES = _("complex cases")
TARGETED_ONLY = _("Based on targeted reviews only, so the figures are biased.")


def interval(value: float, low: float, high: float, spec: str) -> Message:
    """A figure and the two ends of its interval, each written by `spec`.

    >>> interval(3.2, 1, 7, ".1f").say("en")
    '3.2 (1.0 to 7.0)'
    """
    figure, begins, ends = (Value(number, spec) for number in (value, low, high))
    return _("{figure} ({low} to {high})", figure=figure, low=begins, high=ends)


def band(low: float, high: float) -> Message:
    """The band of a risk: how many of a hundred such cases had a defect.

    >>> band(0.12, 0.25).say("en")
    'of 100 such cases, 12 to 25 had a defect'
    """
    least, most = (Value(100 * share, ".0f") for share in (low, high))
    return _("of 100 such cases, {low} to {high} had a defect", low=least, high=most)


def with_interval(figure: Figure, spec: str) -> Message:
    """A figure with its 95% interval; `ValueError` for a figure without a value."""
    return interval(*_parts(figure), spec)


def percent(figure: Figure) -> Message:
    """A share with its 95% interval, in per cent; `ValueError` for a figure without a value.

    >>> percent(Figure(0.123, 0.1, 0.15, 90)).say("en")
    '12.3% (10.0% to 15.0%)'
    """
    return with_interval(figure, ".1%")


def number(figure: Figure) -> Message:
    """A number with its 95% interval; `ValueError` for a figure without a value.

    >>> number(Figure(1.2, 0.9, 1.5, 90)).say("en")
    '1.20 (0.90 to 1.50)'
    """
    return with_interval(figure, ".2f")


def points(figure: Figure) -> Message:
    """A difference of two shares with its 95% interval; `ValueError` where it has no value.

    >>> points(Figure(0.123, 0.1, 0.15, 90)).say("en")
    '12.3 (10.0 to 15.0) percentage points'
    """
    value, low, high = (100 * share for share in _parts(figure))
    return _("{points} percentage points", points=interval(value, low, high, ".1f"))


def _parts(figure: Figure) -> tuple[float, float, float]:
    if figure.value is None or figure.low is None or figure.high is None:
        raise ValueError(f"there is no value to say: {figure.absent}")
    return figure.value, figure.low, figure.high
