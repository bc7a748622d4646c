"""Charts: the axis, the places on it, and the words of a page that shows them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.language.catalogues import Language
from cases.language.messages import say
from cases.language.texts import Text
from evaluation.pages import charts
from evaluation.pages.drawing import MOST_STEPS, Chart, Goal, Line, round_numbers
from evaluation.statistics.metrics import Figure
from tests.factories.pages import drawn

ACROSS = Text(en="Share", zh="比例")
KIND = Text(en="Kind", zh="类别")
RATE = Figure(0.1, 0.05, 0.15, 40)


def chart(*figures: Figure, goal: Goal | None = None) -> Chart:
    """A chart of these figures, each with a number for its name."""
    lines = (Line(str(number), figure, "said") for number, figure in enumerate(figures))
    return Chart(KIND, ACROSS, tuple(lines), goal=goal)


@given(
    st.floats(-1e3, 1e3),
    st.floats(1e-2, 1e6),
)
def test_an_axis_has_few_round_numbers_around_all_values(low: float, width: float) -> None:
    """It begins at or before the lowest value, ends at or after the highest, in equal steps."""
    numbers = round_numbers(low, low + width)
    slack = 1e-6 * width
    assert 2 <= len(numbers) <= MOST_STEPS + 1
    assert numbers[0] <= low + slack
    assert numbers[-1] >= low + width - slack


@pytest.mark.parametrize(
    ("language", "highest", "words"),
    [
        ("en", 0.2, ["0%", "5%", "10%", "15%", "20%"]),
        ("en", 0.1, ["0.0%", "2.5%", "5.0%", "7.5%", "10.0%"]),
        ("zh", 0.4, ["0%", "10%", "20%", "30%", "40%"]),
        ("de", 0.1, ["0,0%", "2,5%", "5,0%", "7,5%", "10,0%"]),
    ],
)
def test_shares_along_an_axis(language: Language, highest: float, words: list[str]) -> None:
    """Per cents as the language writes them, with as many decimals as they need."""
    ticks = chart(Figure(highest, None, None, 5)).ticks
    assert ["".join(say(number, language).split()) for _place, number in ticks] == words


def test_a_place_is_a_share_of_the_axis() -> None:
    """Figure, interval and goal lie where the axis has their values; the goal is on the axis."""
    shown = chart(RATE, goal=Goal(0.2, ACROSS))
    assert shown.ends == (0.0, 0.2)
    assert (shown.place(0.1), shown.reach(0.05, 0.15)) == ("50.00%", "50.00%")
    assert [place for place, _number in shown.ticks] == [f"{at}.00%" for at in (0, 25, 50, 75, 100)]


def test_nothing_to_draw_is_no_error() -> None:
    """A chart of withheld figures has an axis and empty lines."""
    assert chart(Figure.withheld(2)).ends == (0.0, 1.0)
    assert drawn(chart(Figure.withheld(2)), "en").count("<circle") == 0


def test_two_figures_are_a_sentence() -> None:
    """Only from three figures on is there a chart; withheld ones do not count."""
    heads = (KIND, ACROSS)
    assert charts.rates(heads, ["a", "b", "c"], [RATE, RATE, Figure.withheld(1)]) is None
    assert charts.rates(heads, ["a", "b", "c"], [RATE] * 3) is not None


def test_of_many_periods_the_latest_are_drawn() -> None:
    """Twelve of them, and the head of their names says so."""
    names = [str(year) for year in range(1990, 2020)]
    shown = charts.rates((Text(en="Year"), ACROSS), names, [RATE] * 30)
    assert shown is not None
    assert [line.name for line in shown.lines] == names[-12:]
    assert say(shown.names, "en") == "Year, the latest 12"


@pytest.mark.parametrize("name", ["案件受理至办结的天数", "عدد القضايا", "W" * 300, "$5$ and #0#"])
def test_a_name_stands_as_it_is(name: str) -> None:
    """Whatever its script or length: the page's own font draws it, and the page wraps it."""
    shown = charts.bars((KIND, ACROSS), [Text(en=name)], [0.25])
    assert f"<bdi>{name}</bdi>" in drawn(shown, "en")


def test_markup_in_a_name_is_text() -> None:
    """What the office wrote cannot become a part of the page."""
    html = drawn(charts.bars((KIND, ACROSS), [Text(en="<script>alert(1)</script>")], [0.25]), "en")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_two_languages_do_not_mix() -> None:
    """One chart has the words of each language alone."""
    shown = charts.bars((KIND, ACROSS), [Text(en="charge", zh="罪名")], [0.25])
    english, chinese = drawn(shown, "en"), drawn(shown, "zh")
    assert all(word in english for word in ("Kind", "Share", "charge", "25.0%"))
    assert all(word in chinese for word in ("类别", "比例", "罪名", "25.0%"))
    assert not re.search(r"Kind|Share|charge", chinese)


def test_every_figure_is_written_beside_its_point() -> None:
    """A line says its figure, what was expected and of how many cases it is."""
    line = Line("2026-Q1", RATE, "10.3%", 0.12, "expected 12%", group="Group")
    html = drawn(Chart(KIND, ACROSS, (line,)), "en")
    words = ["Group", "2026-Q1", "10.3%", "expected 12%", "40 cases"]
    places = [html.index(f">{word}<") for word in words]
    assert places == sorted(places)
