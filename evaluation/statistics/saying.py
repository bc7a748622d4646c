"""Figures in the sentences that say what a table shows, in English and Chinese."""

from __future__ import annotations

from cases.language.catalogues import Language
from cases.language.messages import _
from evaluation.statistics.metrics import Figure

DEFECTS = _("defects")
COMPLEX_CASES = _("complex cases")


def percent(figure: Figure, language: Language) -> str:
    """A share with its 95 % interval, in per cent; `ValueError` for a figure without a value.

    >>> percent(Figure(0.123, 0.1, 0.15, 90), "en")
    '12.3 % (10.0 to 15.0)'
    """
    value, low, high = _parts(figure)
    return _said(f"{100 * value:.1f} %", f"{100 * low:.1f}", f"{100 * high:.1f}", language)


def number(figure: Figure, language: Language) -> str:
    """A number with its 95 % interval; `ValueError` for a figure without a value.

    >>> number(Figure(1.2, 0.9, 1.5, 90), "zh")
    '1.20（0.90 至 1.50）'
    """
    value, low, high = _parts(figure)
    return _said(f"{value:.2f}", f"{low:.2f}", f"{high:.2f}", language)


def _parts(figure: Figure) -> tuple[float, float, float]:
    if figure.value is None or figure.low is None or figure.high is None:
        raise ValueError(f"there is no value to say: {figure.absent}")
    return figure.value, figure.low, figure.high


def _said(value: str, low: str, high: str, language: Language) -> str:
    return f"{value}（{low} 至 {high}）" if language == "zh" else f"{value} ({low} to {high})"
