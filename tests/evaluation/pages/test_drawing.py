"""The words of pictures: of any script, as text, in their place."""

from __future__ import annotations

import re

import pytest

from cases.language.texts import Text
from evaluation.pages import charts
from evaluation.pages.drawing import Ticks, broken, width_of
from evaluation.pages.render import inline

ACROSS = Text(en="Share", zh="比例")


def texts(svg: str) -> list[str]:
    """The words of a picture in the order they are drawn."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.mark.parametrize(
    "name",
    [
        "案件受理至办结的天数",
        "número de casos — días",
        "—0—— —1——",
        "عدد القضايا",
        "⟦number of events⟧",
        "costs $5$ and #0#",
        "100%",
    ],
)
def test_a_name_is_drawn_as_it_stands(name: str) -> None:
    """Letters that the layout cannot measure are drawn all the same, and nothing is a formula."""
    svg = charts.bars([Text(en=name), Text(en="plain")], [0.25, 0.5], ACROSS, "en")
    assert {name, "plain", "Share"} <= set(texts(svg))
    assert texts(svg).count(name) == 1


def test_markup_in_a_name_is_text() -> None:
    """What the office wrote cannot become a part of the picture."""
    evil = ["<script>alert(1)</script>", "<脚本>&amp;"]
    svg = charts.bars([Text(en=name) for name in evil], [0.25, 0.5], ACROSS, "en")
    assert "<script" not in svg
    assert "<脚本" not in svg
    assert "&lt;脚本&gt;&amp;amp;" in svg


def test_two_languages_do_not_mix() -> None:
    """The same picture in one language after the other has the words of each alone."""
    names = [Text(en="charge", zh="罪名"), Text(en="unit", zh="部门")]
    first = charts.bars(names, [0.25, 0.5], ACROSS, "en")
    chinese = charts.bars(names, [0.25, 0.5], ACROSS, "zh")
    assert {"charge", "unit", "Share"} <= set(texts(first))
    assert {"罪名", "部门", "比例"} <= set(texts(chinese))
    assert charts.bars(names, [0.25, 0.5], ACROSS, "en") == first


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("W" * 300, 20, 3), ("案" * 300, 20, 3), ("a bc " * 40, 12, 2), ("short", 20, 3)],
)
def test_long_names_are_broken(text: str, width: int, lines: int) -> None:
    """No line is wider than asked for, there are no more than asked for, and a cut is marked."""
    parts = broken(text, width, lines)
    assert len(parts) <= lines
    assert all(width_of(part) <= width for part in parts)
    assert parts[-1].endswith("…") == (text != "short")


@pytest.mark.parametrize(
    ("language", "values", "words"),
    [
        ("en", [0.0, 0.05, 0.1], ["0%", "5%", "10%"]),
        ("en", [0.0, 0.025, 0.05], ["0.0%", "2.5%", "5.0%"]),
        ("zh", [-0.1, 0.0, 0.1], ["-10%", "0%", "10%"]),
        ("de", [0.0, 0.025], ["0,0%", "2,5%"]),
    ],
)
def test_shares_along_an_axis(language: str, values: list[float], words: list[str]) -> None:
    """Per cents as the language writes them, with as many decimals as they need."""
    ticks = Ticks(language, shares=True).format_ticks(values)
    assert ["".join(tick.split()) for tick in ticks] == words


def test_a_picture_in_a_page_keeps_to_itself() -> None:
    """Its parts have the picture's name before their own, and its label is only text."""
    svg = inline(charts.bars([ACROSS], [0.5], ACROSS, "en"), "chapter-1", 'a "label" <b>')
    assert svg.startswith("<svg")
    assert 'aria-label="a &#34;label&#34; &lt;b&gt;"' in svg
    assert all(name.startswith("chapter-1-") for name in re.findall(r' id="([^"]*)"', svg))
    assert "<style" not in svg
    assert "<?xml" not in svg
