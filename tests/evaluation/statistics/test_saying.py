"""Figures in sentences."""

from __future__ import annotations

import pytest

from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import number, percent, points


def test_both_languages() -> None:
    """A figure is said with its interval, in the language that is asked for."""
    figure = Figure(0.5, 0.25, 0.75, 8)
    assert percent(figure).say("en") == "50% (25% to 75%)"
    assert percent(figure).say("zh") == "50%（25%至75%）"
    assert number(figure).say("en") == "0.50 (0.25 to 0.75)"
    assert points(figure).say("en") == "50 (25 to 75)\u00a0percentage points"
    assert points(figure).say("zh") == "50（25至75）个百分点"


def test_nothing_to_say() -> None:
    """A withheld figure cannot slip into a sentence."""
    with pytest.raises(ValueError, match="too_few"):
        number(Figure.withheld(3))
