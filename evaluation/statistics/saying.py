"""Figures as parts of the sentences that say what a table shows."""

from __future__ import annotations

import math

from cases.language.messages import Message, Sayable, _
from cases.language.values import Value
from evaluation.statistics.metrics import Figure

DEFECTS = _("defects")
COMPLEX_CASES = _("complex cases")
TARGETED_ONLY = _("Based on targeted reviews only, so the figures are biased.")

TWO_DIGITS_BELOW, MOST_DIGITS = 3.55, 6
EXACT = ".3g"  # of a number that has no error


def digits(low: float, high: float, most: int) -> int:
    """How many digits after the decimal point an interval allows, at most `most`.

    The rule of the Particle Data Group (Review of Particle Physics 2024, introduction, 5.3), with
    half the width as the error: two of its digits count where they lie below 355, else one. Where
    the interval lies on one side of zero no end is shown as zero, whatever that takes.

    >>> digits(0.757, 0.837, 3), digits(8.4, 10.5, 1), digits(-0.003, -0.0001, 3)
    (2, 1, 4)
    """
    half = (high - low) / 2
    exponent = math.floor(math.log10(half))
    allowed = max(0, min(most, int(half / 10.0**exponent < TWO_DIGITS_BELOW) - exponent))
    nearest = min(abs(low), abs(high)) if low * high > 0 else math.inf
    while allowed < MOST_DIGITS and nearest < 0.5 / 10**allowed:
        allowed += 1
    return allowed


def fitted(low: float, high: float, spec: str) -> str:
    """`spec`, the format of a figure at its most exact, as its interval allows.

    >>> fitted(0.084, 0.105, ".1%"), fitted(0.03, 0.11, ".1%")
    ('.1%', '.0%')
    """
    if not (low < high and math.isfinite(high - low)):
        return spec
    scale = 100 if spec.endswith("%") else 1
    return f".{digits(scale * low, scale * high, int(spec[1:-1]))}{spec[-1]}"


def interval(value: float, low: float, high: float, spec: str) -> Sayable:
    """A figure and the two ends of its interval, with as many digits as that allows.

    `spec` says how the figure is written at its most exact. What is known exactly has no interval.

    >>> interval(3.21, 1, 7, ".1f").say("en"), interval(0.0942, 0.084, 0.105, ".2%").say("en")
    ('3.2 (1.0 to 7.0)', '9.4% (8.4% to 10.5%)')
    """
    if low == high:
        return Value(value, spec if spec.endswith("%") else EXACT)
    shown = fitted(low, high, spec)
    figure, begins, ends = (Value(number, shown) for number in (value, low, high))
    return _("{figure} ({low} to {high})", figure=figure, low=begins, high=ends)


def band(low: float, high: float) -> Message:
    """The band of a risk: how many of a hundred such cases had a defect.

    >>> band(0.12, 0.25).say("en")
    'of 100 such cases, 12 to 25 had a defect'
    """
    least, most = (Value(100 * share, ".0f") for share in (low, high))
    return _("of 100 such cases, {low} to {high} had a defect", low=least, high=most)


def with_interval(figure: Figure, spec: str) -> Sayable:
    """A figure with its 95% interval; `ValueError` for a figure without a value.

    Of a share of cases that are all known stand the two counts.

    >>> with_interval(Figure(0.25, 0.25, 0.25, 12), ".1%").say("en")
    '25.0% (3 of 12)'
    """
    if figure.low == figure.high and spec.endswith("%"):
        return _exactly(figure, spec)
    return interval(*_parts(figure), spec)


def _exactly(figure: Figure, spec: str) -> Sayable:
    """A share of cases that are all known: the two counts, where the share is theirs."""
    value = figure.value or 0.0
    part = round(value * figure.n)
    if not figure.n or not math.isclose(part, value * figure.n, abs_tol=1e-6):
        return Value(value, spec)
    share = Value(value, spec)
    return _("{share} ({part:,} of {whole:,})", share=share, part=part, whole=figure.n)


def percent(figure: Figure) -> Sayable:
    """A share with its 95% interval, in per cent; `ValueError` for a figure without a value.

    >>> percent(Figure(0.123, 0.1, 0.15, 90)).say("en")
    '12.3% (10.0% to 15.0%)'
    """
    return with_interval(figure, ".1%")


def number(figure: Figure) -> Sayable:
    """A number with its 95% interval; `ValueError` for a figure without a value.

    >>> number(Figure(1.2, 0.9, 1.5, 90)).say("en")
    '1.20 (0.90 to 1.50)'
    """
    return with_interval(figure, ".2f")


def points(figure: Figure) -> Message:
    """A difference of two shares with its 95% interval; `ValueError` where it has no value.

    >>> points(Figure(0.123, 0.1, 0.15, 90)).say("en")
    '12.3 (10.0 to 15.0)\\xa0percentage points'
    """
    value, low, high = (100 * share for share in _parts(figure))
    return _("{points}\u00a0percentage points", points=interval(value, low, high, ".1f"))


def _parts(figure: Figure) -> tuple[float, float, float]:
    if figure.value is None or figure.low is None or figure.high is None:
        raise ValueError(f"there is no value to say: {figure.absent}")
    return figure.value, figure.low, figure.high
