"""The manager's list: which cases to check first, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from math import isclose

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.language.messages import _
from cases.language.texts import Text
from cases.office.model import Links
from evaluation.pages.plan import managers_list
from evaluation.pages.plan.drawn_cases import as_shown, chance
from evaluation.pages.plan.managers_list import render_list
from tests.evaluation.pages.plan.conftest import (
    AGAINST,
    FOR,
    described,
    reasons,
    renamed,
    shown_plan,
)
from tests.factories.fakes import context

EVIL = "<script>alert(1)</script>\u202e"


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.25, "1 in 4"),
        (1 / 3, "1 in 3"),
        (0.62, "3 in 5"),
        (0.71, "7 in 10"),
        (0.98, "98 in 100"),
        (0.9999, "99 in 100"),
        (0.05, "1 in 20"),
        (0.004, "1 in 250"),
        (0.00001, "1 in 100,000"),
    ],
)
def test_a_probability_in_words(probability: float, words: str) -> None:
    """As few cases as say it well."""
    assert str(chance(probability)) == f"{words} cases like this were to be drawn"


@given(st.floats(1e-6, 0.9999))
def test_what_is_said_is_close(probability: float) -> None:
    """Within a twentieth of the probability, and never all or none."""
    drawn, cases = (
        int(number.replace(",", "")) for number in re.findall(r"[\d,]+", str(chance(probability)))
    )
    assert 0 < drawn < cases
    assert isclose(drawn / cases, probability, rel_tol=0.0521)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 2, 1), "1 February 2026"),
        (datetime(2026, 2, 1, 23, 59, 59, 999999), "1 February 2026"),
        (datetime(2026, 2, 1, 9, 5), "1 February 2026 09:05"),
    ],
)
def test_no_time_is_invented(at: datetime, words: str) -> None:
    """Of a moment of which only the day is known there is only the day."""
    assert str(as_shown(at)) == words


def test_every_case_says_why_it_is_there() -> None:
    """Rule, search or random draw; the band; three reasons for and one against, with bars."""
    shown, _files = shown_plan(capacity=3)
    page = render_list(shown, "en")
    for words in (
        "rule: the decision was appealed",
        "random draw: ",
        "of 100 such cases, 50 to 70",
    ):
        assert words in page
    assert page.count(FOR) == 3 * 3
    assert page.count(AGAINST) == 3
    assert re.search(r"▲ \+\d+ points", page)
    assert re.search(r"▽ -\d+ points", page)
    assert "To check: 3 of the 4 cases that came up by 15 February 2026" in page


def test_the_longest_bar_is_the_largest_change() -> None:
    """Lengths are on one scale."""
    one = [replace(reasons()[0], without=0.2)]
    shown, _files = shown_plan(given={"b": one, "a": [replace(one[0], without=0.0)]}, capacity=4)
    # b has a risk of 0.6, a of 0.3: changes of 40 and 30 points
    page = render_list(shown, "en")
    assert 'width="100.0" height="8"' in page
    assert 'width="75.0" height="8"' in page
    assert "No single fact of the case moves its risk" in page


def test_cases_link_into_the_case_system() -> None:
    """Where the office has an address; the id is one part of it, whatever stands in it."""
    of = described(links={"case": "https://cases.example/show?id={case_id}"})
    shown, _files = shown_plan(renamed(of, case_id='"/><b>&'))
    page = render_list(shown, "en")
    assert 'href="https://cases.example/show?id=%22%2F%3E%3Cb%3E%26a"' in page
    assert "<a href" not in render_list(shown_plan()[0], "en")


@given(st.text(max_size=20))
def test_no_id_leads_elsewhere(case_id: str) -> None:
    """The server of a link is that of the office file."""
    address = Links(case="https://cases.example/{case_id}").of_case(
        case_id.encode("utf-8", "ignore").decode()
    )
    assert re.fullmatch(r"https://cases\.example/[A-Za-z0-9_.~%-]*", address or "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_is_only_text(language: str) -> None:
    """Markup is shown, marks of direction end with the cell, long texts are cut."""
    of = renamed(context(), case_id=EVIL, kind=EVIL, unit="=1+1", handler="W" * 1000)
    said = {f"{EVIL}a": [replace(reasons()[0], sentence=Text(en=EVIL + "V" * 1900))]}
    page = render_list(shown_plan(of, said)[0], language)
    assert "<script" not in page
    assert "V" * 600 not in page
    assert page.count("&lt;script&gt;") >= 8
    assert "W" * 299 + "…" in page
    assert "W" * 300 not in page
    outside = re.sub(r"<bdi>.*?</bdi>", "", page, flags=re.DOTALL)
    assert "\u202e" not in outside


def test_a_long_plan_shows_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says how many there are, and where the others stand."""
    monkeypatch.setattr(managers_list, "MOST_LISTED", 2)
    page = render_list(shown_plan()[0], "en")
    assert page.count('<td class="rank">') == 2
    assert "This page shows the 2 cases to check first of 4." in page


@pytest.mark.parametrize("by", ["unit", "street"])
def test_the_order_is_that_of_the_office(by: str) -> None:
    """Sorted as the office wants its lists, with the columns it wants to see."""
    of = described(spot_checks={"columns": ["street"], "list_by": by})
    ids = of.tables.case_rows["case_id"]
    shown = pl.DataFrame({"case_id": ids, "street": ["z", "y", None, "x", None]})
    page = render_list(shown_plan(replace(of, tables=replace(of.tables, shown=shown)))[0], "en")
    found = re.findall(r"<bdi>([abcd])</bdi>", page)
    assert found == (["b", "a", "c", "d"] if by == "unit" else ["d", "b", "a", "c"])
    assert "<dt><bdi>street</bdi>: </dt><dd><bdi>x</bdi></dd>" in page


def test_notes_are_on_the_page() -> None:
    """What had to give way stands above the list."""
    shown, _files = shown_plan()
    noted = replace(shown, plan=replace(shown.plan, notes=(_("a quota gave way"),)))
    assert "a quota gave way" in render_list(noted, "en")
