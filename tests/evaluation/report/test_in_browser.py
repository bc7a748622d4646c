"""The report in a real browser: at a desk, on a phone and on paper."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from cases.language.catalogues import Language
from cases.language.texts import Text
from evaluation.report.page import compose, render
from evaluation.report.summary import ReportSummary
from tests.evaluation.pages.views import VIEWS, barriers, faults, opened


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "media"), VIEWS)
def test_all_of_it_can_be_read(
    pages: dict[Language, str],
    browser: Any,
    tmp_path: Path,
    language: Language,
    width: int,
    media: str,
) -> None:
    """Nothing is cut, small, covered or outside of its picture; tables fit; axe has no complaint.

    On paper the folded tables are open.
    """
    file = tmp_path / "report.html"
    file.write_text(pages[language], encoding="utf-8")
    with opened(browser, file, width, media) as page:
        assert faults(page) == []
        assert media == "print" or barriers(page) == []
        assert page.evaluate("document.querySelectorAll('figure .track svg').length") > 5
        tables = "[...document.querySelectorAll('.wide')]"
        assert page.evaluate(f"{tables}.every(one => one.scrollWidth <= one.clientWidth)")
        if media == "print":
            folded = "[...document.querySelectorAll('details table')]"
            assert page.evaluate(f"{folded}.every(one => one.getBoundingClientRect().height > 0)")


@pytest.mark.browser
def test_a_picture_fills_its_column(
    pages: dict[Language, str], browser: Any, tmp_path: Path
) -> None:
    """At any width a chart is as wide as the text, and its letters are not scaled with it."""
    file = tmp_path / "report.html"
    file.write_text(pages["en"], encoding="utf-8")
    wide = "document.querySelector('{}').getBoundingClientRect().width"
    for width in (1280, 390):
        with opened(browser, file, width, "screen") as page:
            figure, column = (page.evaluate(wide.format(of)) for of in ("figure", "main"))
            assert figure == column
            size = "getComputedStyle(document.querySelector('.numbers text')).fontSize"
            assert page.evaluate(size) == "12px"


@pytest.mark.browser
def test_tables_fold_to_cards_on_a_phone(
    pages: dict[Language, str], browser: Any, tmp_path: Path
) -> None:
    """Each cell stands below the one before, with the head of its column."""
    file = tmp_path / "report.html"
    file.write_text(pages["en"], encoding="utf-8")
    cells = "[...document.querySelector('.wide tbody tr').children]"
    for width, folded in ((390, True), (1280, False)):
        with opened(browser, file, width, "screen") as page:
            tops = page.evaluate(f"{cells}.map(cell => cell.getBoundingClientRect().top)")
            head = page.evaluate(f"getComputedStyle({cells}[1], '::before').content")
            assert (len(set(tops)) > 2) == folded
            assert (head != "none") == folded


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_front_page_fits_one_screen(
    pages: dict[Language, str], browser: Any, tmp_path: Path, language: Language
) -> None:
    """What was found, how sure and what to do are read without scrolling."""
    file = tmp_path / "report.html"
    file.write_text(pages[language], encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(file.as_uri())
    front = "document.querySelector('.front').getBoundingClientRect().bottom"
    assert page.evaluate(front) <= 800
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "media"), VIEWS)
def test_very_long_names_stay_on_the_page(
    summary: ReportSummary, browser: Any, tmp_path: Path, width: int, media: str
) -> None:
    """Names of three hundred letters without a space neither widen the page nor are cut."""
    long = Text(en="W" * 300)
    influences = tuple(dataclasses.replace(one, meaning=long) for one in summary.influences)
    changed = dataclasses.replace(summary, office=long, influences=influences)
    file = tmp_path / "report.html"
    file.write_text(render(compose(changed), "en"), encoding="utf-8")
    with opened(browser, file, width, media) as page:
        assert faults(page) == []
