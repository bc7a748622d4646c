"""The page of an intake: whole, escaped, and the same for everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cases.language.messages import _
from evaluation.pages.intake import Sheet, render_intake
from tests.evaluation.pages.views import VIEWS, barriers, faults, opened
from tests.factories.office import office

LOADS = pl.DataFrame(
    {
        "handler": ["h1", "h2", "h3"],
        "unit": ["u1", "u1", None],
        "capacity": [1.0, 2.0, 1.0],
        "before": [1.0, 2.0, 0.0],
        "after": [3.0, 2.0, 0.0],
    }
)


def case(**changes: Any) -> dict[str, Any]:
    """One case as the page shows it."""
    return {
        "case_id": "n1",
        "kind": "theft",
        "unit": None,
        "track": "person",
        "why": _("between the cut-offs {low:.1%}", low=0.0625),
        "complex_probability": 0.0821,
        "effort": 2.0,
        "effort_low": 1.0,
        "effort_high": 4.0,
        "handler": "h1",
        "how": "drawn",
        "how_so": "drawn at random",
        "reasons": ["many suspects"],
        "eligible": [{"handler": "h1", "probability": 0.75}],
        "excluded": [{"reason": "is absent", "handlers": ["h2", "h3"]}],
    } | changes


def shown(*cases: dict[str, Any], loads: pl.DataFrame = LOADS, language: str = "en") -> str:
    """The page of these cases."""
    sheet = Sheet(cases, loads, ["a note"], {"seed": "s"})
    named = {"name": {"en": "Test office", "zh": "测试院"}}
    return render_intake(sheet, office(office=named), language)


def test_every_case_has_its_track_effort_handler_and_reasons() -> None:
    """What is suggested stands on the page, with who could and who could not."""
    page = shown(case())
    for words in (
        "a person decides",
        "complex with a probability of 8.2%",
        "2.0 (1.0 to 4.0)",
        "drawn at random",
        "many suspects",
        "between the cut-offs 6.2%",
        "h1 75.0%",
        "is absent: h2, h3",
        "Cases: 1 (simple: 0, complex: 0, a person decides: 1).",
    ):
        assert words in page


def test_loads_are_drawn_to_one_scale() -> None:
    """The longest bar is the heaviest load; what came on top is drawn apart."""
    page = shown(case())
    assert 'class="had" style="width:33.33%"' in page
    assert 'class="came" style="width:66.67%"' in page
    assert "1.0 → 3.0" in page


def test_spread_is_that_within_units() -> None:
    """h1 and h2 bear 1 each per capacity before (no spread), 3 and 1 after (half of the mean)."""
    assert "differed by 0% of its mean before these cases and by 50% after" in shown(case())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_is_only_text(language: str) -> None:
    """Markup in ids, reasons and codes is shown, not run."""
    evil = "<script>alert(1)</script>"
    loads = LOADS.with_columns(handler=pl.lit(evil), unit=pl.lit(evil))
    page = shown(case(case_id=evil, kind=evil, why=evil, reasons=[evil]), loads=loads)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 5
    assert ("新收案件" in shown(case(), language=language)) == (language == "zh")


def test_without_handlers_the_page_has_tracks_only() -> None:
    """An office without a handler table gets no picture and no empty column of figures."""
    bare = case(handler=None, how=None, how_so=None, eligible=[], excluded=[], effort=None)
    page = shown(bare | {"complex_probability": None}, loads=pl.DataFrame())
    assert "Loads before and after" not in page
    assert "who could take it" not in page


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_of_it_can_be_read(browser: Any, tmp_path: Path, language: str) -> None:
    """At a desk, on a phone and on paper nothing is cut or covered; axe has no complaint."""
    file = tmp_path / "intake.html"
    file.write_text(shown(case(), language=language), "utf-8")
    for width, media in VIEWS:
        with opened(browser, file, width, media) as page:
            assert faults(page) == []
            assert media == "print" or barriers(page) == []
