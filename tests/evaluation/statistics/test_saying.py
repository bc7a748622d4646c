"""Figures in sentences."""

from __future__ import annotations

import pytest

from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import number, percent


def test_both_languages() -> None:
    """A figure is said with its interval, in the language that is asked for."""
    figure = Figure(0.5, 0.25, 0.75, 8)
    assert percent(figure).say("en") == "50.0% (25.0% to 75.0%)"
    assert percent(figure).say("zh") == "50.0%（25.0%至75.0%）"
    assert number(figure).say("en") == "0.50 (0.25 to 0.75)"


def test_nothing_to_say() -> None:
    """A withheld figure cannot slip into a sentence."""
    with pytest.raises(ValueError, match="too_few"):
        number(Figure.withheld(3))
