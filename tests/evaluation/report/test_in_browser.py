"""The report in a real browser: on a context, on a phone and on paper."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cases.language.catalogues import Language
from cases.language.texts import Text
from evaluation.report.page import compose, render
from evaluation.report.summary import ReportSummary
from tests.factories.pages import ARGUMENTS, CHROMIUM

PAPER = 718  # CSS pixels between the margins of A4
# Cells whose text is wider than themselves: it would be cut, or lie over the next cell.
CUT = """[...document.querySelectorAll('th, td, p, dd, dt, li, h1, h2, h3')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
    .map(one => one.textContent.trim().slice(0, 60))"""

# Words of a picture that reach beyond it, or that lie over other words of it.
OUTSIDE = """[...document.querySelectorAll('figure svg')].flatMap(picture => {
    const frame = picture.getBoundingClientRect();
    const words = [...picture.querySelectorAll('text')];
    const boxes = words.map(word => word.getBoundingClientRect());
    const beyond = box => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    const over = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
        && one.top < other.bottom - 3 && other.top < one.bottom - 3;
    return words.filter((word, i) => beyond(boxes[i])
        || boxes.some((box, j) => i !== j && over(box, boxes[i])))
        .map(word => word.textContent);
})"""


@pytest.fixture(scope="module")  # while it is open, its event loop bars asyncio from this thread
def browser() -> Iterator[Any]:
    """A real browser, or a skip that says what is missing; in CI it must be there."""
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip(f"no browser at {CHROMIUM}; install chromium to run this test")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only where there is a browser)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
def test_opens_in_a_browser(
    pages: dict[Language, str], browser: Any, tmp_path: Path, language: Language, width: int
) -> None:
    """On a desk and on a phone: no sideways scrolling, no complaints, every chart drawn."""
    file = tmp_path / "report.html"
    file.write_text(pages[language], encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 1280:  # here whole tables are seen; on a phone they may scroll by themselves
        tables = "[...document.querySelectorAll('.wide')]"
        assert page.evaluate(f"{tables}.every(one => one.scrollWidth <= one.clientWidth)")
    assert page.evaluate(CUT) == []
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert page.evaluate("document.querySelectorAll('figure svg').length") > 5
    assert page.evaluate(OUTSIDE) == []
    assert complaints == []
    page.close()


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
@pytest.mark.parametrize("language", ["en", "zh"])
def test_prints_on_paper(
    pages: dict[Language, str], browser: Any, tmp_path: Path, language: Language
) -> None:
    """On A4 nothing is wider than the page, nothing is cut, and folded tables are open."""
    file = tmp_path / "report.html"
    file.write_text(pages[language], encoding="utf-8")
    page = browser.new_page(viewport={"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert page.evaluate(CUT) == []
    folded = "[...document.querySelectorAll('details table')]"
    assert page.evaluate(f"{folded}.every(one => one.getBoundingClientRect().height > 0)")
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "media"), [(1280, "screen"), (390, "screen"), (PAPER, "print")])
def test_very_long_names_stay_on_the_page(
    summary: ReportSummary, browser: Any, tmp_path: Path, width: int, media: str
) -> None:
    """Names of three hundred letters without a space neither widen the page nor are cut."""
    long = Text(en="W" * 300)
    influences = tuple(dataclasses.replace(one, meaning=long) for one in summary.influences)
    changed = dataclasses.replace(summary, office=long, influences=influences)
    file = tmp_path / "report.html"
    file.write_text(render(compose(changed), "en"), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 1000})
    page.emulate_media(media=media)
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    page.close()
