"""Figures in sentences."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from cases.language.catalogues import FILE, FOLDER
from evaluation.statistics.metrics import Figure
from evaluation.statistics.saying import DEFECTS, number, percent


def test_both_languages() -> None:
    """A figure is said with its interval, in the language that is asked for."""
    figure = Figure(0.5, 0.25, 0.75, 8)
    assert percent(figure).say("en") == "50.0% (25.0% to 75.0%)"
    assert percent(figure).say("zh") == "50.0%（25.0% 至 75.0%）"
    assert number(figure).say("en") == "0.50 (0.25 to 0.75)"


def test_nothing_to_say() -> None:
    """A withheld figure cannot slip into a sentence."""
    with pytest.raises(ValueError, match="too_few"):
        number(Figure.withheld(3))


def test_a_defect_has_one_name_in_chinese() -> None:
    """Nothing calls it a flaw, which is a grade of some offices, nor just a problem."""
    assert "质量问题" in DEFECTS.say("zh")
    with (FOLDER / "zh" / FILE).open("rb") as file:
        phrases = [str(message.string) for message in read_po(file) if message.id]
    for phrase in phrases:
        assert "缺陷" not in phrase
        assert "瑕疵" not in phrase
        assert phrase.count("质量问题") == phrase.count("问题")
