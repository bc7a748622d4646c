"""Figures as parts of the sentences that say what a table shows."""

from __future__ import annotations

from cases.language.messages import Message, _
from evaluation.statistics.metrics import Figure

DEFECTS = _("defects")
COMPLEX_CASES = _("complex cases")
TARGETED_ONLY = _("Based on targeted reviews only, so the figures are biased.")


def percent(figure: Figure) -> Message:
    """A share with its 95 % interval, in per cent; `ValueError` for a figure without a value.

    >>> percent(Figure(0.123, 0.1, 0.15, 90)).say("en")
    '12.3% (10.0% to 15.0%)'
    """
    value, low, high = _parts(figure)
    return _("{value:.1%} ({low:.1%} to {high:.1%})", value=value, low=low, high=high)


def number(figure: Figure) -> Message:
    """A number with its 95 % interval; `ValueError` for a figure without a value.

    >>> number(Figure(1.2, 0.9, 1.5, 90)).say("en")
    '1.20 (0.90 to 1.50)'
    """
    value, low, high = _parts(figure)
    return _("{value:.2f} ({low:.2f} to {high:.2f})", value=value, low=low, high=high)


def _parts(figure: Figure) -> tuple[float, float, float]:
    if figure.value is None or figure.low is None or figure.high is None:
        raise ValueError(f"there is no value to say: {figure.absent}")
    return figure.value, figure.low, figure.high
