"""The alerts of a day in files: no cell acts as a formula, no text as markup."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cases.language.texts import Text
from evaluation.pages.watch import MOST_SHOWN, AlertShown, render_watch
from serving.kept.watch import COLUMNS, PAGE, SHEET, write_watch
from serving.use_cases.watching.standing import standing
from serving.use_cases.watching.watching import Watch
from serving.work.alerting import Alerting
from tests.evaluation.conftest import browser
from tests.evaluation.pages.views import VIEWS, barriers, faults, opened
from tests.factories.office import office
from tests.factories.small_office import HOSTILE
from tests.serving.use_cases.watching.alerts import TODAY, alert

__all__ = ["browser"]
FORMULA = "=HYPERLINK(1)"
ALERTS = [
    alert(FORMULA, unit="@u"),
    alert("b", "breach", unit=None, why=Text(en=HOSTILE), todo=Text(en="+1")),
    alert("c", "predicted", probability=0.8, worth=2.4),
    alert("d", "predicted", probability=0.7, worth=2.1),
]


def watch(**changes: Any) -> Watch:
    """Four alerts, of which the office acts on all but one; and what is measured."""
    found = standing(office(alerts={"per_day": 2}), ALERTS, Alerting(), TODAY)
    as_of = datetime.combine(TODAY, time.max)
    return Watch(as_of, tuple(found), (Text(en="measured", zh="测得"),), **changes)


def test_the_table_has_every_alert_and_no_formula(tmp_path: Path) -> None:
    """Also those that wait; texts that a spreadsheet would run begin with an apostrophe."""
    write_watch(watch(), office(), "en", tmp_path / "new")
    sheet = pl.read_csv(tmp_path / "new" / SHEET, try_parse_dates=True)
    assert sheet.columns == list(COLUMNS)
    assert sheet["case_id"].to_list() == [f"'{FORMULA}", "b", "c", "d"]
    assert sheet["unit"].to_list() == ["'@u", None, "u1", "u1"]
    assert sheet["state"].to_list() == ["new", "new", "new", "waiting"]
    assert sheet["todo"][1] == "'+1"
    assert sheet["worth"].to_list() == [None, None, 2.4, 2.1]


def test_the_page_has_what_is_to_be_acted_on(tmp_path: Path) -> None:
    """For each desk; texts are texts."""
    write_watch(watch(), office(), "en", tmp_path)
    page = (tmp_path / PAGE).read_text("utf-8")
    assert page.count('<section class="desk">') == 3
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "why c" in page
    assert "why d" not in page
    assert "3 alerts to act on." in page
    assert "1 more waits" in page
    assert "measured" in page


def test_it_is_written_in_place_of_an_older_one(tmp_path: Path) -> None:
    """In another language."""
    write_watch(watch(), office(), "en", tmp_path)
    write_watch(watch(), office(), "zh", tmp_path)
    page = (tmp_path / PAGE).read_text("utf-8")
    assert '<html lang="zh-Hans">' in page
    assert "测得" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == [SHEET, PAGE]


def test_a_long_list_says_that_it_is_cut() -> None:
    """A page of thousands is slow to open."""
    one = AlertShown("c", "u", Text(en="limit"), Text(en="why"), Text(en="do"), TODAY, None, None)
    page = render_watch(office(), TODAY, [one] * (MOST_SHOWN + 1), [], "en")
    assert page.count('<th scope="row">') == MOST_SHOWN
    assert "1,001" in page


@pytest.mark.browser
@pytest.mark.parametrize(("width", "media"), VIEWS)
def test_it_can_be_read_on_a_phone_and_on_paper(
    browser: Any, tmp_path: Path, width: int, media: str
) -> None:
    """Nothing is cut or over another text, nobody is kept out."""
    write_watch(watch(), office(), "zh", tmp_path)
    with opened(browser, tmp_path / PAGE, width, media) as page:
        assert faults(page) == []
        if media == "screen":
            assert barriers(page) == []
