"""The plan's pages in a real browser: on a desk, on a phone and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cases.language.catalogues import Language
from evaluation.pages.plan.managers_list import render_list
from evaluation.pages.plan.sheets import render_sheets
from serving.use_cases.context import ServiceContext
from tests.evaluation.pages.plan.conftest import renamed, shown_plan
from tests.evaluation.pages.views import PAPER, VIEWS, barriers, faults, opened
from tests.factories.fakes import context

HEIGHT = 1032  # CSS pixels within the margins of 12 mm of A4
LONG = "W" * 200
NAMES = ("plan", "sheets")


def office(*, hostile: bool) -> ServiceContext:
    """The test office; a hostile one has words of 200 letters, markup and marks of direction."""
    of = context(links={"case": "https://cases.example/{case_id}"})
    if not hostile:
        return of
    return renamed(of, case_id=f"<b>{LONG}\u202e", kind=LONG, unit="=1+1", charge=f"\u202e{LONG}")


def written(folder: Path, language: Language, *, hostile: bool = False) -> Path:
    """A folder with both pages."""
    shown, files = shown_plan(office(hostile=hostile), second_share=0.5)
    (folder / "plan.html").write_text(render_list(shown, language), "utf-8")
    (folder / "sheets.html").write_text(render_sheets(shown, files, language), "utf-8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("hostile", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("width", "media"), VIEWS)
def test_nothing_is_cut_small_or_covered(
    browser: Any, tmp_path: Path, language: Language, width: int, media: str, hostile: bool
) -> None:
    """Whatever stands in the tables: no scrolling sideways, and all of it can be read."""
    folder = written(tmp_path, language, hostile=hostile)
    for name in NAMES:
        with opened(browser, folder / f"{name}.html", width, media) as page:
            assert faults(page) == []
            assert hostile or media == "print" or barriers(page) == []


@pytest.mark.browser
def test_tables_fold_to_cards_on_a_phone(browser: Any, tmp_path: Path) -> None:
    """Each cell stands below the one before; at a desk they stand side by side."""
    folder, first = written(tmp_path, "en"), "document.querySelector('.cases tbody tr')"
    tops = f"[...{first}.children].map(cell => Math.round(cell.getBoundingClientRect().top))"
    for width, rows in ((390, 5), (1280, 1)):
        with opened(browser, folder / "plan.html", width, "screen") as page:
            assert len(set(page.evaluate(tops))) == rows


@pytest.mark.browser
def test_on_paper_a_sheet_is_a_page(browser: Any, tmp_path: Path) -> None:
    """Each case on a page of its own; in the list no row is cut and the head is repeated."""
    folder = written(tmp_path, "en")
    with opened(browser, folder / "sheets.html", PAPER, "print") as page:
        heights = "[...document.querySelectorAll('.sheet')].map(one => one.offsetHeight)"
        sheets = page.evaluate(heights)
        assert max(sheets) <= HEIGHT
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(sheets) == 6
    with opened(browser, folder / "plan.html", PAPER, "print") as page:
        style = "getComputedStyle(document.querySelector('{}')).{}"
        assert page.evaluate(style.format(".cases tbody tr", "breakInside")).startswith("avoid")
        assert page.evaluate(style.format(".cases thead", "display")) == "table-header-group"
